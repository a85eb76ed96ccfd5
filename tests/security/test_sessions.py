"""Where somebody is logged in: seen by them alone, ended by them alone, at once and everywhere."""

from __future__ import annotations

import asyncio
import time

import pytest
from bson import ObjectId

from app.accounts import logins
from documents import Login, User
from tests.people import Forum, Person
from tests.realtime.test_push import line
from tests.security.second import in_, location

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148 Safari/604.1"
PAGE = "/settings/sessions"


async def elsewhere(forum: Forum, person: Person, agent: str = PHONE, address: str = "203.0.113.9") -> Person:
    """The same person on another device."""
    assert person.user is not None
    token = await logins.begin(person.user, forum.settings, remembered=True, address=address, agent=agent)
    found = await forum.logged_in(person.user)
    await Login.raw().delete_one({"token_hash": logins.hashed(found.token)})
    found.browser.cookies.clear()
    found.browser.cookies.set("quorum_session", forum.cookie(token), domain="127.0.0.1")
    found.token = token
    return found


async def login_of(person: Person) -> ObjectId:
    raw = await Login.raw().find_one({"token_hash": logins.hashed(person.token)})
    assert raw is not None
    return ObjectId(raw["_id"])


async def test_each_device_with_its_place(forum: Forum, alice: Person, bob: Person) -> None:
    await elsewhere(forum, alice)
    await elsewhere(forum, alice, FIREFOX, "2001:db8:1:2:3:4:5:6")
    page = (await alice.get(PAGE)).text
    for word in ("Safari on iPhone", "203.0.113.9", "Firefox on Linux", "2001:db8:1:2::/64", "this device"):
        assert word in page
    assert page.count("/end") >= 3
    assert "203.0.113.9" not in (await bob.get(PAGE)).text


async def test_hostile_agents_are_only_words(forum: Forum, alice: Person) -> None:
    await elsewhere(forum, alice, '"><script>alert(1)</script>Firefox/1', "<b>")
    page = (await alice.get(PAGE)).text
    assert "<script>alert" not in page
    assert "from <b>" not in page


async def test_one_is_ended_and_its_tab_closes(forum: Forum, alice: Person) -> None:
    phone, laptop = await elsewhere(forum, alice), await elsewhere(forum, alice, FIREFOX)
    assert await in_(phone)
    async with line(forum, phone) as tab:
        answer = await alice.send(f"{PAGE}/{await login_of(phone)}/end")
        assert location(answer) == PAGE
        assert await tab.closed() == 1008
    assert not await in_(phone)
    assert await in_(laptop)
    assert await in_(alice)


async def test_all_others_are_ended(forum: Forum, alice: Person, bob: Person) -> None:
    others = [await elsewhere(forum, alice) for _ in range(3)]
    assert location(await alice.send(f"{PAGE}/end-others")) == PAGE
    assert [await in_(other) for other in others] == [False] * 3
    assert await in_(alice)
    assert await in_(bob)


async def test_ending_this_one_is_logging_out(alice: Person) -> None:
    assert location(await alice.send(f"{PAGE}/{await login_of(alice)}/end")) == "/"
    assert not await in_(alice)


async def test_another_ones_is_not_there(forum: Forum, alice: Person, bob: Person, admin: Person) -> None:
    theirs = await login_of(alice)
    for person in (bob, admin):
        for wrong in (theirs, ObjectId(), "x", "0" * 24, f"{theirs}x"):
            assert (await person.send(f"{PAGE}/{wrong}/end")).status_code == 404
    assert await in_(alice)


async def test_fifty_times_at_once_it_is_ended_once(forum: Forum, alice: Person) -> None:
    phone = await login_of(await elsewhere(forum, alice))
    token = await alice.kept_csrf()
    answers = await asyncio.gather(*(alice.send(f"{PAGE}/{phone}/end", csrf=token) for _ in range(50)))
    codes = {answer.status_code for answer in answers}
    assert codes <= {303, 404}
    assert 303 in codes
    assert (await alice.send(f"{PAGE}/{phone}/end")).status_code == 404


async def test_the_last_use_is_noted_at_most_every_five_minutes(alice: Person) -> None:
    before = await Login.raw().find_one({"user": alice.id}) or {}
    await alice.get(PAGE)
    assert await Login.raw().find_one({"user": alice.id}) == before
    await Login.raw().update_one({"user": alice.id}, {"$set": {"seen_at": before["seen_at"] - logins.SEEN_EVERY * 2}})
    alice.browser.cookies.set("quorum_fresh", "1", domain="127.0.0.1")
    await alice.get(PAGE)
    after = await Login.raw().find_one({"user": alice.id}) or {}
    assert after["seen_at"] >= before["seen_at"]


@pytest.mark.parametrize("path", [PAGE, "/settings/security"])
async def test_guests_see_nothing(guest: Person, path: str) -> None:
    assert (await guest.get(path)).status_code == 403


async def test_a_device_of_somebody_is_on_no_page_of_others(forum: Forum, alice: Person, bob: Person) -> None:
    await elsewhere(forum, alice)
    await User.raw().update_one({"_id": alice.id}, {"$set": {"bio": "Hello"}})
    for path in (f"/users/{alice.id}", "/@alice", "/"):
        page = (await bob.see(path)).text
        assert "203.0.113.9" not in page
        assert "iPhone" not in page


async def test_the_tab_closes_within_five_seconds_without_redis(
    forum: Forum, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended by another process while no news gets through: the patrol asks the database."""
    from app import work

    phone = await elsewhere(forum, alice)
    login = await login_of(phone)
    async with line(forum, phone) as tab:
        monkeypatch.setattr(work, "_listeners", [])
        begun = time.monotonic()
        await logins.end_own(alice.id, login)
        assert await tab.closed() == 1008
        assert time.monotonic() - begun < 5
