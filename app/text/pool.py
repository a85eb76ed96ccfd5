"""Rendering outside the event loop, with a time limit: hostile Markdown costs a process two seconds, not the forum.

Own worker processes over pipes, rather than pebble or multiprocessing: those import the parent's main program and
`app/__init__.py` again in every new worker, take four times as long for an answer (0.47 against 0.12 ms, measured with
pebble 5.2) and need threads and pickles beside the loop. Here a worker knows `app.text` alone and starts in 0.2 s.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

from app.text.mentions import mention_candidates
from app.text.model import NOBODY, NOTHING, Person, Rendered, plain
from app.text.worker import LENGTH

# Longer than any start on a busy machine; reaching it means that the worker cannot start at all.
START_SECONDS = 30.0
ATTEMPTS = 2

_WORKER = Path(__file__).with_name("worker.py")
# What an interpreter needs to start. The rest of the environment has secrets in it.
_ENVIRONMENT = ("PATH", "PYTHON", "VIRTUAL_ENV", "LANG", "LC_", "LD_LIBRARY_PATH", "TMP", "TEMP", "SYSTEMROOT")

log = structlog.get_logger(__name__)


class WorkerGone(Exception):
    """The worker ended before it answered."""


class RenderPool:
    """Renders texts in worker processes, which start when they are first needed or by `start`.

    `timeout` (seconds) is for one text, once a worker has it: waiting for a free worker is not counted, so a full pool
    is slow but never wrong. Use it within one event loop.
    """

    def __init__(self, *, timeout: float = 2.0, workers: int = 1) -> None:
        self._timeout = timeout
        self._workers = [_Worker() for _ in range(workers)]
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._closed = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start the workers now, so that the first text does not wait for one (some 0.3 s)."""
        await asyncio.gather(*(worker.start() for worker in self._workers))

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
    ) -> Rendered:
        """`app.text.markdown.render`, or the plain text with `fallback` set when that fails or takes too long."""
        if self._closed:
            raise RuntimeError("this RenderPool is closed")
        request = {
            "source": source,
            "people": {key: (person.username, person.id) for key, person in people.items()},
            "prefix": prefix,
            "origin": origin,
            "topics": dict(topics),
        }
        answer = await self._answer(json.dumps(request).encode(), len(source))
        if answer is None:
            return plain(source)
        return Rendered(answer["html"], tuple(answer["mentions"]), answer["excerpt"])

    async def _answer(self, request: bytes, length: int) -> dict[str, Any] | None:
        """What a worker says; None, and a line in the log, when it cannot. Texts may be private: only their length."""
        worker = await self._idle.get()
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
        finally:
            self._idle.put_nowait(worker)
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
