"""The numbers of each day: worked out by a job once it is over, today's counted when one looks, along indexes only."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from bson import ObjectId

from app.jobs.queue import Kind
from app.web.tally import bounds, day_of
from documents import Comment, Day, Letter, Message, Report, StoredFile, Topic, User
from documents.base import Raw, Record
from documents.clock import now

JOB: Final = "day"
JOB_SECONDS: Final = 300
# Pages come first: a forum that was imported has a year of days to work out.
PAUSE_SECONDS: Final = 0.05
# A forum that was imported has a past; more of it is not shown.
PAST: Final = timedelta(days=366)
TODAY_SECONDS: Final = 15.0
STORAGE_SECONDS: Final = 600.0

# What is counted by when it was made: the document, the field that says when, and what else it has to be. Each is a
# range of an index.
COUNTED: Final[dict[str, tuple[type[Record], str, Raw]]] = {
    "signups": (User, "created_at", {}),
    "topics": (Topic, "created_at", {"deleted_at": None}),
    "comments": (Comment, "created_at", {"number": {"$gt": 1}}),
    "messages": (Message, "created_at", {}),
    "reports": (Report, "first_at", {}),
    "letters": (Letter, "created_at", {}),
}

_storage: list[tuple[float, int]] = []
_today: list[tuple[str, float, dict[str, int]]] = []


def job(zone: str) -> Kind:
    """As the queue knows it."""
    return Kind(JOB, JOB_SECONDS, partial(work_out, zone), partial(waiting, zone))


async def waiting(zone: str, since: datetime, limit: int) -> list[ObjectId]:
    """The last day that was over at `since` and that nobody has worked out; those before it are done with it."""
    await _begin_missing(zone)
    return await Day.waiting(day_of(since, zone), min(limit, 1))


async def _begin_missing(zone: str) -> None:
    """Have every day be known since the last one that is, or since somebody was here first."""
    yesterday = now().astimezone(UTC) - timedelta(days=1)
    last = day_of(yesterday, zone)
    known = await Day.raw().find_one({"day": {"$lte": last}}, {"day": 1}, sort=[("day", -1)])
    if known is not None and known["day"] == last:
        return
    first = date.fromisoformat(known["day"]) + timedelta(days=1) if known else await _first_day(zone)
    if first is not None:
        first = max(first, date.fromisoformat(last) - PAST)
        days = (date.fromisoformat(last) - first).days + 1
        await Day.begin((first + timedelta(days=number)).isoformat() for number in range(days))


async def _first_day(zone: str) -> date | None:
    found = await User.raw().find_one({}, {"created_at": 1}, sort=[("created_at", 1)])
    return date.fromisoformat(day_of(found["created_at"], zone)) if found else None


async def work_out(zone: str, id: ObjectId) -> None:
    """The job: that day, and one after the other those before it that nobody has worked out."""
    day = await Day.load(id)
    while day is not None:
        if day.made_at is None:
            await _count(zone, day)
            await asyncio.sleep(PAUSE_SECONDS)
        earlier = await Day.waiting(day.day, 1)
        day = await Day.load(earlier[0]) if earlier else None


async def _count(zone: str, day: Day) -> None:
    """Whoever is first has counted it."""
    counts = await counted(*bounds(day.day, zone))
    if day.day == day_of(now() - timedelta(days=1), zone):  # of other days nobody knows it any more
        counts["storage"] = await storage()
    await Day.make(day.oid, counts, now())


async def counted(begin: datetime, end: datetime) -> dict[str, int]:
    """What was made in this time."""
    within: Raw = {"$gte": begin, "$lt": end}
    return {
        name: await document.raw().count_documents({when: within, **also})
        for name, (document, when, also) in COUNTED.items()
    }


async def storage() -> int:
    """Bytes of all files that are stored."""
    found = await (await StoredFile.raw().aggregate([{"$group": {"_id": None, "n": {"$sum": "$bytes"}}}])).to_list()
    return int(found[0]["n"]) if found else 0


async def today(zone: str) -> dict[str, int]:
    """Today until a moment ago: counted at most every few seconds, what takes longer every ten minutes."""
    moment, day = time.monotonic(), day_of(now(), zone)
    if not _today or _today[0][0] != day or moment - _today[0][1] > TODAY_SECONDS:
        found = await counted(*bounds(day, zone)) | {"storage": await _storage_lately(moment)}
        _today[:] = [(day, moment, found)]
    return _today[0][2]


async def _storage_lately(moment: float) -> int:
    if not _storage or moment - _storage[0][0] > STORAGE_SECONDS:
        _storage[:] = [(moment, await storage())]
    return _storage[0][1]


def forget() -> None:
    """Count anew when next asked."""
    _today.clear()
    _storage.clear()
