"""Removals on their way: a few things with the act itself, many by a job that may be killed at any point.

What is taken away in a batch and the note of each thing are one transaction, so that a batch is there or not, and going
on does what is left. Coming back works off those notes, and leaves alone what somebody else has touched since.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from bson import ObjectId

from app.comments import liking
from app.events import QueueChanged, RemovalWaits
from app.jobs.queue import Kind
from app.messages.withdrawing import give_back, take_away
from app.topics import texts
from app.web.keys import TimeKey
from app.work import Work, together
from documents import Comment, Message, Reaction, Removal, Removed, Topic
from documents.base import RESTORED, Raw, Record, deletion
from documents.clock import now
from documents.message import SPOKEN
from documents.removal import LEASE, REMOVED_KINDS, RemovedKind

JOB: Final = "removal"
JOB_SECONDS: Final = 900
# Things taken away, or brought back, in one transaction; a text changes some ten documents.
BATCH: Final = 20
DOCUMENTS: Final[Mapping[RemovedKind, type[Record]]] = {
    "like": Reaction,
    "message": Message,
    "comment": Comment,
    "topic": Topic,
}
# What is there, or waits for approval.
THERE: Final[Raw] = {"$or": [{"deleted_at": None}, {"deleted_as": "held"}]}


def job() -> Kind:
    """As the queue knows it."""
    return Kind(JOB, JOB_SECONDS, go_on, Removal.waiting)


def which(removal: Removal, kind: RemovedKind) -> Raw:
    """Selects the things of a kind that a removal is about and that are there."""
    written: Raw = {"$lte": removal.until} | ({"$gt": removal.since} if removal.since else {})
    if kind == "like":
        return {"user": removal.person, "created_at": written}
    theirs: Raw = {"author": removal.person, "created_at": written}
    if kind == "message":
        return {**theirs, **SPOKEN, "deleted_at": None}
    theirs["board"] = {"$in": removal.boards}
    if kind == "topic":
        return {"$and": [theirs, THERE, {"merged_into": None}]}
    return {"$and": [theirs, THERE, {"number": {"$gt": 1}}]}


async def begin(work: Work, removal: Removal) -> None:
    """Store it and do the first batch with the act; what is left waits for the job."""
    raw = removal.as_stored()
    await Removal.raw().insert_one(raw, session=work.session)
    if await _batch(work, Removal.model_validate(raw)):
        work.record(RemovalWaits(raw["_id"]))


async def begin_return(work: Work, removal: Removal) -> None:
    """Have it come back: the first batch with the act."""
    fields: Raw = {"returning": True, "due_at": now() + LEASE, "done": 0}
    await Removal.raw().update_one({"_id": removal.oid}, {"$set": fields}, session=work.session)
    if await _batch(work, removal.model_copy(update=fields)):
        work.record(RemovalWaits(removal.oid))


async def go_on(id: ObjectId) -> None:
    """The job: batch by batch."""

    async def step(work: Work) -> bool:
        raw = await Removal.raw().find_one({"_id": id, "due_at": {"$ne": None}}, session=work.session)
        return raw is not None and await _batch(work, Removal.model_validate(raw))

    while await together(step):
        pass


async def _batch(work: Work, removal: Removal) -> bool:
    """The next few things; False when nothing is left."""
    return await (_bring_some(work, removal) if removal.returning else _take_some(work, removal))


async def _take_some(work: Work, removal: Removal) -> bool:
    """Up to `BATCH` things, of one kind after the other."""
    done, past = 0, removal.past
    left = list(removal.left)
    while left and done < BATCH:
        rows = await _next(work, removal, left[0], past, BATCH - done)
        notes = await TAKERS[left[0]](work, removal, rows) if rows else []
        if notes:
            await Removed.raw().insert_many([note.as_stored() for note in notes], session=work.session)
        ended = done + len(rows) < BATCH
        past = None if ended else {"at": rows[-1]["created_at"], "id": rows[-1]["_id"]}
        left = left[1:] if ended else left
        done += len(rows)
    return await _note(work, removal, done=done, left=left, past=past)


async def _next(work: Work, removal: Removal, kind: RemovedKind, past: Raw | None, limit: int) -> list[Raw]:
    wanted = which(removal, kind)
    if past is not None:
        wanted = {"$and": [wanted, TimeKey(past["at"], past["id"]).older()]}
    found = DOCUMENTS[kind].raw().find(wanted, session=work.session)
    return await found.sort([("created_at", -1), ("_id", -1)]).limit(limit).to_list()


async def _note(work: Work, removal: Removal, *, done: int, left: Sequence[RemovedKind], past: Raw | None) -> bool:
    fields: Raw = {"left": list(left), "past": past, "due_at": now() + LEASE if left else None}
    await Removal.raw().update_one({"_id": removal.oid}, {"$set": fields, "$inc": {"done": done}}, session=work.session)
    return bool(left)


async def _take_likes(work: Work, removal: Removal, rows: Sequence[Raw]) -> list[Removed]:
    for raw in rows:
        await liking.take_back_within(work, raw["_id"], raw["comment"])
    made: dict[str, Any] = {"removal": removal.oid, "kind": "like"}
    return [Removed(**made, thing=raw["_id"], comment=raw["comment"], liked_at=raw["created_at"]) for raw in rows]


async def _take_messages(work: Work, removal: Removal, rows: Sequence[Raw]) -> list[Removed]:
    made: dict[str, Any] = {"removal": removal.oid, "kind": "message"}
    notes: list[Removed] = []
    for conversation, some in _by_conversation(rows):
        had = await take_away(work, removal.person, conversation, some, removal.at)
        notes += [Removed(**made, thing=message, people=people) for message, people in had.items()]
    return notes


def _by_conversation(rows: Iterable[Raw]) -> list[tuple[ObjectId, list[Raw]]]:
    ordered = sorted(rows, key=lambda raw: raw["conversation"])
    return [(id, list(some)) for id, some in groupby(ordered, key=lambda raw: raw["conversation"])]


async def _take_texts(work: Work, removal: Removal, rows: Sequence[Raw]) -> list[Removed]:
    notes = []
    for raw in rows:
        text = texts.text_of("comment" if "number" in raw else "topic", raw)
        held = raw["deleted_at"] is not None
        marks = deletion(removal.at, removal.by, "rejected" if held else "moderator", removal.reason)
        await (_remark if held else texts.mark_again)(work, text, marks)
        notes.append(Removed(removal=removal.oid, kind=text.kind, thing=text.oid, held=held))
    return notes


async def _remark(work: Work, text: texts.Post, marks: Raw) -> None:
    await texts.remark(work, text, marks)
    work.record(QueueChanged())


TAKERS: Final[Mapping[RemovedKind, Callable[[Work, Removal, Sequence[Raw]], Awaitable[list[Removed]]]]] = {
    "like": _take_likes,
    "message": _take_messages,
    "comment": _take_texts,
    "topic": _take_texts,
}


def as_left(removal: Removal) -> Raw:
    """Selects texts that are as this removal has left them."""
    return {"deleted_at": removal.at, "deleted_by": removal.by, "deleted_as": {"$in": ["moderator", "rejected"]}}


async def _bring_some(work: Work, removal: Removal) -> bool:
    """Up to `BATCH` things that are noted, topics first."""
    done = 0
    for kind in reversed(REMOVED_KINDS):
        noted: Raw = {"removal": removal.oid, "kind": kind}
        found = Removed.raw().find(noted, session=work.session).sort("_id", -1).limit(BATCH - done)
        notes = [Removed.model_validate(raw) async for raw in found]
        if notes:
            await _bring(work, removal, kind, notes)
            await Removed.raw().delete_many({"_id": {"$in": [note.oid for note in notes]}}, session=work.session)
        done += len(notes)
        if done >= BATCH:
            return await _note(work, removal, done=done, left=[kind], past=None)
    return await _note(work, removal, done=done, left=[], past=None)


async def _bring(work: Work, removal: Removal, kind: RemovedKind, notes: Sequence[Removed]) -> None:
    if kind == "like":
        for note in notes:
            if note.comment and note.liked_at:
                await liking.like_again(work, removal.person, note.comment, note.liked_at)
        return
    by_id = {note.thing: note for note in notes}
    there: Raw = {"_id": {"$in": list(by_id)}, **({} if kind == "message" else as_left(removal))}
    rows = await DOCUMENTS[kind].raw().find(there, session=work.session).to_list()
    if kind == "message":
        for conversation, some in _by_conversation(rows):
            had = {raw["_id"]: by_id[raw["_id"]].people for raw in some}
            await give_back(work, removal.person, conversation, had, removal.at)
        return
    for raw in rows:
        text = texts.text_of(kind, raw)
        if by_id[raw["_id"]].held:
            await _remark(work, text, deletion(text.created_at, removal.person, "held", ""))
        else:
            await texts.mark_again(work, text, RESTORED)
