"""Guessing passwords: a captcha after three, five minutes of rest after five, for this address and account alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from quart import Quart
from redis.asyncio import Redis

from app.accounts import protection
from app.accounts.protection import LOGIN, Tries
from app.settings import Settings
from app.web.context import EXTENSION, Plumbing
from app.web.memory import Memory
from documents import Login
from tests.accounts.captchas import CAPTCHA_ID, memory, solved
from tests.people import PASSWORD, Forum, Person

WRONG = "a wrong guess"


async def tries(person: Person, password: str = WRONG, login: str = "alice", **fields: str) -> httpx.Response:
    return await person.send("/login", login=login, password=password, **fields)


async def fail(app: Quart, person: Person, times: int, login: str = "alice") -> httpx.Response:
    """Guess so often, with the captcha where one is asked."""
    fields: dict[str, str] = {}
    for _ in range(times):
        page = await tries(person, login=login, **fields)
        assert page.status_code == 422
        fields = await solved(app, person, page) if CAPTCHA_ID.search(page.text) else {}
    return page


@pytest.fixture(params=["redis", "alone"])
async def kept(request: pytest.FixtureRequest, app: Quart) -> AsyncIterator[None]:
    """With Redis, and without one that answers."""
    plumbing: Plumbing = app.extensions[EXTENSION]
    before = plumbing.memory
    if request.param == "alone":
        plumbing.memory = Memory(None, "alone")
    yield
    plumbing.memory = before


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("login", ["alice", "nobody-here"])
async def test_three_wrong_ones_bring_the_captcha_and_five_a_rest(
    forum: Forum, app: Quart, alice: Person, guest: Person, login: str
) -> None:
    third = await fail(app, guest, 3, login)
    assert "/api/v1/image_codes/" in third.text
    without = await tries(guest, login=login)
    assert without.status_code == 422
    assert "Please answer this first." in without.text
    fields = await solved(app, guest, without)
    for _ in range(2):
        answer = await tries(guest, login=login, **fields)
        assert answer.status_code == 422
        assert "Wrong username or password." in answer.text
        fields = await solved(app, guest, answer)
    locked = await tries(guest, login=login, **fields)
    assert locked.status_code == 429
    assert 295 <= int(locked.headers["retry-after"]) <= 300
    assert re.search(r"You can try again from here in [45] min \d+ s\.", locked.text)
    assert f'value="{login}"' in locked.text
    assert WRONG not in locked.text


async def test_a_right_password_is_refused_meanwhile_and_not_even_checked(
    app: Quart, alice: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await fail(app, guest, 5)
    fields = await solved(app, guest, page)
    checked: list[str] = []

    async def is_right(password: str, stored: str | None) -> bool:
        checked.append(password)
        return True

    monkeypatch.setattr(app.extensions["quorum.passwords"], "is_right", is_right)
    assert (await tries(guest, PASSWORD, **fields)).status_code == 429
    assert checked == []


async def test_the_owner_elsewhere_gets_in(forum: Forum, app: Quart, alice: Person, guest: Person) -> None:
    await fail(app, guest, 5)
    found: Plumbing = app.extensions[EXTENSION]
    kept, found.settings = found.settings, found.settings.model_copy(update={"trusted_proxies": 1})
    try:
        owner = forum.guest()
        token = await owner.csrf()
        fields = {"csrf_token": token, "login": "alice", "password": PASSWORD}
        answer = await owner.browser.post("/login", data=fields, headers={"X-Forwarded-For": "10.1.2.3"})
        assert answer.status_code == 303
        again = await guest.browser.post("/login", data=fields | {"csrf_token": await guest.csrf()})
        assert again.status_code == 429, "the guesser stays locked out"
    finally:
        found.settings = kept
    assert (await tries(guest, login="bob")).status_code == 422, "and may try other accounts"


async def test_a_right_password_forgives_what_was_wrong(forum: Forum, alice: Person, app: Quart) -> None:
    for _ in range(3):
        person = forum.guest()
        await fail(app, person, 2)
        assert (await tries(person, PASSWORD)).status_code == 303


async def test_after_the_rest_the_captcha_stays(app: Quart, alice: Person, guest: Person) -> None:
    page = await fail(app, guest, 5)
    kept = memory(app)

    async def rested(redis: Redis) -> None:
        async for key in redis.scan_iter(f"{kept.prefix}:tries:login:*"):
            if await redis.type(key) == b"hash":
                await redis.hset(key, "until", 1)

    await kept.either(rested, lambda: None)
    assert "Please answer this first." in (await tries(guest, PASSWORD)).text
    assert (await tries(guest, PASSWORD, **await solved(app, guest, page))).status_code == 303


@pytest.mark.parametrize("answers", [{}, {"captcha": "00000"}, {"captcha_id": "nonsense", "captcha": "' OR 1=1"}])
async def test_a_wrong_captcha_looks_at_no_password(
    app: Quart, alice: Person, guest: Person, answers: dict[str, str]
) -> None:
    page = await fail(app, guest, 3)
    fields = await solved(app, guest, page) | answers if answers else {}
    answer = await tries(guest, PASSWORD, **fields)
    assert answer.status_code == 422
    assert ("That was not the answer." if answers else "Please answer this first.") in answer.text
    assert await Login.find({"user": alice.id}).count() == 1


async def test_of_fifty_guesses_at_once_three_are_looked_at(app: Quart, alice: Person, guest: Person) -> None:
    token = await guest.csrf()
    answers = await asyncio.gather(*(tries(guest, f"guess number {i}", csrf=token) for i in range(50)))
    looked_at = [answer for answer in answers if "Wrong username or password." in answer.text]
    assert (len(looked_at), {answer.status_code for answer in answers}) == (3, {422})


@pytest.mark.parametrize("others", [1, 2])
async def test_fifty_who_solved_it_get_five_looked_at_across_processes(
    settings: Settings, forum: Forum, others: int
) -> None:
    assert settings.redis_url is not None
    processes = [Redis.from_url(settings.redis_url.get_secret_value()) for _ in range(others)]
    counters = [Tries(Memory(redis, "two"), "login", LOGIN) for redis in processes]
    tried = await asyncio.gather(*(counters[i % others].begin("alice", "here", solved=True) for i in range(50)))
    verdicts = [found.verdict for found in tried]
    assert (verdicts.count("go"), verdicts.count("locked")) == (5, 45)
    assert sorted(found.failures for found in tried if found.verdict == "go") == [1, 2, 3, 4, 5]
    for redis in processes:
        await redis.aclose()


async def test_a_busy_machine_is_nobodys_failure(app: Quart, alice: Person, guest: Person) -> None:
    passwords = app.extensions["quorum.passwords"]
    kept, passwords._waiting = passwords._waiting, 10_000
    try:
        assert {(await tries(guest, PASSWORD)).status_code for _ in range(6)} == {503}
    finally:
        passwords._waiting = kept
    assert (await tries(guest, PASSWORD)).status_code == 303


async def test_many_who_guess_one_account_together_have_all_asked_for_the_captcha(
    settings: Settings, app: Quart
) -> None:
    counter = protection.login_tries(memory(app))
    for i in range(LOGIN.everywhere):
        assert (await counter.begin("alice", f"address {i}", solved=False)).verdict == "go"
    assert (await counter.begin("alice", "another", solved=False)).verdict == "captcha"
    assert (await counter.begin("alice", "another", solved=True)).verdict == "go"
    assert (await counter.begin("bob", "another", solved=False)).verdict == "go"


async def test_nobodys_name_or_address_stands_in_redis(app: Quart, alice: Person, guest: Person) -> None:
    await fail(app, guest, 1)
    kept = memory(app)

    async def keys(redis: Redis) -> list[bytes]:
        return [key async for key in redis.scan_iter(f"{kept.prefix}:tries:*")]

    found = await kept.either(keys, list[bytes])
    assert len(found) == 2
    assert not [key for key in found if b"alice" in key or b"127.0.0.1" in key]
