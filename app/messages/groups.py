"""Groups: adding people, removing them, leaving, another title. Each leaves a numbered line that tells of it.

Who is added sees the conversation from that line on; who leaves keeps what they had, and sees and hears nothing new.
"""

from __future__ import annotations

from bson import ObjectId

from app.errors import Conflict, Forbidden, Invalid
from app.events import PeopleTold
from app.messages.delivering import line_of, store, tell_of
from app.messages.reaching import GROUP_MAX, people_in, receivers_named, require_first, strangers_among
from app.messages.service import Count, uncounted, visible_conversation
from app.notifications.service import read_conversation
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Conversation, Membership, Message, User
from documents.base import Raw
from documents.clock import now


def may_leave(viewer: Viewer, conversation: Conversation) -> bool:
    """Everybody who is in a group."""
    return conversation.group and viewer.me in conversation.members


def may_manage(viewer: Viewer, conversation: Conversation) -> bool:
    """Who began the group, or has been in it longest when they have left: they add, remove and give the title."""
    return may_leave(viewer, conversation) and conversation.manager == viewer.me and viewer.writes


async def managed(viewer: Viewer, id: ObjectId) -> Conversation:
    """The group, for who looks after it; `Forbidden` for its other members."""
    conversation, _ = await visible_conversation(viewer, id)
    if not may_manage(viewer, conversation):
        raise Forbidden
    return conversation


async def add(viewer: Viewer, id: ObjectId, to: str, *, meeting: Count = uncounted) -> list[User]:
    """Add the people named who are not there yet; gives them."""
    conversation = await managed(viewer, id)
    named = await receivers_named(viewer, to, with_me=True)
    fresh = [person for person in named if person.oid not in conversation.members]
    if not fresh:
        raise Invalid(fields={"to": Text(N_("They are in this group already."))})
    await meeting(len(await strangers_among(viewer, fresh)))
    ids = [person.oid for person in fresh]

    async def steps(work: Work) -> None:
        for person in (await people_in(ids, work.session)).values():
            await require_first(viewer, person, work.session)
        room: Raw = {"members": {"$nin": ids}, f"members.{GROUP_MAX - len(ids)}": {"$exists": False}}
        grown = await _grow(work, viewer, id, room, {"$push": {"members": {"$each": ids}}})
        line = line_of(grown, viewer, "added", about=ids)
        await store(work, line)
        await _welcome(work, viewer, line)

    if len(conversation.members) + len(ids) > GROUP_MAX:
        raise Invalid(fields={"to": Text(N_("A group has at most %(count)s people."), count=GROUP_MAX)})
    await together(steps, hot=(id, *ids))
    return fresh


async def _grow(work: Work, viewer: Viewer, id: ObjectId, guard: Raw, changes: Raw) -> Conversation:
    """The group with one line more and `changes`, if the viewer is in it still and `guard` holds."""
    which: Raw = {"$and": [{"_id": id, "group": True, "members": viewer.me}, guard]}
    update: Raw = {"$inc": {"last_number": 1, "version": 1}, **changes}
    raw = await Conversation.raw().find_one_and_update(which, update, return_document=True, session=work.session)
    if raw is None:
        raise Conflict
    grown: Conversation = Conversation.model_validate(raw)
    return grown


async def _welcome(work: Work, viewer: Viewer, line: Message) -> None:
    """The sides of who was added: a request for whom the viewer is a stranger, and for who had left before."""
    people = await people_in(line.about, work.session)
    strangers = await strangers_among(viewer, people.values(), work.session)
    loud = []
    for person in sorted(people):
        which: Raw = {"conversation": line.conversation, "user": person}
        raw = await Membership.raw().find_one(which, session=work.session)
        before = Membership.model_validate(raw) if raw else None
        asks = person in strangers or before is not None
        side: Raw = {"received_at": line.created_at, "unread": 1, "request": asks, "invited_by": viewer.me}
        side |= {"declined_at": None}
        side |= {"until": None, "left_at": None, "left_title": None, "archived_at": None, "deleted_at": None}
        side |= _range(before, line.number)
        fresh = Membership(conversation=line.conversation, user=person).as_stored()
        insert = {name: value for name, value in fresh.items() if name not in side and name not in which}
        update: Raw = {"$set": side} if before else {"$set": side, "$setOnInsert": insert}
        await Membership.raw().update_one(which, update, upsert=before is None, session=work.session)
        await User.raw().update_one({"_id": person}, {"$inc": {"messages_got": 1}}, session=work.session)
        loud += [] if asks else [person]
    await tell_of(work, line, loud)
    work.record(PeopleTold(tuple(people)))


def _range(before: Membership | None, number: int) -> Raw:
    """What is theirs to see from a line on; of what was said while they were away, nothing."""
    if before is None or before.until is None or before.deleted_at is not None:
        return {"cleared_to": number - 1, "read_to": number - 1, "gaps": []}
    gap = [[before.until + 1, number - 1]] if before.until + 1 < number else []
    return {"read_to": number - 1, "gaps": [*before.gaps, *gap]}


async def remove(viewer: Viewer, id: ObjectId, person: ObjectId) -> None:
    """Take somebody out; who is not in it any more stays out."""
    conversation = await managed(viewer, id)
    if person == viewer.me or person not in conversation.members:
        raise Conflict(Text(N_("This person is not in the group any more.")))

    async def steps(work: Work) -> None:
        grown = await _grow(work, viewer, id, {"members": person}, {"$pull": {"members": person}})
        line = line_of(grown, viewer, "removed", about=[person])
        await store(work, line)
        await _part(work, person, line, grown)

    await together(steps, hot=(id, person))


async def leave(viewer: Viewer, id: ObjectId) -> None:
    """Leave a group; a second time changes nothing."""
    conversation, side = await visible_conversation(viewer, id)
    if side.until is not None:
        return
    if not may_leave(viewer, conversation):
        raise Forbidden

    async def steps(work: Work) -> int:
        grown = await _grow(work, viewer, id, {}, {"$pull": {"members": viewer.me}})
        line = line_of(grown, viewer, "left")
        await store(work, line)
        await _part(work, viewer.me, line, grown)
        return line.number

    await read_conversation(viewer, id, await together(steps, hot=(id, viewer.me)))


async def _part(work: Work, person: ObjectId, line: Message, group: Conversation) -> None:
    """The line of it is the last that they see."""
    which: Raw = {"conversation": line.conversation, "user": person}
    left: Raw = {"until": line.number, "left_at": now(), "left_title": group.title, "unread": 0}
    await Membership.raw().update_one(which, {"$set": {**left, "read_to": line.number}}, session=work.session)
    work.record(PeopleTold((person,)))


async def rename(viewer: Viewer, id: ObjectId, title: str) -> None:
    """Another title; the same one changes nothing."""
    conversation = await managed(viewer, id)
    if title == conversation.title:
        return

    async def steps(work: Work) -> None:
        grown = await _grow(work, viewer, id, {"title": conversation.title}, {"$set": {"title": title}})
        await store(work, line_of(grown, viewer, "renamed", said=title))

    await together(steps, hot=(id,))
