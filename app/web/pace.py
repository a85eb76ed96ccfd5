"""Work for many people at once, in slices: between two of them, whoever asks for a page has their turn."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextvars import ContextVar
from functools import partial
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

# Of a thousand who are told of something, a request that was there before waits for one slice at each of its own steps.
SLICE_SECONDS: Final = 0.0003
# So many are handed something in one slice, where what they do with it cannot be timed from here.
TOLD_AT_ONCE: Final = 4
# A request that has just come is answered first, as far as that takes no longer; who is told waits so long at most, and
# then not again before there is a moment without requests.
FIRST_SECONDS: Final = 0.03
PATIENCE_SECONDS: Final = 0.01
# Nobody has asked for a page, and nobody was told of anything, for so long.
QUIET_SECONDS: Final = 0.1

_rested_at = 0.0
_busy_at = 0.0
_serving: dict[object, float] = {}
_within: ContextVar[bool] = ContextVar("within", default=False)
_conductor: Conductor | None = None


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
        if _conductor is not None and not _conductor.loop.is_closed():
            _conductor.look_again()


def quiet() -> bool:
    """Whether nothing is asked for or told, so that a pause is noticed by nobody who is here."""
    return not _serving and time.perf_counter() - _busy_at > QUIET_SECONDS


async def rest() -> None:
    """A turn for everybody else, if there was none for a slice; called after each piece of the work."""
    if time.perf_counter() - _rested_at > SLICE_SECONDS:
        await _turn()


async def rest_after(told: int) -> None:
    """A turn for everybody else after every few who were told, for what they do with it."""
    if told % TOLD_AT_ONCE == 0:
        await _turn()


class InTurn(Generic[T]):
    """Awaits what somebody does for many people, so that each time it goes on, be it that the database has answered,
    it waits for its turn.
    """

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        """As of a coroutine; what is thrown at it is thrown at the work."""
        conductor = _conducting()
        go_on: Callable[[], Any] = partial(self._work.send, None)
        while True:
            try:
                waits_for = go_on()
            except StopIteration as done:
                result: T = done.value
                return result
            was_turn = waits_for in conductor.turns
            try:
                yield waits_for
                if not was_turn:
                    yield from conductor.turn(answered=True).__await__()
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is the work's
                go_on = partial(self._work.throw, error)
            else:
                go_on = partial(self._work.send, None)


async def _turn() -> None:
    """At least one step of everybody; of requests that have just come all, if they are soon answered."""
    global _rested_at
    if _within.get():
        await asyncio.sleep(0)
        _rested_at = time.perf_counter()
    else:
        await _conducting().turn()


def _conducting() -> Conductor:
    """That of this event loop."""
    global _conductor
    loop = asyncio.get_running_loop()
    if _conductor is None or _conductor.loop is not loop:
        _conductor = Conductor(loop)
    return _conductor


def _first() -> bool:
    """Whether a request is being answered that has come just now; what takes long is not waited for."""
    since = time.perf_counter() - FIRST_SECONDS
    return any(at > since for at in _serving.values())


class Conductor:
    """Lets those whose work is for many go on one after the other: however many they are, a round of the event loop
    is no longer than one slice and what is answered in it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.turns: set[object] = set()
        self._resting: deque[asyncio.Future[None]] = deque()
        self._answered: deque[asyncio.Future[None]] = deque()
        self._next: asyncio.Handle | None = None
        self._patient = False
        self._patient_until = 0.0
        # Somebody waited for requests as long as one may, and there were some at every look since.
        self._in_vain = False

    async def turn(self, *, answered: bool = False) -> None:
        """Wait for one's own: a round of the loop at least, and for requests that have just come.

        Who was `answered` by the database has waited, and would do so again at each answer: that one goes on next.
        """
        global _rested_at
        mine: asyncio.Future[None] = self.loop.create_future()
        (self._answered if answered else self._resting).append(mine)
        if self._next is None:
            self._patient_until = time.perf_counter() + PATIENCE_SECONDS
            self._next = self.loop.call_soon(self._go_on)
        elif answered:
            self.look_again()
        self.turns.add(mine)
        try:
            await mine
        finally:
            self.turns.discard(mine)
            _rested_at = time.perf_counter()

    def look_again(self) -> None:
        """Somebody need not be waited for, or need not wait, any more."""
        if self._patient and self._next is not None:
            self._next.cancel()
            self._patient, self._next = False, self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        global _busy_at
        _busy_at = moment = time.perf_counter()
        self._patient, self._next = False, None
        left = self._patient_until - moment
        if self._answered:
            _release(self._answered, 1)
        elif not _first():
            self._in_vain = False
            _release(self._resting, 1)
            self._patient_until = moment + PATIENCE_SECONDS
        elif self._in_vain or left <= 0:
            self._in_vain = True
            _release(self._resting, len(self._resting))
        else:
            self._patient, self._next = True, self.loop.call_later(left, self._go_on)
            return
        if self._answered or self._resting:
            self._next = self.loop.call_soon(self._go_on)


def _release(waiting: deque[asyncio.Future[None]], count: int) -> None:
    while waiting and count:
        one = waiting.popleft()
        if not one.done():  # whoever was cancelled has gone
            one.set_result(None)
            count -= 1
