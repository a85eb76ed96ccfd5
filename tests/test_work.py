"""A unit of work is whole: stored and told, or neither."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import AutoReconnect, OperationFailure

from app import turns, work
from app.events import Event, PeopleTold
from app.work import Work, together
from documents import Board, User
from tests.people import Forum, Person


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[Event]:
    """What is told, in order."""
    heard: asyncio.Queue[Event] = asyncio.Queue()
    monkeypatch.setattr(work, "_listeners", [heard.put])
    return heard


async def test_what_fails_is_neither_stored_nor_told(alice: Person, told: asyncio.Queue[Event]) -> None:
    async def steps(found: Work) -> None:
        await User.add(alice.id, found.session, topic_count=1)
        found.record(PeopleTold((alice.id,)))
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        await together(steps)
    stored = await User.get(alice.id)
    assert stored is not None
    assert stored.topic_count == 0
    assert told.empty()


async def test_what_has_to_be_done_again_is_told_once(alice: Person, told: asyncio.Queue[Event]) -> None:
    tries = 0

    async def steps(found: Work) -> None:
        nonlocal tries
        tries += 1
        await User.add(alice.id, found.session, topic_count=1)
        found.record(PeopleTold((alice.id,)))
        if tries < 3:
            raise OperationFailure("in the way", 112, {"errorLabels": ["TransientTransactionError"]})

    await together(steps)
    stored = await User.get(alice.id)
    assert stored is not None
    assert (tries, stored.topic_count, told.qsize()) == (3, 1, 1)


async def test_what_was_begun_is_finished_though_the_browser_hangs_up(
    forum: Forum, board: Board, told: asyncio.Queue[Event]
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def steps(found: Work) -> None:
        begun.set()
        await go_on.wait()
        await Board.add(board.oid, found.session, topic_count=1)
        found.record(PeopleTold((ObjectId(),)))

    request = asyncio.create_task(together(steps))
    await begun.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    go_on.set()
    async with asyncio.timeout(5):
        await told.get()
    stored = await Board.get(board.oid)
    assert stored is not None
    assert stored.topic_count == 1


async def test_who_writes_to_the_same_documents_takes_turns_in_order(board: Board, alice: Person) -> None:
    order: list[int] = []
    tries: list[int] = []

    def steps_of(number: int) -> Callable[[Work], Awaitable[None]]:
        async def steps(found: Work) -> None:
            tries.append(number)
            await Board.add(board.oid, found.session, topic_count=1)
            await User.add(alice.id, found.session, topic_count=1)
            order.append(number)

        return steps

    both = (board.oid, alice.id)
    await asyncio.gather(
        *(together(steps_of(number), hot=both if number % 2 else reversed(both)) for number in range(20))
    )
    assert order == tries == list(range(20))
    assert not turns._locks


async def test_a_turn_that_does_not_come_is_not_waited_for(
    board: Board, told: asyncio.Queue[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.05)

    async def steps(found: Work) -> None:
        await Board.add(board.oid, found.session, topic_count=1)

    async with turns.turn_at([board.oid]):
        await together(steps, hot=[board.oid])
    stored = await Board.get(board.oid)
    assert stored is not None
    assert stored.topic_count == 1


async def test_a_commit_that_was_not_heard_of_is_asked_for_again(
    alice: Person, told: asyncio.Queue[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = AsyncClientSession.commit_transaction
    asked = 0

    async def unheard(session: AsyncClientSession) -> None:
        nonlocal asked
        asked += 1
        await commit(session)
        if asked < 3:
            raise AutoReconnect("gone", {"errorLabels": ["UnknownTransactionCommitResult"]})

    async def steps(found: Work) -> None:
        await User.add(alice.id, found.session, topic_count=1)
        found.record(PeopleTold((alice.id,)))

    monkeypatch.setattr(AsyncClientSession, "commit_transaction", unheard)
    await together(steps)
    stored = await User.get(alice.id)
    assert stored is not None
    assert (asked, stored.topic_count, told.qsize()) == (3, 1, 1)
