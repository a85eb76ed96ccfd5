"""Where jobs are done: a worker that follows the queue, and a sweep that finds what the queue has forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError
from redis.asyncio import Redis

from app.jobs.queue import Jobs, Kind
from app.jobs.worker import CONCURRENCY, Worker
from app.web import tally
from documents.clock import now

log = structlog.get_logger()

SWEEP_SECONDS: Final = 15.0
# Who has just come looks soon: whoever did this before may have been killed with something in their hands.
FIRST_SWEEP_SECONDS: Final = 2.0
SWEEP_MOST: Final = 200
# What the queue was told of a moment ago is left to it.
LEFT_TO_QUEUE: Final = timedelta(seconds=10)
# What has been due for longer is done here and now, whatever the queue thinks of it.
LOST_AFTER: Final = timedelta(minutes=2)
RESTART_SECONDS: Final = 5.0
# Nobody seems to be working when something has been due for this long.
OVERDUE_AFTER: Final = timedelta(minutes=5)
OVERDUE_COUNTED: Final = 1_000
WORKSHOP: Final = "quorum.workshop"


class Workshop:
    """The jobs of one process."""

    def __init__(self, jobs: Jobs, connect: Callable[[], Redis | None]) -> None:
        """`connect` gives the worker a client of its own, see `Worker`; None when there is no Redis."""
        self.jobs = jobs
        self._connect = connect
        self._poked = {kind: asyncio.Event() for kind in jobs.kinds}
        self._hands = asyncio.Semaphore(CONCURRENCY)

    async def begin(self, kind: str, id: ObjectId) -> None:
        """Have this job done soon, whether there is a queue or not."""
        if not await self.jobs.hint(kind, id):
            self._poked[kind].set()

    async def run(self) -> None:
        """For ever."""
        redis = self._connect()
        try:
            # Each kind by itself: a long job of one must not hold up the others.
            sweeps = (self._sweep_on(kind) for kind in self.jobs.kinds.values())
            await asyncio.gather(self._follow_queue(redis), *sweeps)
        finally:
            if redis is not None:
                await redis.aclose()

    async def _follow_queue(self, redis: Redis | None) -> None:
        while redis is not None:
            worker = Worker(redis, self.jobs.name, self.jobs.kinds.values())
            try:
                await worker.start()
            except Exception:
                log.exception("jobs.worker_ended")
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError  # SAQ swallows it
            await asyncio.sleep(RESTART_SECONDS)

    async def _sweep_on(self, kind: Kind) -> None:
        poked, at_once = self._poked[kind.name], True
        # Processes that were started together need not ask together.
        seconds = FIRST_SWEEP_SECONDS * random.random()  # noqa: S311
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(poked.wait(), seconds)
            at_once = at_once or poked.is_set()
            poked.clear()
            try:
                await self._sweep(kind, at_once=at_once)
            except PyMongoError as error:
                log.warning("jobs.sweep_failed", error=type(error).__name__)
            except Exception:
                log.exception("jobs.sweep_broken")
            at_once = False
            seconds = SWEEP_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311

    async def numbers(self) -> dict[str, Any]:
        """What is in the queue (None when Redis does not answer), and how many documents have waited too long."""
        since = now() - OVERDUE_AFTER
        overdue = {kind.name: len(await kind.waiting(since, OVERDUE_COUNTED)) for kind in self.jobs.kinds.values()}
        return {"queue": await self.jobs.numbers(), "overdue": overdue}

    async def sweep(self, *, at_once: bool = False) -> None:
        """Hint anew at what the queue has lost, and do it here when there is no queue; `at_once` leaves it no time."""
        for kind in self.jobs.kinds.values():
            await self._sweep(kind, at_once=at_once)

    async def _sweep(self, kind: Kind, *, at_once: bool) -> None:
        moment = now()
        lost = await kind.waiting(moment - LOST_AFTER, SWEEP_MOST)
        later = await kind.waiting(moment if at_once else moment - LEFT_TO_QUEUE, SWEEP_MOST)
        known = set(lost)
        lost += [id for id in later if id not in known and not await self.jobs.hint(kind.name, id)]
        await asyncio.gather(*(self._do(kind, id) for id in lost))

    async def _do(self, kind: Kind, id: ObjectId) -> None:
        async with self._hands:
            try:
                await kind.do(id)
                tally.count("jobs")
            except PyMongoError:
                raise
            except Exception:
                tally.count("jobs_failed")
                log.exception("jobs.failed", kind=kind.name, id=str(id))
