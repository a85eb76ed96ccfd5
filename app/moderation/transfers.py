"""Comments on their way to another topic or board: a few with the act itself, many by a job that may be killed.

Numbers, counters and the way that old addresses lead are settled in the act; what follows here is each comment itself,
with all that repeats where it stands.
"""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.events import PeopleTold, TopicChanged, TransferWaits
from app.jobs.queue import Kind
from app.notifications import settling
from app.work import Work, together
from documents import Bookmark, Comment, Notification, Reaction, Report, Revision, Topic, Transfer
from documents.base import Raw
from documents.clock import now
from documents.moved import LEASE

JOB: Final = "transfer"
JOB_SECONDS: Final = 900
# Moved in one transaction, with some four documents each.
BATCH: Final = 100


def job() -> Kind:
    """As the queue knows it."""
    return Kind(JOB, JOB_SECONDS, go_on, Transfer.waiting)


async def begin(work: Work, transfer: Transfer) -> None:
    """Bring the first batch with the act; what is left waits for the job."""
    raw = transfer.as_stored()
    await Transfer.raw().insert_one(raw, session=work.session)
    if await _batch(work, raw):
        work.record(TransferWaits(raw["_id"]))


async def go_on(id: ObjectId) -> None:
    """The job: batch by batch, each noted with the comments themselves."""

    async def step(work: Work) -> bool:
        transfer = await Transfer.raw().find_one({"_id": id}, session=work.session)
        return transfer is not None and await _batch(work, transfer)

    while await together(step):
        pass


async def _batch(work: Work, transfer: Raw) -> bool:
    """The next few; False when all are where they belong."""
    left: Raw = {"topic": transfer["topic"], "number": {"$gt": transfer["done"], "$lte": transfer["last"]}}
    found = Comment.raw().find(left, {"number": 1}, session=work.session).sort("number").limit(BATCH)
    rows = await found.to_list()
    target = await Topic.raw().find_one({"_id": transfer["to"]}, {"board": 1}, session=work.session)
    if target is None or not rows:
        await Transfer.raw().delete_one({"_id": transfer["_id"]}, session=work.session)
        return False
    ids = [row["_id"] for row in rows]
    if transfer["kind"] == "board":
        await Comment.raw().update_many(
            {"_id": {"$in": ids}}, {"$set": {"board": target["board"]}}, session=work.session
        )
    else:
        await settling.carry(work, ids, transfer["topic"], target["_id"])
        await carry(work, ids, target["_id"], target["board"], transfer["shift"])
        await Topic.change(target["_id"], work.session)
        work.record(TopicChanged(target["_id"], target["board"]))
    if len(rows) < BATCH:
        await Transfer.raw().delete_one({"_id": transfer["_id"]}, session=work.session)
        return False
    await Transfer.arrived(transfer["_id"], rows[-1]["number"], now() + LEASE, work.session)
    return True


async def carry(work: Work, ids: list[ObjectId], to: ObjectId, board: ObjectId, shift: int) -> None:
    """Have these comments stand in another topic, `shift` numbers further on, with all that says where they stand."""
    number: Raw = {"$add": ["$number", shift]}
    answered: Raw = {"$cond": [{"$gt": ["$reply_to_number", None]}, {"$add": ["$reply_to_number", shift]}, None]}
    fields: Raw = {"topic": to, "board": board, "number": number, "reply_to_number": answered}
    await Comment.raw().update_many({"_id": {"$in": ids}}, [{"$set": fields}], session=work.session)
    await Revision.raw().update_many({"comment": {"$in": ids}}, {"$set": {"topic": to}}, session=work.session)
    placed: list[Raw] = [{"$set": {"topic": to, "number": number}}]
    for document in (Reaction, Bookmark):
        await document.raw().update_many({"comment": {"$in": ids}}, placed, session=work.session)
    reported = {"$set": {"topic": to, "board": board}}
    await Report.raw().update_many({"subject": {"$in": ids}}, reported, session=work.session)
    told: list[Raw] = [{"$set": {**placed[0]["$set"], "board": board}}]
    await Notification.raw().update_many({"subject": {"$in": ids}, "topic": {"$ne": None}}, told, session=work.session)
    people = await Notification.raw().distinct("user", {"subject": {"$in": ids}}, session=work.session)
    if people:
        work.record(PeopleTold(tuple(people)))
