"""Rate limits: exact under concurrency, also when Redis is away, and never at the cost of a text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from bson import ObjectId
from quart import Quart
from redis.exceptions import ConnectionError as RedisGone

from app.permissions.catalogue import ALLOWANCES
from app.web.context import EXTENSION, Plumbing, client_address
from app.web.limits import Limits
from documents import Board, Comment, Topic
from tests.people import Person

COMMENTS_A_MINUTE = ALLOWANCES["comment"].new


def plumbing(app: Quart) -> Plumbing:
    found: Plumbing = app.extensions[EXTENSION]
    return found


async def flood(person: Person, topic: Topic, count: int) -> list[httpx.Response]:
    token = await person.csrf()
    sends = (person.send(f"/topics/{topic.oid}/comments", csrf=token, body=f"Typed {i}") for i in range(count))
    return await asyncio.gather(*sends)


async def assert_exact(answers: list[httpx.Response], topic: Topic) -> None:
    """As many as are allowed went through; the others say when to come back and show the text."""
    assert sorted(answer.status_code for answer in answers) == [303] * COMMENTS_A_MINUTE + [429] * (
        len(answers) - COMMENTS_A_MINUTE
    )
    assert await Comment.find({"topic": topic.oid}).count() == 1 + COMMENTS_A_MINUTE
    for i, answer in enumerate(answers):
        if answer.status_code == 429:
            assert 1 <= int(answer.headers["retry-after"]) <= 61
            assert f"Typed {i}" in answer.text


async def test_of_fifty_comments_at_once_exactly_ten_are_taken(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await assert_exact(await flood(bob, topic, 50), topic)
    assert (await alice.send(f"/topics/{topic.oid}/comments", body="Others may still")).status_code == 303


@pytest.fixture
def without_redis(app: Quart, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The limits' Redis does not answer any more."""
    limits = Limits("redis://127.0.0.1:1/0", "nowhere", enabled=True)
    kept, plumbing(app).limits = plumbing(app).limits, limits
    yield
    plumbing(app).limits = kept


@pytest.mark.usefixtures("without_redis")
async def test_without_redis_the_limits_hold_in_memory(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await assert_exact(await flood(bob, topic, 30), topic)


async def test_a_redis_that_fails_in_between_is_no_way_around(
    app: Quart, board: Board, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await alice.opens(board)
    shared = plumbing(app).limits._shared
    assert shared is not None

    async def fail(*_: object) -> bool:
        raise RedisGone

    monkeypatch.setattr(shared, "hit", fail)
    answers = await flood(bob, topic, 30)
    await assert_exact(answers, topic)


@pytest.mark.parametrize(
    ("trusted", "lines", "expected"),
    [
        (0, ["1.1.1.1"], "peer"),  # nobody is trusted to say
        (1, [], "peer"),
        (1, ["1.1.1.1"], "1.1.1.1"),
        (1, ["9.9.9.9, 1.1.1.1"], "1.1.1.1"),  # the client wrote the first one itself
        (1, ["9.9.9.9", "1.1.1.1"], "1.1.1.1"),  # and the proxy added a line of its own
        (2, ["9.9.9.9, 1.1.1.1", "2.2.2.2"], "1.1.1.1"),
        (2, ["1.1.1.1"], "peer"),  # it did not come through both
        (1, [" , 1.1.1.1 ,"], "1.1.1.1"),
    ],
)
def test_the_address_is_what_trusted_proxies_say(trusted: int, lines: list[str], expected: str) -> None:
    assert client_address("peer", lines, trusted) == expected


async def test_one_network_of_ipv6_is_one_guest(app: Quart, alice: Person, guest: Person) -> None:
    found, token = plumbing(app), await guest.csrf()
    kept, found.settings = found.settings, found.settings.model_copy(update={"trusted_proxies": 1})

    async def guess(where: str, number: int) -> int:
        fields = {"csrf_token": token, "login": f"alice{number}", "password": "a wrong guess"}
        lines = [("X-Forwarded-For", str(ObjectId())), ("X-Forwarded-For", where)]  # the first one is the client's own
        return (await guest.browser.post("/login", data=fields, headers=lines)).status_code

    try:
        # Each one another name, so that the log-in's own protection stays out of it.
        assert [await guess(f"2001:db8::{i:x}", i) for i in range(61)] == [422] * 60 + [429]
        assert await guess("2001:db8:0:1::1", 0) == 422
        assert [await guess(f"10.0.0.{i}", i) for i in range(61)] == [422] * 61
    finally:
        found.settings = kept


async def test_limits_that_are_off_are_off_and_say_so(app: Quart, board: Board, alice: Person, admin: Person) -> None:
    kept, found = (plumbing(app).settings, plumbing(app).limits), plumbing(app)
    assert "QUORUM_LIMITS" not in (await admin.see("/admin")).text
    found.settings = found.settings.model_copy(update={"limits": "off"})
    found.limits = Limits(None, "off", enabled=found.settings.limited)
    try:
        topic = await alice.opens(board)
        assert {answer.status_code for answer in await flood(alice, topic, 30)} == {303}
        assert "QUORUM_LIMITS=off" in (await admin.see("/admin")).text
    finally:
        found.settings, found.limits = kept
