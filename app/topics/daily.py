"""Recommendations: once a day the hottest topics are chosen for all of it. What editors feature stands before them.

A day that no process has worked out is found by each sweep of the jobs, with Redis or without; until then, that of the
last day is shown.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.directory import all_boards
from app.events import RecommendationsMade
from app.jobs.queue import Kind
from app.web.recent import Recent
from app.web.tally import day_of
from app.work import tell
from documents import Recommendation, Topic
from documents.base import LIVE, Raw
from documents.clock import now

JOB: Final = "recommend"
JOB_SECONDS: Final = 60
# Of topics for all and for staff each: some viewers have muted one, or blocked its author.
CHOSEN: Final = 30
# A day begins with what there is; a forum with less has nothing to point at, and is looked at again.
LEAST: Final = 3
AGAIN_AFTER: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(days=30)

recent_daily: Recent[str, list[ObjectId]] = Recent(1)


def job(zone: str) -> Kind:
    """As the queue knows it. `zone` says when a day begins."""
    return Kind(JOB, JOB_SECONDS, work_out, partial(waiting, zone))


async def of_the_day() -> list[ObjectId]:
    """The topics of the last day that was worked out, the hottest first; whoever shows them asks who may see them."""
    return await recent_daily.get("all", _read) or []


async def _read() -> list[ObjectId]:
    found = await Recommendation.raw().find_one({"made_at": {"$ne": None}}, {"topics": 1}, sort=[("day", -1)])
    return list(found["topics"]) if found else []


async def waiting(zone: str, since: datetime, limit: int) -> list[ObjectId]:
    """Today, if it has been due since `since` and nobody has worked it out."""
    day = day_of(now(), zone)
    found = await Recommendation.raw().find_one({"day": day})
    if found is None:
        with contextlib.suppress(DuplicateKeyError):  # another process was first
            await Recommendation(day=day, due_at=now()).insert()
        found = await Recommendation.raw().find_one({"day": day})
        assert found is not None
    due = found["made_at"] is None and found["due_at"] <= since
    return [found["_id"]] if due and limit else []


async def work_out(id: ObjectId) -> None:
    """The job. Whoever is first has chosen for that day."""
    unmade: Raw = {"_id": id, "made_at": None}
    if await Recommendation.raw().find_one(unmade, {"_id": 1}) is None:
        return
    topics, moment = await _hottest(), now()
    if len(topics) < LEAST:
        await Recommendation.raw().update_one(unmade, {"$set": {"due_at": moment + AGAIN_AFTER}})
        return
    made = await Recommendation.raw().update_one(unmade, {"$set": {"topics": topics, "made_at": moment}})
    if made.modified_count:
        await Recommendation.raw().delete_many({"due_at": {"$lt": moment - KEPT_FOR}})
        await tell(RecommendationsMade())


async def _hottest() -> list[ObjectId]:
    """Of what everybody may read and of what only staff may, by heat; not what is announced above all lists anyway."""
    boards = (await all_boards()).values()
    rows: list[Raw] = []
    for staff_only in (False, True):
        ids = [board.oid for board in boards if board.staff_only is staff_only and board.live]
        which: Raw = {**LIVE, "board": {"$in": ids}, "announced": {"$ne": True}}
        rows += await Topic.raw().find(which, {"heat": 1}).sort([("heat", -1), ("_id", -1)]).limit(CHOSEN).to_list()
    return [row["_id"] for row in sorted(rows, key=lambda row: (row["heat"], row["_id"]), reverse=True)]
