"""A worker: takes hints out of the queue and does what they name. Redis may go and come back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, ClassVar, Final

import structlog
from bson import ObjectId
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Job
from saq import Worker as SaqWorker
from saq.queue.redis import PubSubMultiplexer, RedisQueue

from app.jobs.queue import Kind
from app.web import tally

log = structlog.get_logger()
# SAQ reports each try and each loss of Redis, also with tracebacks; what matters of that is said here.
logging.getLogger("saq").setLevel(logging.CRITICAL)

CONCURRENCY: Final = 4
# How long Redis holds a question before it says that there is nothing, and a little more for the answer to arrive.
ASK_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 10.0
BACK_OFF: Final = (0.5, 10.0)  # seconds before the first and before any later question to a Redis that is gone
SCHEDULE_SECONDS: Final = 5
STUCK_SECONDS: Final = 60
INFO_SECONDS: Final = 20
# What is being done when the process is told to stop may take this long to finish.
GRACE_SECONDS: Final = 4


class PatientNews(PubSubMultiplexer):
    """What SAQ hears of jobs that were left behind by; without Redis it waits before it asks again.

    SAQ's own asks again at once. On a unix socket that is gone each question fails without anything to wait for, so
    that nothing else of the process would ever have its turn.
    """

    async def _start(self) -> None:
        await self.pubsub.psubscribe(f"{self.prefix}*")
        while True:
            try:
                message = await self.pubsub.get_message(timeout=None)
            except (RedisError, OSError):
                await asyncio.sleep(BACK_OFF[0])
                continue
            if message and message["type"] == "pmessage":
                channel = message["channel"].decode()
                self.publish(channel, {**message, "channel": channel})


class PatientQueue(RedisQueue):
    """SAQ's queue as a worker sees it: without Redis there is simply nothing to do, for longer and longer moments."""

    def __init__(self, redis: Redis, name: str) -> None:
        super().__init__(redis, name=name)
        self._pubsub = PatientNews(redis.pubsub(), prefix=self._pubsub.prefix)
        self._asking: set[asyncio.Task[Any]] = set()
        self._failures = 0

    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:  # noqa: ASYNC109 - SAQ's
        """The next job, or None when there was none for a while."""
        task = asyncio.current_task()
        assert task is not None
        self._asking.add(task)
        try:
            job = await super().dequeue(timeout, poll_interval)
        except (RedisError, OSError) as error:
            await self.hold(error)
            return None
        finally:
            self._asking.discard(task)
        self._failures = 0
        return job

    async def hold(self, error: Exception) -> None:
        """Redis has failed: wait before it is asked again."""
        if not self._failures:
            log.warning("jobs.queue_down", error=type(error).__name__)
        first, most = BACK_OFF
        self._failures += 1
        await asyncio.sleep(min(most, first * 2 ** min(self._failures, 10)))

    def let_go(self) -> None:
        """Nobody waits for a job any more."""
        for task in self._asking:
            task.cancel()


class Worker(SaqWorker[Any]):
    """SAQ's worker as one task among others of a process: signals are not its business, and it never ends by itself."""

    SIGNALS: ClassVar[list[Any]] = []  # type: ignore[misc]
    queue: PatientQueue

    def __init__(self, redis: Redis, name: str, kinds: Iterable[Kind]) -> None:
        """`redis` is a client whose answers may take `ANSWER_SECONDS`."""
        super().__init__(
            PatientQueue(redis, name),
            [(kind.name, _job(kind)) for kind in kinds],
            concurrency=CONCURRENCY,
            dequeue_timeout=ASK_SECONDS,
            shutdown_grace_period_s=GRACE_SECONDS,
        )

    async def process(self) -> bool:
        """One job. What SAQ could not write down about it is found by its own sweep, or by ours."""
        try:
            return await super().process()
        except (RedisError, OSError) as error:
            await self.queue.hold(error)
            return False

    async def upkeep(self) -> list[asyncio.Task[None]]:
        """What SAQ does beside the jobs; quiet while Redis is away."""
        chores: list[tuple[Callable[[int], Awaitable[Any]], int]] = [
            (self.schedule, SCHEDULE_SECONDS),
            (self.queue.sweep, STUCK_SECONDS),
            (lambda seconds: self.worker_info(seconds * 2), INFO_SECONDS),
        ]
        return [asyncio.create_task(self._keep(chore, seconds)) for chore, seconds in chores]

    async def _keep(self, chore: Callable[[int], Awaitable[Any]], seconds: int) -> None:
        while not self.event.is_set():
            try:
                await chore(seconds)
            except (RedisError, OSError):
                log.debug("jobs.chore_failed")
            except Exception:
                log.exception("jobs.chore_broken")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.event.wait(), seconds)

    async def stop(self) -> None:
        """Finish what is being done, take nothing more."""
        self.event.set()
        self.queue.let_go()
        await super().stop()


def _job(kind: Kind) -> Callable[..., Awaitable[None]]:
    async def job(_: Any, *, id: str) -> None:
        try:
            await kind.do(ObjectId(id))
            tally.count("jobs")
        except Exception:
            tally.count("jobs_failed")
            log.exception("jobs.failed", kind=kind.name, id=id)

    return job
