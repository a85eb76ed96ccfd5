"""Rendering outside the event loop, with a time limit: hostile Markdown costs a process two seconds, not the forum.

Own worker processes over pipes, rather than pebble or multiprocessing: those import the parent's main program and
`app/__init__.py` again in every new worker, take four times as long for an answer (0.47 against 0.12 ms, measured with
pebble 5.2) and need threads and pickles beside the loop. Here a worker knows `app.text` alone and starts in 0.2 s.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

import structlog

from app.text.mentions import mention_candidates
from app.text.model import NO_PICTURES, NOBODY, NOTHING, Person, Picture, Rendered, plain
from app.text.worker import LENGTH

# Longer than any start on a busy machine; reaching it means that the worker cannot start at all.
START_SECONDS = 30.0
ATTEMPTS = 2
# How many texts may wait, in all and of one person, where waiting is bounded.
WAITING_MAX = 256
WAITING_EACH_MAX = 32

_WORKER = Path(__file__).with_name("worker.py")
# What an interpreter needs to start. The rest of the environment has secrets in it.
_ENVIRONMENT = ("PATH", "PYTHON", "VIRTUAL_ENV", "LANG", "LC_", "LD_LIBRARY_PATH", "TMP", "TEMP", "SYSTEMROOT")

log = structlog.get_logger(__name__)


class WorkerGone(Exception):
    """The worker ended before it answered."""


class Overloaded(Exception):
    """So many texts wait, or for so long, that this one had better come again."""


class RenderPool:
    """Renders texts in worker processes, which start when they are first needed or by `start`.

    `timeout` (seconds) is for one text, once a worker has it. Waiting for a free worker is not counted: it ends after
    `patience` (seconds) with `Overloaded`, or never without it. Use it within one event loop.
    """

    def __init__(self, *, timeout: float = 2.0, workers: int = 1, patience: float | None = None) -> None:
        self._timeout = timeout
        self._patience = patience
        self._workers = [_Worker() for _ in range(workers)]
        # The one that was used last comes first, so that the others start only when they are needed.
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in reversed(self._workers):
            self._idle.put_nowait(worker)
        self._waiting: Counter[Hashable] = Counter()
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._closed = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self, count: int | None = None) -> None:
        """Start `count` workers (all) now, so that the first text does not wait for one (some 0.3 s)."""
        wanted = len(self._workers) if count is None else count
        # Those that are not idle are at work, so they run.
        taken = [self._idle.get_nowait() for _ in range(min(wanted, self._idle.qsize()))]
        try:
            await asyncio.gather(*(worker.start() for worker in taken))
        finally:
            for worker in reversed(taken):
                self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End the workers, each after the text it is at. Rendering is not possible afterwards."""
        self._closed = True
        for _ in self._workers:
            await (await self._idle.get()).stop()

    async def candidates(self, source: str) -> frozenset[str]:
        """The username keys that `source` could be naming. Linear and bounded, so it needs no worker."""
        return mention_candidates(source)

    async def render(
        self,
        source: str,
        *,
        people: Mapping[str, Person] = NOBODY,
        prefix: str = "",
        origin: str = "",
        topics: Mapping[str, str] = NOTHING,
        pictures: Mapping[str, Picture] = NO_PICTURES,
        whose: Hashable = None,
    ) -> Rendered:
        """`app.text.markdown.render`, or the plain text with `fallback` set when that fails or takes too long.

        The texts of one person (`whose`) are rendered one after the other, so that nobody holds up everybody.
        """
        if self._closed:
            raise RuntimeError("this RenderPool is closed")
        request = {
            "source": source,
            "people": {key: (person.username, person.id) for key, person in people.items()},
            "prefix": prefix,
            "origin": origin,
            "topics": dict(topics),
            "pictures": dict(pictures),
        }
        async with self._worker(whose) as worker:
            answer = await self._answer(worker, json.dumps(request).encode(), len(source))
        if answer is None:
            return plain(source)
        quoted = tuple((topic, number) for topic, number in answer["quoted"])
        return Rendered(answer["html"], tuple(answer["mentions"]), answer["excerpt"], quoted=quoted)

    @contextlib.asynccontextmanager
    async def _worker(self, whose: Hashable) -> AsyncIterator[_Worker]:
        """A worker for oneself, after those of all others who came before."""
        async with contextlib.AsyncExitStack() as held:
            with self._counted(whose):
                try:
                    async with asyncio.timeout(self._patience):
                        if whose is not None:
                            await held.enter_async_context(self._turns.setdefault(whose, asyncio.Lock()))
                        worker = await self._idle.get()
                except TimeoutError:
                    raise Overloaded from None
            held.callback(self._idle.put_nowait, worker)
            yield worker

    @contextlib.contextmanager
    def _counted(self, whose: Hashable) -> Iterator[None]:
        """Count who waits, as far as waiting is bounded; raise `Overloaded` when it is one too many."""
        full = self._waiting.total() >= WAITING_MAX or (whose is not None and self._waiting[whose] >= WAITING_EACH_MAX)
        if full and self._patience is not None:
            raise Overloaded
        self._waiting[whose] += 1
        try:
            yield
        finally:
            self._waiting[whose] -= 1
            if not self._waiting[whose]:
                del self._waiting[whose]

    async def _answer(self, worker: _Worker, request: bytes, length: int) -> dict[str, Any] | None:
        """What a worker says; None, and a line in the log, when it cannot. Texts may be private: only their length."""
        try:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    answer = await worker.ask(request, self._timeout)
                except WorkerGone:
                    log.warning("render_worker_gone", characters=length, attempt=attempt)
                    continue
                if "error" in answer:
                    log.error("render_failed", characters=length, error=answer["error"])
                return None if "error" in answer else answer
        except TimeoutError:
            log.warning("render_timed_out", characters=length, seconds=self._timeout)
        return None


class _Worker:
    """One process, started again whenever it is gone."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def ask(self, request: bytes, seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer, at most `seconds`."""
        process = await self.start()
        try:
            async with asyncio.timeout(seconds):
                return await _exchange(process, request)
        except BaseException:
            # Also when the caller was cancelled: the next one must not read the answer to this request.
            await self.stop()
            raise

    async def start(self) -> Process:
        """The process, ready to be asked."""
        if self._process is not None and self._process.returncode is None:
            return self._process
        self._process = process = await _started()
        try:
            async with asyncio.timeout(START_SECONDS):
                await _exchange(process, b"")
        except BaseException:
            await self.stop()
            raise
        return process

    async def stop(self) -> None:
        """Kill the process: it holds nothing that would need to be put in order."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _started() -> Process:
    arguments = [sys.executable, "-P", str(_WORKER)]
    try:
        return await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE, env=_environment())
    except OSError as error:
        raise WorkerGone from error


async def _exchange(process: Process, request: bytes) -> dict[str, Any]:
    """Send `request`, if there is one, and read an answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if request:
            process.stdin.write(LENGTH.pack(len(request)) + request)
            await process.stdin.drain()
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        answer: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise WorkerGone from error
    return answer


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.upper().startswith(_ENVIRONMENT)}
