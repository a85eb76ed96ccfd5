"""Blocking people. What they wrote is folded away, and nothing they do from now on reaches who has blocked them.

`User.blocks` repeats the blocks, so that a notice is refused by the selector that would number it, and who is looking
is known with whom they have blocked at no further cost. Both are written in one transaction.
"""

from __future__ import annotations

import contextlib
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Declined, Forbidden, NotFound
from app.events import PeopleTold
from app.notifications.likes import forget_liker
from app.people.reach import may_block
from app.users.follows import part
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell, together
from documents import Block, Conversation, Membership, Message, Notification, User
from documents.base import LIVE, Raw
from documents.clock import now

BLOCKED_MAX: Final = 1_000


async def block(viewer: Viewer, person_id: ObjectId) -> None:
    """Block somebody; a second time changes nothing. Neither follows the other any more."""
    person = await User.load(person_id)
    if person is None or not person.live:
        raise NotFound
    if not may_block(person, viewer):
        raise Forbidden(Text(N_("You cannot block yourself.")))

    async def steps(work: Work) -> None:
        if await Block.raw().find_one({"user": viewer.me, "person": person_id}, session=work.session) is None:
            await _begin(work, viewer, person)

    with contextlib.suppress(DuplicateKeyError):
        await together(steps, hot=(viewer.me, person_id))


async def _begin(work: Work, viewer: Viewer, person: User) -> None:
    room: Raw = {"_id": viewer.me, **LIVE, f"blocks.{BLOCKED_MAX - 1}": {"$exists": False}}
    changes = {"$addToSet": {"blocks": person.oid}, "$inc": {"notices_turn": 1}}
    if not (await User.raw().update_one(room, changes, session=work.session)).matched_count:
        raise Declined(Text(N_("You have blocked %(count)s people, and more are not possible."), count=BLOCKED_MAX))
    raw = Block(user=viewer.me, person=person.oid, created_at=now()).as_stored()
    await Block.raw().insert_one(raw, session=work.session)
    await part(work, viewer.me, person.oid)
    await part(work, person.oid, viewer.me)
    await _quieten(work, viewer.me, person)
    await forget_liker(work, viewer.me, person.oid)
    work.record(PeopleTold((viewer.me,)))


async def _quieten(work: Work, user: ObjectId, person: User) -> None:
    """What of theirs was unread counts no more; messages of staff stay, as they are about the forum."""
    is_staff = person.role != "member"
    kept = ["like", "moderation", *(["message"] if is_staff else [])]
    unread = {"user": user, "actor": person.oid, "unread": True, "kind": {"$nin": kept}}
    read = {"$set": {"unread": False, "read_at": now()}}
    await Notification.raw().update_many(unread, read, session=work.session)
    if is_staff:
        return
    shared = await Conversation.raw().distinct("_id", {"members": {"$all": [user, person.oid]}}, session=work.session)
    sides: Raw = {"user": user, "conversation": {"$in": shared}, "unread": {"$gt": 0}}
    blocks = await User.raw().distinct("blocks", {"_id": user}, session=work.session)
    async for side in Membership.raw().find(sides, session=work.session):
        left = await Message.count_new(side["conversation"], user, side["read_to"], blocks, work.session)
        await Membership.raw().update_one({"_id": side["_id"]}, {"$set": {"unread": left}}, session=work.session)


async def unblock(viewer: Viewer, person_id: ObjectId) -> None:
    """Take a block back; when there is none, nothing changes."""

    async def steps(work: Work) -> None:
        await Block.raw().delete_one({"user": viewer.me, "person": person_id}, session=work.session)
        gone = {"$pull": {"blocks": person_id}, "$inc": {"notices_turn": 1}}
        await User.raw().update_one({"_id": viewer.me}, gone, session=work.session)

    await together(steps, hot=(viewer.me,))
    await tell(PeopleTold((viewer.me,)))
