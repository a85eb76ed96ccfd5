"""Notices follow a text that goes, comes back or moves, however many were told of it.

Of a hundred, that is written in the transaction of what happens to the text. Of more, somebody is always reading one
at that moment, and each would be in the other's way: so a job does it afterwards, which can be killed anywhere. In
between nobody sees anything of the text, as notices are drawn by how it stands; only numbers are behind for a moment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bson import ObjectId

from app.events import NoticesTurned, NoticesUnsettled
from app.jobs.queue import Kind
from app.web.batches import in_parts
from app.work import Work, tell
from documents import Comment, Notification, Settling, Topic
from documents.base import Raw
from documents.clock import now

JOB: Final = "settling"
JOB_SECONDS: Final = 300
LEASE: Final = timedelta(seconds=20)
# So many follow in the transaction itself.
AT_ONCE: Final = 100
TOLD_AT_ONCE: Final = 1_000
# What moderators said stays when its topic goes.
ABOUT_TEXTS: Final[Raw] = {"kind": {"$ne": "moderation"}}


def job() -> Kind:
    """As the queue knows it."""
    return Kind(JOB, JOB_SECONDS, settle, Settling.waiting)


async def has_to_wait(work: Work, which: Raw, topic: ObjectId) -> bool:
    """Whether these notices are too many for one transaction, or a job is at others of the topic just now: what it
    does not see of this work, and this work not of it, the job after both sees.
    """
    if await Settling.raw().find_one({"topic": topic}, {"_id": 1}, session=work.session) is not None:
        return True
    return await Notification.raw().count_documents(which, limit=AT_ONCE + 1, session=work.session) > AT_ONCE


async def put_off(work: Work, topic: ObjectId, comment: ObjectId | None = None) -> None:
    """Have the notices of the topic, or of this comment in it, follow what is done in this work, soon after it."""
    waiting = Settling(id=ObjectId(), topic=topic, comment=comment, due_at=now())
    await Settling.raw().insert_one(waiting.as_stored(), session=work.session)
    work.record(NoticesUnsettled(waiting.oid))


async def carry(work: Work, comments: Collection[ObjectId], topic: ObjectId, to: ObjectId) -> None:
    """These comments stand in another topic from now on, and their notices with them: what waits for a job there is
    found there, and what the topic waits for, they wait for.
    """
    waiting = await Settling.raw().find({"topic": topic}, {"comment": 1}, session=work.session).to_list()
    own = [each["_id"] for each in waiting if each.get("comment") in comments]
    if own:
        await Settling.raw().update_many({"_id": {"$in": own}}, {"$set": {"topic": to}}, session=work.session)
    if any(each.get("comment") is None for each in waiting):
        await put_off(work, to)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a topic stands, and which comments in it, of those that are asked for, are deleted."""

    live: bool
    board: ObjectId
    gone: frozenset[ObjectId]


async def settle(id: ObjectId) -> None:
    """The job. Begins anew as long as something happens to the text meanwhile, so that who comes last is right."""
    found = await Settling.raw().find_one_and_update({"_id": id}, {"$set": {"due_at": now() + LEASE}})
    if found is None:
        return
    topic, comment = found["topic"], found.get("comment")
    about: Raw = {**ABOUT_TEXTS, **({"topic": topic} if comment is None else {"subject": comment})}
    stands = await _standing(topic, comment)
    while stands is not None:
        await _follow(about, stands)
        before, stands = stands, await _standing(topic, comment)
        if stands == before:
            break
    await Settling.raw().delete_one({"_id": id})


async def _standing(topic: ObjectId, comment: ObjectId | None) -> _Standing | None:
    """None when it is erased, and its notices with it. A comment may have gone to another topic since."""
    if comment is not None:
        there = await Comment.raw().find_one({"_id": comment}, {"topic": 1})
        topic = there["topic"] if there else topic
    found = await Topic.raw().find_one({"_id": topic}, {"deleted_at": 1, "board": 1})
    if found is None:
        return None
    asked: Raw = {"topic": topic} if comment is None else {"_id": comment}
    gone = await Comment.raw().distinct("_id", {**asked, "deleted_at": {"$ne": None}})
    return _Standing(found["deleted_at"] is None, found["board"], frozenset(gone))


async def _follow(about: Raw, stands: _Standing) -> None:
    gone = list(stands.gone)
    there: Raw = {**about, "withdrawn_at": None}
    # Likes come back only if there still are any.
    away: Raw = {**about, "withdrawn_at": {"$ne": None}, "like_count": {"$ne": 0}}
    if stands.live:
        await _change({"$and": [there, {"subject": {"$in": gone}}]}, {"withdrawn_at": now()})
        await _change({"$and": [away, {"subject": {"$nin": gone}}]}, {"withdrawn_at": None})
    else:
        await _change(there, {"withdrawn_at": now()})
    await _change({**about, "board": {"$ne": stands.board}}, {"board": stands.board})


async def _change(which: Raw, fields: dict[str, Any]) -> None:
    people = await Notification.raw().distinct("user", which)
    if people:
        await Notification.raw().update_many(which, {"$set": fields})
        for some in in_parts(people, TOLD_AT_ONCE):
            await tell(NoticesTurned(tuple(some)))
