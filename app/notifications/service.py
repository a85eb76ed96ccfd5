"""Telling people: durable, numbered without gaps, once for each subject, in the transaction of what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bson import ObjectId

from app.events import PeopleTold
from app.viewer import Viewer
from app.web.pages import Unread
from app.work import Work, tell
from documents import Membership, Notification, User
from documents.base import Raw
from documents.clock import now
from documents.notification import BELL, Reason

COUNTED_MAX: Final = 999


async def notify(
    work: Work, people: dict[ObjectId, list[Reason]], subject: Raw, *, places: Iterable[ObjectId] = ()
) -> None:
    """Tell each of `people` about `subject` for the reasons given, the strongest first.

    `subject` holds the fields of the notification beside user, seq and reasons. Who was told of the subject
    before is not told again, only the reasons grow; who has muted one of `places` is not told at all. People are taken
    in the order of their ids, so that two transactions cannot wait for each other.
    """
    told = [person for person in sorted(people) if await _tell_one(work, person, people[person], subject, places)]
    if told:
        work.record(PeopleTold(tuple(told)))


async def _tell_one(
    work: Work, person: ObjectId, reasons: list[Reason], subject: Raw, places: Iterable[ObjectId]
) -> bool:
    known = await Notification.raw().find_one_and_update(
        {"user": person, "subject": subject["subject"]},
        {"$addToSet": {"reasons": {"$each": reasons}}},
        session=work.session,
    )
    if known is not None:
        return False
    # Whether a message is taken was decided by who may write to whom; all else of somebody blocked tells nobody.
    actor = None if reasons == ["message"] else subject["actor"]
    seq = await User.next_seq(person, work.session, actor=actor, places=places)
    if seq is None:
        return False
    raw = {"_id": ObjectId(), "user": person, "seq": seq, "kind": reasons[0], "reasons": reasons, **subject}
    raw |= {"created_at": now(), "unread": True, "read_at": None, "withdrawn_at": None}
    await Notification.raw().insert_one(raw, session=work.session)
    return True


async def withdraw(work: Work, subjects: Raw) -> None:
    """Take back what was told about these subjects, as long as they are deleted. `subjects` selects by any field."""
    await _set_withdrawn(work, {**subjects, "withdrawn_at": None}, {"withdrawn_at": now()})


async def bring_back(work: Work, subjects: Raw) -> None:
    """The subjects are there again, and so is what was told about them."""
    await _set_withdrawn(work, {**subjects, "withdrawn_at": {"$ne": None}}, {"withdrawn_at": None})


async def _set_withdrawn(work: Work, which: Raw, fields: Raw) -> None:
    people = await Notification.raw().distinct("user", which, session=work.session)
    if people:
        await Notification.raw().update_many(which, {"$set": fields}, session=work.session)
        work.record(PeopleTold(tuple(people)))


async def read_some(viewer: Viewer, ids: Iterable[ObjectId]) -> None:
    """Mark these of the viewer's own notifications as read."""
    await _mark_read(viewer.me, {"_id": {"$in": list(ids)}})


async def read_all(viewer: Viewer) -> None:
    """Mark all in the bell as read."""
    await _mark_read(viewer.me, {"kind": {"$in": list(BELL)}})


async def read_in_topic(viewer: Viewer, topic: ObjectId, first: int, last: int) -> bool:
    """The viewer has these comments before their eyes: what was told about them is read. Gives whether any was."""
    return await _mark_read(viewer.me, {"topic": topic, "number": {"$gte": first, "$lte": last}})


async def read_about(viewer: Viewer, subject: ObjectId) -> bool:
    """The viewer has before their eyes what this is about: a person who follows them. Gives whether any was unread."""
    return await _mark_read(viewer.me, {"subject": subject})


async def read_conversation(viewer: Viewer, conversation: ObjectId, last: int) -> None:
    """The viewer has the messages up to number `last` before their eyes."""
    await _mark_read(viewer.me, {"conversation": conversation, "number": {"$lte": last}})


async def _mark_read(user: ObjectId, which: Raw) -> bool:
    query = {"user": user, "unread": True, **which}
    changed = await Notification.raw().update_many(query, {"$set": {"unread": False, "read_at": now()}})
    if changed.modified_count:
        await tell(PeopleTold((user,)))
    return bool(changed.modified_count)


async def unread_of(user: ObjectId) -> Unread:
    """The unread numbers as they are in the database."""
    bell = {"user": user, "withdrawn_at": None, "kind": {"$in": list(BELL)}, "unread": True}
    notifications = await Notification.raw().count_documents(bell, limit=COUNTED_MAX)
    inbox: list[Raw] = [
        {"$match": {"user": user, "unread": {"$gt": 0}, "deleted_at": None}},
        {"$group": {"_id": None, "n": {"$sum": "$unread"}}},
    ]
    rows = await (await Membership.raw().aggregate(inbox)).to_list()
    return Unread(notifications, min(rows[0]["n"], COUNTED_MAX) if rows else 0)


async def latest_seq(user: ObjectId) -> int:
    """The number of the last event of a person's feed; 0 when there was none."""
    raw = await User.raw().find_one({"_id": user}, {"notification_seq": 1})
    return int(raw["notification_seq"]) if raw else 0
