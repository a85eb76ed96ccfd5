"""A unit of work is whole: stored and told, or neither."""

from __future__ import annotations

import asyncio

import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure

from app import work
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
