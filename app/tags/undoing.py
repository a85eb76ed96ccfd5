"""The way back from what was done to a tag; which topics it was in, `Retagged` says."""

from __future__ import annotations

from app.errors import Conflict
from app.events import TagsChanged
from app.operations.conflicts import changed_since
from app.tags.changing import begin
from app.tags.service import BUSY
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Operation, Tag, TagChange
from documents.clock import now
from documents.operation import Target


async def unrename(work: Work, _: Viewer, operation: Operation) -> None:
    """The old name for all topics that have the new one, which no topic had before."""
    gone, there = operation.targets
    await _set_back(work, operation, standing=there.name)
    await begin(work, TagChange(source=there.name, to=gone.name, due_at=now()))


async def unmerge(work: Work, _: Viewer, operation: Operation) -> None:
    """The tag for those topics that had it."""
    gone, there = operation.targets
    await _set_back(work, operation, standing=there.name)
    await TagChange.raw().delete_many({"lingering": True, "source": gone.name}, session=work.session)
    await _give_back(work, operation, there.name)


async def undelete(work: Work, _: Viewer, operation: Operation) -> None:
    """The tag for the topics that it was taken from."""
    (gone,) = operation.targets
    await _set_back(work, operation, standing=gone.name)
    await _give_back(work, operation, None)


async def unsay(work: Work, _: Viewer, operation: Operation) -> None:
    """What was said of it before."""
    await _set_back(work, operation)
    work.record(TagsChanged())


async def _give_back(work: Work, operation: Operation, to: str | None) -> None:
    back = TagChange(source=operation.targets[0].name, to=to, operation=operation.oid, back=True, due_at=now())
    await begin(work, back)


async def _set_back(work: Work, operation: Operation, standing: str = "") -> None:
    names = [target.name for target in operation.targets]
    if await TagChange.busy(names, work.session):
        raise Conflict(Text(BUSY))
    known = await Tag.named(names, work.session)
    for target in operation.targets:
        _require_unchanged(known.get(target.name), target)
    if standing and known[standing].leads_to is not None:
        raise changed_since(N_("where the tag leads"))
    for target in operation.targets:
        back = {name: value for name, value in target.before.items() if name in Tag.model_fields}
        if target.id is not None:
            await Tag.put(target.id, back, work.session)


FIELDS = {
    "leads_to": N_("where the tag leads"),
    "description": N_("the description"),
    "barred": N_("whether the tag may be used"),
}


def _require_unchanged(tag: Tag | None, target: Target) -> None:
    if tag is None:
        raise Conflict(Text(N_("It is not there any more.")))
    for name, words in FIELDS.items():
        if name in target.after and getattr(tag, name) != target.after[name]:
            raise changed_since(words)
