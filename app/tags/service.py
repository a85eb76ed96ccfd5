"""Tags are renamed, merged, deleted and described. Each is one operation, whatever the number of topics."""

from __future__ import annotations

from typing import Any, Final

from bson import ObjectId

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.events import TagsChanged
from app.operations.service import record
from app.tags.changing import begin
from app.topics.tags import tag_named
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Tag, TagChange, Topic
from documents.base import Raw
from documents.clock import now
from documents.operation import Target

DESCRIPTION_CHARS_MAX: Final = 300
BUSY: Final = N_("Topics with this tag are still being changed. Please try again in a moment.")


async def known_tag(name: str) -> str:
    """The tag that an address names, if any topic has it or anything was said of it; else `NotFound`."""
    folded = tag_named(name)
    if folded is None or not (await _used(folded) or await Tag.named([folded])):
        raise NotFound
    return folded


async def _used(name: str, work: Work | None = None) -> bool:
    session = work.session if work else None
    return await Topic.raw().find_one({"tags": name}, {"_id": 1}, session=session) is not None


async def rename_tag(viewer: Viewer, name: str, to: str, reason: str = "") -> str:
    """Give it a name that no tag has; the old one leads there for ever. Gives the new name."""
    _require_manager(viewer)
    new = _name_in(to, "to")
    if new == name:
        raise Invalid(fields={"to": Text(N_("The tag is called so already."))})

    async def steps(work: Work) -> str:
        if await _used(new, work):
            raise Invalid(fields={"to": Text(N_("There is a tag with this name already. You can merge the two."))})
        await _lead(work, viewer, "tag.rename", name, new, reason)
        return new

    return await together(steps)


async def merge_tag(viewer: Viewer, name: str, into: str, reason: str = "") -> str:
    """Have all its topics carry another tag that is used; its name leads there for ever. Gives that other tag."""
    _require_manager(viewer)
    wanted = _name_in(into, "into")

    async def steps(work: Work) -> str:
        (other,), _ = await Tag.standing([wanted], work.session)
        if other == name:
            raise Invalid(fields={"into": Text(N_("This is the same tag. Choose another one."))})
        if not await _used(other, work):
            raise Invalid(fields={"into": Text(N_("No topic has this tag. You can rename instead."))})
        await _lead(work, viewer, "tag.merge", name, other, reason)
        return other

    return await together(steps)


async def _lead(work: Work, viewer: Viewer, verb: str, name: str, to: str, reason: str) -> None:
    """Have one name lead to the other, with its description where that has none, and change the topics."""
    tag, other = await _standing(work, name), await Tag.ensure(to, now(), work.session)
    if other.barred:
        raise Conflict(Text(N_("Nobody may use the tag “%(tag)s”. Allow it again first."), tag=to))
    await _require_settled(work, name, to)
    description = other.description or tag.description
    gone = await _change(work, tag, leads_to=to, description="" if description == tag.description else tag.description)
    there = await _change(work, other, leads_to=None, description=description)
    by = await record(work, viewer, verb, [gone, there], reason)
    # A name that no topic had has its topics from this one alone, so the way back needs no list of them.
    rows = by if verb == "tag.merge" else None
    await begin(work, TagChange(source=name, to=to, operation=rows, due_at=now()))


async def delete_tag(viewer: Viewer, name: str, reason: str = "", *, barred: bool = False) -> None:
    """Take it from all topics; with `barred`, nobody can use it again."""
    _require_manager(viewer)

    async def steps(work: Work) -> None:
        tag = await _standing(work, name)
        if not await _used(name, work) and (tag.barred or not barred):
            raise Conflict(Text(N_("No topic has this tag any more.")))
        await _require_settled(work, name)
        before = await Topic.raw().count_documents({"tags": name}, session=work.session)
        done = await _change(work, tag, barred=barred or tag.barred)
        numbers = {"before": {**done.before, "topics": before}, "after": {**done.after, "topics": 0}}
        done = done.model_copy(update=numbers)
        by = await record(work, viewer, "tag.delete", [done], reason)
        await begin(work, TagChange(source=name, to=None, operation=by, due_at=now()))

    await together(steps)


async def describe_tag(viewer: Viewer, name: str, description: str) -> bool:
    """Say what it is for, on its page; False when that was said already."""
    _require_manager(viewer)
    return await together(lambda work: _say(work, viewer, "tag.describe", name, description=description))


async def allow_tag(viewer: Viewer, name: str) -> bool:
    """Let people use it again; False when they may."""
    _require_manager(viewer)
    return await together(lambda work: _say(work, viewer, "tag.allow", name, barred=False))


async def _say(work: Work, viewer: Viewer, verb: str, name: str, **fields: Any) -> bool:
    tag = await _standing(work, name)
    if all(getattr(tag, field) == value for field, value in fields.items()):
        return False
    done = await _change(work, tag, **fields)
    await record(work, viewer, verb, [done])
    work.record(TagsChanged())
    return True


async def _standing(work: Work, name: str) -> Tag:
    """The document of a tag that leads nowhere else."""
    tag = await Tag.ensure(name, now(), work.session)
    if tag.leads_to is not None:
        raise Conflict(Text(N_("This tag has been renamed or merged in the meantime.")))
    return tag


async def _require_settled(work: Work, *names: str) -> None:
    if await TagChange.busy(names, work.session):
        raise Conflict(Text(BUSY))


async def _change(work: Work, tag: Tag, **fields: Any) -> Target:
    """Set these fields; gives what has changed by it."""
    before: Raw = {name: getattr(tag, name) for name, value in fields.items() if getattr(tag, name) != value}
    after: Raw = {name: fields[name] for name in before}
    await Tag.put(tag.oid, after, work.session)
    return Target(kind="tag", id=ObjectId(tag.oid), name=tag.name, before=before, after=after)


def _name_in(text: str, field: str) -> str:
    name = tag_named(text)
    if name is None:
        raise Invalid(fields={field: Text(N_("Please give one tag: letters, digits and the signs - _ . + only."))})
    return name


def _require_manager(viewer: Viewer) -> None:
    if not viewer.may("manage_tags"):
        raise Forbidden
