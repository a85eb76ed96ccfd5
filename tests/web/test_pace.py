"""Whoever asks for a page goes before the many who are told of something, for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from app.web import pace
from tests.people import Person

TURNS = 20
Rest = Callable[[], Coroutine[Any, Any, None]]


async def after_a_slice() -> None:
    pace._rested_at = 0.0
    await pace.rest()


async def after_a_few() -> None:
    await pace.rest_after(pace.TOLD_AT_ONCE)


@pytest.fixture(params=[after_a_slice, after_a_few])
def rest(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rest:
    """Between two slices. A request that is waited for has a minute."""
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 60.0)
    found: Rest = request.param
    return found


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def test_a_request_that_has_just_come_goes_first(rest: Rest) -> None:
    with pace.served():
        pass
    telling = asyncio.ensure_future(rest())
    await turns()
    assert telling.done(), "nobody asks for anything"
    with pace.served():
        telling = asyncio.create_task(outside(rest))
        await turns()
        assert not telling.done()
    await asyncio.wait_for(telling, 5)


async def outside(rest: Rest) -> None:
    """As a task that no request has begun."""
    pace._within.set(False)
    await rest()


async def test_not_for_longer_than_a_moment(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.001)
    with pace.served():
        await asyncio.wait_for(outside(rest), 5)


async def test_what_takes_long_is_not_waited_for(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FIRST_SECONDS", 0.0)
    with pace.served():
        telling = asyncio.create_task(outside(rest))
        await turns()
        assert telling.done()


async def test_a_request_does_not_wait_for_itself(rest: Rest) -> None:
    with pace.served():
        telling = asyncio.create_task(rest())
        await turns()
        assert telling.done()


async def test_those_who_work_for_many_go_on_one_after_the_other(rest: Rest) -> None:
    """However many they are, a round of the loop holds one piece of their work."""
    rounds, went = [0], list[int]()

    async def working() -> None:
        for _ in range(TURNS):
            await rest()
            went.append(rounds[0])

    many = [asyncio.create_task(working()) for _ in range(3)]
    while not all(task.done() for task in many):
        await asyncio.sleep(0)
        rounds[0] += 1
    assert len(set(went)) == len(went) == 3 * TURNS


async def answer(seconds: float = 0.001) -> str:
    """Something like the answer of the database: it comes by itself, when others are at work."""
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, answered.set_result, "answer")
    return await answered


async def test_what_goes_on_when_the_database_answers_waits_for_its_turn() -> None:
    rounds, went = [0], list[int]()

    async def asking() -> str:
        for _ in range(TURNS):
            await answer()
            went.append(rounds[0])
        return "done"

    many = [asyncio.create_task(pace_in_turn(asking())) for _ in range(3)]
    while not all(task.done() for task in many):
        await asyncio.sleep(0)
        rounds[0] += 1
    assert len(set(went)) == len(went) == 3 * TURNS
    assert [task.result() for task in many] == ["done"] * 3


async def pace_in_turn(work: Coroutine[Any, Any, str]) -> str:
    return await pace.InTurn(work)


async def test_in_turn_errors_and_cancellations_are_those_of_the_work() -> None:
    seen = list[str]()

    async def asking() -> str:
        try:
            return await answer(60.0)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def failing() -> str:
        await answer()
        raise OSError("no answer")

    task = asyncio.create_task(pace_in_turn(asking()))
    await turns()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]
    with pytest.raises(OSError, match="no answer"):
        await pace.InTurn(failing())


async def test_who_is_cancelled_while_it_waits_for_its_turn_does_not_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(pace, "FIRST_SECONDS", 60.0)
    went = list[str]()

    async def asking() -> str:
        went.append(await answer())
        return "done"

    with pace.served():
        task = asyncio.create_task(pace_in_turn(asking()))
        while not pace._conducting().turns:  # noqa: ASYNC110 - it is a matter of rounds, not of time
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not went


async def test_who_was_answered_does_not_wait_for_requests_again(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while somebody does wait, who rests."""
    monkeypatch.setattr(pace, "FIRST_SECONDS", 60.0)
    with pace.served():
        resting = asyncio.create_task(outside(rest))
        await turns()
        assert await asyncio.wait_for(pace_in_turn(answer()), 5) == "answer"
        assert not resting.done()
    await asyncio.wait_for(resting, 5)


async def test_who_rests_in_turn_takes_one_turn_and_not_two(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, real = list[int](), pace.Conductor.turn

    async def counted(self: pace.Conductor, *, answered: bool = False) -> None:
        taken.append(1)
        await real(self, answered=answered)

    monkeypatch.setattr(pace.Conductor, "turn", counted)

    async def resting() -> str:
        for _ in range(TURNS):
            await rest()
        return "done"

    assert await pace.InTurn(resting()) == "done"
    assert len(taken) == TURNS


async def test_who_goes_away_keeps_nobody_waiting(rest: Rest) -> None:
    with pace.served():
        gone, there = (asyncio.create_task(outside(rest)) for _ in range(2))
        await turns()
        gone.cancel()
    await asyncio.wait_for(there, 5)


async def test_where_pages_never_end_all_go_on_together(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(pace, "FIRST_SECONDS", 60.0)
    with pace.served():
        many = [asyncio.create_task(outside(rest)) for _ in range(3)]
        await asyncio.wait(many, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0)
        assert all(task.done() for task in many)


async def test_who_waited_in_vain_waits_no_more_until_nobody_asks(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "FIRST_SECONDS", 60.0)
    with pace.served():
        with monkeypatch.context() as once:
            once.setattr(pace, "PATIENCE_SECONDS", 0.001)
            await asyncio.wait_for(asyncio.create_task(outside(rest)), 5)
        telling = asyncio.create_task(outside(rest))
        await turns()
        assert telling.done()
    await asyncio.wait_for(rest(), 5)
    with pace.served():
        telling = asyncio.create_task(outside(rest))
        await turns()
        assert not telling.done()
    await asyncio.wait_for(telling, 5)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_request_is_such_a_one(guest: Person, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    served, asked = pace.served, []

    def noted() -> Any:
        asked.append(method)
        return served()

    monkeypatch.setattr(pace, "served", noted)
    await guest.browser.request(method, "/search")
    assert asked == [method]
    assert not pace._serving
