"""Views, counted once a viewer and while: gathered in this process, sorted out in Redis, written in batches."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from typing import Final

import structlog
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.web.batches import write_every
from documents import Topic
from documents.base import Raw
from documents.topic import HEAT

log = structlog.get_logger()

VIEWS: Final = "quorum.views"
FLUSH_SECONDS: Final = 2.0
GATHERED_MAX: Final = 50_000
REMEMBERED_MAX: Final = 50_000


class Views:
    """The views of this process that are not written yet."""

    def __init__(self, redis: Redis | None, prefix: str, window_seconds: int) -> None:
        self._redis = redis
        self._prefix = prefix
        self._window = window_seconds
        self._gathered: dict[tuple[str, str], None] = {}
        self._remembered: OrderedDict[tuple[str, str], float] = OrderedDict()

    def note(self, topic: str, viewer: str) -> None:
        """Somebody has opened a topic. Past the bound further views are not counted, rather than kept without end."""
        if len(self._gathered) < GATHERED_MAX:
            self._gathered[topic, viewer] = None

    async def run(self) -> None:
        """Write every few seconds until cancelled, and once more then."""
        await write_every(FLUSH_SECONDS, self.flush)

    async def flush(self) -> None:
        """Write what was gathered."""
        gathered, self._gathered = list(self._gathered), {}
        fresh = await self._fresh(gathered) if gathered else []
        counts = Counter(topic for topic, _ in fresh)
        if counts:
            try:
                await Topic.raw().bulk_write([_more(topic, by) for topic, by in counts.items()], ordered=False)
            except PyMongoError as error:
                log.warning("views.lost", count=sum(counts.values()), error=type(error).__name__)

    async def _fresh(self, gathered: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those that were not counted within the window."""
        if self._redis is not None:
            try:
                async with self._redis.pipeline(transaction=False) as pipe:
                    for topic, viewer in gathered:
                        pipe.set(f"{self._prefix}:view:{topic}:{viewer}", 1, nx=True, ex=self._window)
                    answers = await pipe.execute()
                return [view for view, is_new in zip(gathered, answers, strict=True) if is_new]
            except (RedisError, OSError):
                log.warning("views.alone")
        return [view for view in gathered if self._is_new(view)]

    def _is_new(self, view: tuple[str, str]) -> bool:
        """Without Redis: as far as this process remembers."""
        moment = asyncio.get_running_loop().time()
        known = self._remembered.get(view)
        if known is not None and moment - known < self._window:
            return False
        self._remembered[view] = moment
        while len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return True


def _more(topic: str, by: int) -> UpdateOne:
    """One update for all views of a topic in a batch; its heat follows."""
    counted: Raw = {"$set": {"view_count": {"$add": ["$view_count", by]}}}
    return UpdateOne({"_id": ObjectId(topic)}, [counted, {"$set": {"heat": HEAT}}])
