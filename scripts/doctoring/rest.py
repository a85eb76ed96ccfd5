"""Markers, words for searching, and work that waits for too long."""

from datetime import timedelta
from typing import Any, Final

from app.mydata.archives import BUCKET
from app.search.catching_up import BEHIND, catch_up
from app.work import Work
from documents import ALL, Archive, Comment, Letter, Marker, Topic
from documents.base import Due, Raw, Record, Session
from documents.clock import now
from scripts.doctoring.check import Check, Fault, Whole, found, setting
from scripts.doctoring.looking import Examination

# What waits for a job is taken within seconds, and by a sweep within minutes.
STUCK: Final = timedelta(minutes=30)
# Texts get their words when they are written; those that are behind are caught up by every process.
BEHIND_FOR: Final = timedelta(minutes=30)
GRIDFS: Final = f"{BUCKET}.files"


async def look_at_markers(ids: list[Any], session: Session) -> list[Fault]:
    """Nobody has read what is not written yet."""
    marks = await found(Marker, {"_id": {"$in": ids}, "number": {"$gt": 0}}, {"place": 1, "number": 1}, session)
    topics = await found(Topic, {"_id": {"$in": list({raw["place"] for raw in marks})}}, {"last_number": 1}, session)
    last = {raw["_id"]: raw["last_number"] for raw in topics}
    return [
        Fault(
            raw["_id"],
            f"number is {raw['number']}, and the last one is {last[raw['place']]}",
            setting(Marker, raw["_id"], number=last[raw["place"]]),
        )
        for raw in marks
        if raw["number"] > last.get(raw["place"], raw["number"])
    ]


async def look_at_words(examination: Examination) -> list[Fault]:
    """Everything can be found."""
    faults = []
    for document in (Topic, Comment):
        query: Raw = {**BEHIND, "created_at": {"$lt": now() - BEHIND_FOR}}
        example = await document.raw().find_one(query, {"_id": 1})
        if example is not None:
            faults.append(Fault(document.Settings.name, "have texts that cannot be found yet", _catching_up))
    return faults


async def _catching_up(work: Work) -> None:
    await catch_up()


WAITING: Final[tuple[tuple[type[Record], Raw], ...]] = (
    (Letter, {"state": "waiting"}),
    (Archive, {"state": "waiting"}),
    *((document, {}) for document in ALL if issubclass(document, Due)),
)


async def look_at_jobs(examination: Examination) -> list[Fault]:
    """No work waits for longer than a worker that runs would let it."""
    faults = []
    since = now() - STUCK
    for document, state in WAITING:
        free = {"$or": [{"leased_until": None}, {"leased_until": {"$lt": now()}}]}
        async for raw in document.raw().find({**state, **free, "due_at": {"$lt": since}}, {"due_at": 1}).limit(100):
            name: str = document.Settings.name
            faults.append(Fault(f"{name} {raw['_id']}", f"has been due since {raw['due_at']:%Y-%m-%d %H:%M} UTC"))
    return faults


async def look_at_archives(ids: list[Any], session: Session) -> list[Fault]:
    """An archive that is ready can be fetched."""
    ready = await found(Archive, {"_id": {"$in": ids}, "file": {"$ne": None}}, {"file": 1}, session)
    if not ready:
        return []
    named: Raw = {"_id": {"$in": [raw["file"] for raw in ready]}}
    files = Archive.raw().database[GRIDFS].find(named, {"_id": 1}, session=session)
    there = {raw["_id"] async for raw in files}
    return [
        Fault(
            raw["_id"], f"its file {raw['file']} is not there", setting(Archive, raw["_id"], state="failed", file=None)
        )
        for raw in ready
        if raw["file"] not in there
    ]


CHECKS: Final = (
    Check("markers", "markers are ahead of their topics", Marker, look_at_markers),
    Check("archives", "archives have no file", Archive, look_at_archives, {"file": {"$ne": None}}),
    Whole("words", "collections have texts that cannot be searched", look_at_words),
    Whole("jobs", "jobs are stuck: does a worker run?", look_at_jobs),
)
