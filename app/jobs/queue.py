"""The queue of jobs: SAQ on Redis. It carries hints; what waits is in the database and is found without it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from bson import ObjectId
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Job
from saq.queue.redis import RedisQueue

log = structlog.get_logger()

# After Redis has failed, this long is not spent on asking it again.
PAUSE_SECONDS: Final = 2.0
# SAQ's word for "forget the job once it is done", so that the same key can be queued again.
FORGET: Final = -1


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job. Each job is about one document, which it claims itself: doing it twice does it once.

    `waiting` gives up to so many ids of those that have been due since before a moment and that nobody has claimed.
    """

    name: str
    seconds: int
    do: Callable[[ObjectId], Awaitable[None]]
    waiting: Callable[[datetime, int], Awaitable[list[ObjectId]]]


class Jobs:
    """Puts hints into the queue: fails fast, never raises."""

    def __init__(self, redis: Redis | None, name: str, kinds: tuple[Kind, ...]) -> None:
        """`redis` is a client that gives up soon; None when there is no Redis."""
        self.name = name
        self.kinds = {kind.name: kind for kind in kinds}
        self._queue = None if redis is None else RedisQueue(redis, name=name)
        self._paused_until = 0.0

    async def hint(self, kind: str, id: ObjectId) -> bool:
        """Have this job done soon. Once for all that ask while it waits; False when the queue cannot be asked."""
        if self._queue is None or time.monotonic() < self._paused_until:
            return False
        job = Job(kind, {"id": str(id)}, key=f"{kind}:{id}", timeout=self.kinds[kind].seconds, ttl=FORGET)
        try:
            await self._queue.enqueue(job)
        except (RedisError, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("jobs.not_queued", error=type(error).__name__)
            return False
        return True

    async def numbers(self) -> dict[str, int] | None:
        """How many jobs are queued and being done, and how many workers there are; None when Redis does not answer."""
        if self._queue is None:
            return None
        try:
            found = await self._queue.info()
        except (RedisError, OSError):
            return None
        return {"queued": found["queued"], "active": found["active"], "workers": len(found["workers"])}
