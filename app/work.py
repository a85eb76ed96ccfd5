"""A unit of work: everything in it is stored together or not at all, and its events are told only afterwards."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from app.events import Event
from app.turns import turn_at
from documents import User

T = TypeVar("T")
Listener = Callable[[Event], Awaitable[None]]

# Acknowledged means: a majority of the replica set has it, so that it survives the death of the primary.
DURABLE: Final = WriteConcern("majority", wtimeout=10_000)
SNAPSHOT: Final = ReadConcern("snapshot")
GIVE_UP_SECONDS: Final = 30.0
# WriteConflict and LockTimeout. Pauses before another attempt: the first and the longest, in seconds.
IN_THE_WAY: Final = frozenset({112, 24})
CONFLICT_PAUSES: Final = (0.004, 0.03)
OTHER_PAUSES: Final = (0.01, 0.5)

_listeners: list[Listener] = []


class Work:
    """One transaction with the events that it will have caused."""

    __slots__ = ("events", "session")

    def __init__(self, session: AsyncClientSession) -> None:
        self.session = session
        self.events: list[Event] = []

    def record(self, event: Event) -> None:
        """Tell `event` once the work is stored."""
        if event not in self.events:
            self.events.append(event)


def on_events(listener: Listener) -> None:
    """Have `listener` called with each event; replaces the one before."""
    _listeners[:] = [listener]


async def tell(event: Event) -> None:
    """Tell an event of something that needed no transaction."""
    for listener in _listeners:
        await listener(event)


async def together(steps: Callable[[Work], Awaitable[T]], *, hot: Iterable[ObjectId] = ()) -> T:
    """Run `steps` in a transaction; they run again from the start when another one was in the way.

    `hot` are the documents of those they change that others change at the same time (a topic, its board, a writer):
    who changes the same ones here waits for their turn. Never render a text in `steps`.
    A browser that hangs up ends its request wherever that is; what was begun here is finished, and told, all the same.
    """
    return await asyncio.shield(asyncio.ensure_future(_together(steps, hot)))


async def _together(steps: Callable[[Work], Awaitable[T]], hot: Iterable[ObjectId]) -> T:
    async with turn_at(hot), User.raw().database.client.start_session() as session:
        result, events = await _until_stored(session, steps)
    for event in events:
        await tell(event)
    return result


async def _until_stored(session: AsyncClientSession, steps: Callable[[Work], Awaitable[T]]) -> tuple[T, list[Event]]:
    """As PyMongo's `with_transaction`, whose pauses grow to half a second whatever the reason was."""
    until = time.monotonic() + GIVE_UP_SECONDS
    for attempt in itertools.count():
        try:
            return await _once(session, steps, until)
        except PyMongoError as error:
            if not error.has_error_label("TransientTransactionError") or time.monotonic() > until:
                raise
            await asyncio.sleep(_pause(error, attempt))
    raise AssertionError


async def _once(
    session: AsyncClientSession, steps: Callable[[Work], Awaitable[T]], until: float
) -> tuple[T, list[Event]]:
    work = Work(session)
    await session.start_transaction(SNAPSHOT, DURABLE)
    try:
        result = await steps(work)
    except BaseException:
        await session.abort_transaction()
        raise
    await _commit(session, until)
    return result, work.events


async def _commit(session: AsyncClientSession, until: float) -> None:
    """Store it. Whether it is stored can be unknown for a while, when the primary changes: asking again is safe."""
    while True:
        try:
            return await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult") or time.monotonic() > until:
                raise


def _pause(error: PyMongoError, attempt: int) -> float:
    """Short when another transaction was in the way, which takes milliseconds; a new primary takes seconds."""
    in_the_way = getattr(error, "code", None) in IN_THE_WAY
    first, longest = CONFLICT_PAUSES if in_the_way else OTHER_PAUSES
    return random.uniform(0.2, 1) * min(longest, first * 1.5 ** min(attempt, 20))  # noqa: S311 - to spread them
