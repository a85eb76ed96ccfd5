"""A unit of work: everything in it is stored together or not at all, and its events are told only afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from app.events import Event
from documents import User

T = TypeVar("T")
Listener = Callable[[Event], Awaitable[None]]

# Acknowledged means: a majority of the replica set has it, so that it survives the death of the primary.
DURABLE = WriteConcern("majority", wtimeout=10_000)

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


async def together(steps: Callable[[Work], Awaitable[T]]) -> T:
    """Run `steps` in a transaction; they run again from the start when another one was in the way.

    A browser that hangs up ends its request wherever that is; what was begun here is finished, and told, all the same.
    """
    return await asyncio.shield(asyncio.ensure_future(_together(steps)))


async def _together(steps: Callable[[Work], Awaitable[T]]) -> T:
    client = User.raw().database.client
    events: list[Event] = []

    async def attempt(session: AsyncClientSession) -> T:
        work = Work(session)
        result = await steps(work)
        events[:] = work.events
        return result

    async with client.start_session() as session:
        result = await session.with_transaction(attempt, ReadConcern("snapshot"), DURABLE)
    for event in events:
        await tell(event)
    return result
