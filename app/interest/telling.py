"""Telling those who watch: a few with the comment itself, many by a job that can be killed anywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from bson import ObjectId

from app.boards.directory import all_boards
from app.events import TellingWaits
from app.jobs.queue import Kind
from app.notifications.service import notify
from app.people.readers import readers_among
from app.web import pace
from app.work import Work, together
from documents import Comment, Telling, Topic, Watch
from documents.base import Raw
from documents.clock import now
from documents.notification import REASONS, Reason

JOB: Final = "telling"
# So many are told in the transaction of the comment; each costs it some two milliseconds.
TOLD_AT_ONCE: Final = 8
# Told in one transaction of the job: the more, the likelier that something else of one of them is in the way.
BATCH: Final = 150
JOB_SECONDS: Final = 300
LEASE: Final = timedelta(seconds=20)


def job() -> Kind:
    """As the queue knows it."""
    return Kind(JOB, JOB_SECONDS, tell_the_rest, Telling.waiting)


async def watchers(work: Work, comment: Comment) -> dict[ObjectId, list[Reason]]:
    """Whom to tell of a new comment at once, and why; more than a few wait for the job."""
    found = await _watching(work, comment, "", TOLD_AT_ONCE + 1)
    if len(found) <= TOLD_AT_ONCE:
        return {user: why for user, why in found.items() if user != comment.author}
    id = ObjectId()
    telling = {"_id": id, "comment": comment.oid, "told": "", "due_at": now()}
    await Telling.raw().insert_one(telling, session=work.session)
    work.record(TellingWaits(id))
    return {}


async def _watching(work: Work, comment: Comment, after: str, limit: int) -> dict[ObjectId, list[Reason]]:
    """Up to `limit` who watch the topic, the board or both, each once, in the order of ids."""
    query: Raw = {"place": {"$in": [comment.topic, comment.board]}, "level": "watch"}
    if after:
        query["user"] = {"$gt": ObjectId(after)}
    # Two rows a person at most: with these, the first `limit` people have all of theirs.
    rows = Watch.raw().find(query, {"user": 1, "place": 1}, session=work.session).sort("user", 1).limit(2 * limit)
    found: dict[ObjectId, list[Reason]] = {}
    for row in await rows.to_list():
        found.setdefault(row["user"], []).append("watch" if row["place"] == comment.topic else "watch_board")
    return {user: sorted(found[user], key=REASONS.index) for user in list(found)[:limit]}


def subject_of(comment: Comment) -> Raw:
    """What a notification about a comment holds of it."""
    place = {"topic": comment.topic, "board": comment.board, "number": comment.number}
    return {"subject": comment.oid, "actor": comment.author, **place}


async def tell_the_rest(id: ObjectId) -> None:
    """The job: batch by batch, each noted with the notices themselves."""
    while await together(lambda work: pace.InTurn(_tell_batch(work, id))):
        pass


async def _tell_batch(work: Work, id: ObjectId) -> bool:
    """Tell the next few; False when there are no more, or another process is ahead."""
    telling = await Telling.raw().find_one({"_id": id}, session=work.session)
    if telling is None:
        return False
    comment = await _still_there(work, telling["comment"])
    people = await _watching(work, comment, telling["told"], BATCH) if comment else {}
    if comment is None or not people:
        await Telling.raw().delete_one({"_id": id}, session=work.session)
        return False
    noted: Any = {"$set": {"told": str(max(people)), "due_at": now() + LEASE}}
    await Telling.raw().update_one({"_id": id, "told": telling["told"]}, noted, session=work.session)
    # Written to, so that a deletion at this moment, which withdraws what it finds, cannot miss what is told here.
    await Topic.raw().update_one({"_id": comment.topic}, {"$inc": {"tellings": 1}}, session=work.session)
    board = (await all_boards())[comment.board]
    wanted = await readers_among(people, board, work.session)
    reasons = {person: people[person] for person in wanted if person != comment.author}
    await notify(work, reasons, subject_of(comment), places=(comment.topic, comment.board))
    return True


async def _still_there(work: Work, id: ObjectId) -> Comment | None:
    """The comment, as long as there is something to tell of."""
    live: Raw = {"deleted_at": None}
    comment = await Comment.find_one({"_id": id, **live}, session=work.session)
    if comment is None or comment.board not in await all_boards():
        return None
    topic = await Topic.raw().find_one({"_id": comment.topic, **live}, {"_id": 1}, session=work.session)
    return comment if topic is not None else None
