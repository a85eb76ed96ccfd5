"""Taking messages away from everybody but who wrote them, and giving them back. Who does so never reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bson import ObjectId

from app.events import PeopleTold
from app.files.links import touch
from app.messages.service import change
from app.notifications.service import bring_back, withdraw
from app.work import Work
from documents import Membership, Message, User
from documents.base import RESTORED, Raw

Had = dict[ObjectId, list[ObjectId]]


async def take_away(work: Work, author: ObjectId, conversation: ObjectId, rows: Sequence[Raw], at: datetime) -> Had:
    """Have nobody else see these messages of a conversation any more; gives who had each.

    A conversation in which that leaves somebody with nothing is out of their lists, as deleted by themselves `at`.
    """
    await change(work, conversation)
    sides = await _sides(work, conversation, author)
    had: Had = {}
    for raw in rows:
        had[raw["_id"]] = [side.user for side in sides if side.covers(raw["number"], raw.get("hidden_for", ()))]
        hidden = {"$addToSet": {"hidden_for": {"$each": had[raw["_id"]]}}}
        await Message.raw().update_one({"_id": raw["_id"]}, hidden, session=work.session)
        await touch(raw.get("uploads", ()), work.session)
    await withdraw(work, {"subject": {"$in": list(had)}})
    for side in sides:
        if any(side.user in people for people in had.values()):
            await _count_again(work, side, gone_at=at)
    return had


async def give_back(
    work: Work, author: ObjectId, conversation: ObjectId, had: Mapping[ObjectId, Sequence[ObjectId]], at: datetime
) -> None:
    """The other way round. What nobody had any more, as its author has deleted it too, is there again.

    What moderators have removed for itself meanwhile stays so.
    """
    await change(work, conversation)
    back = []
    for message, people in had.items():
        shown: Raw = {"$pull": {"hidden_for": {"$in": list(people)}}}
        raw = await Message.raw().find_one_and_update({"_id": message}, shown, session=work.session)
        if raw is None or raw.get("deleted_as") == "moderator":
            continue
        await Message.raw().update_one({"_id": message}, {"$set": RESTORED}, session=work.session)
        await touch(raw.get("uploads", ()), work.session)
        back.append(message)
    await bring_back(work, {"subject": {"$in": back}})
    for side in await _sides(work, conversation, author):
        if any(side.user in people for people in had.values()):
            await _count_again(work, side, back_from=at)


async def _sides(work: Work, conversation: ObjectId, author: ObjectId) -> list[Membership]:
    which: Raw = {"conversation": conversation, "user": {"$ne": author}}
    return [Membership.model_validate(raw) async for raw in Membership.raw().find(which, session=work.session)]


async def _count_again(
    work: Work, side: Membership, *, gone_at: datetime | None = None, back_from: datetime | None = None
) -> None:
    fields: Raw = {}
    if side.until is None:
        person = await User.raw().find_one({"_id": side.user}, {"blocks": 1}, session=work.session)
        blocks = (person or {}).get("blocks") or []
        count = await Message.count_new(side.conversation, side.user, side.read_to, blocks, work.session)
        fields["unread"] = count
    if gone_at is not None and side.deleted_at is None:
        left = await Message.raw().find_one({**side.covered, "deleted_at": None}, {"_id": 1}, session=work.session)
        fields |= {"deleted_at": gone_at} if left is None else {}
    if back_from is not None and side.deleted_at == back_from:
        fields["deleted_at"] = None
    await Membership.raw().update_one({"_id": side.oid}, {"$set": fields}, session=work.session)
    work.record(PeopleTold((side.user,)))
