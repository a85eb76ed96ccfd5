"""Work for many people at once, in slices: between two of them, whoever asks for a page has their turn."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

# Of a thousand who are told of something, a request that was there before waits for one slice at each of its own steps.
SLICE_SECONDS: Final = 0.0005
# So many are handed something in one slice, where what they do with it cannot be timed from here.
TOLD_AT_ONCE: Final = 2
# A request that has just come is answered first, as far as that takes no longer; who is told waits so long at most.
FIRST_SECONDS: Final = 0.03
PATIENCE_SECONDS: Final = 0.01
# Nobody has asked for a page, and nobody was told of anything, for so long.
QUIET_SECONDS: Final = 0.1

_rested_at = 0.0
_busy_at = 0.0
_serving: dict[object, float] = {}
_within: ContextVar[bool] = ContextVar("within", default=False)
_waiting: list[asyncio.Future[None]] = []


@contextlib.contextmanager
def served() -> Iterator[None]:
    """A request is answered inside."""
    global _busy_at
    request = object()
    _serving[request] = time.perf_counter()
    within = _within.set(True)
    try:
        yield
    finally:
        _within.reset(within)
        del _serving[request]
        _busy_at = time.perf_counter()
        while _waiting:
            _answer(_waiting.pop())


def quiet() -> bool:
    """Whether nothing is asked for or told, so that a pause is noticed by nobody who is here."""
    return not _serving and time.perf_counter() - _busy_at > QUIET_SECONDS


async def rest() -> None:
    """A turn for everybody else, if there was none for a slice; called after each piece of the work."""
    global _rested_at
    if time.perf_counter() - _rested_at > SLICE_SECONDS:
        await _turn()
        _rested_at = time.perf_counter()


async def rest_after(told: int) -> None:
    """A turn for everybody else after every few who were told, for what they do with it."""
    if told % TOLD_AT_ONCE == 0:
        await _turn()


async def _turn() -> None:
    """At least one step of everybody; of requests that have just come all, if they are soon answered."""
    global _busy_at
    await asyncio.sleep(0)
    _busy_at = time.perf_counter()
    if _within.get():
        return
    until = _busy_at + PATIENCE_SECONDS
    while (left := until - time.perf_counter()) > 0 and _first():
        await _until_answered(left)


def _first() -> bool:
    """Whether a request is being answered that has come just now; what takes long is not waited for."""
    since = time.perf_counter() - FIRST_SECONDS
    return any(at > since for at in _serving.values())


def _answer(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


async def _until_answered(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[None] = loop.create_future()
    _waiting.append(answered)
    timer = loop.call_later(seconds, _answer, answered)
    try:
        await answered
    finally:
        timer.cancel()
