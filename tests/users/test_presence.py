"""Who is here: in a word, for members, and only of those who show it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from quart import Quart
from redis.asyncio import Redis

from app.people.presence import AGAIN_SECONDS, ONLINE_SECONDS, PRESENCE, WRITE_SECONDS, Presence
from documents import User
from documents.clock import now
from tests.people import Person


def presence(app: Quart) -> Presence:
    found: Presence = app.extensions[PRESENCE]
    return found


async def looks(person: Person, at: Person) -> str:
    """What is said on profile and card."""
    texts = [(await person.get(f"/users/{at.id}{path}")).text for path in ("", "/card")]
    found = {word for word in ("seen-now", "last seen today", "last seen this week") for text in texts if word in text}
    assert len(found) <= 1
    return found.pop() if found else ""


async def test_who_is_here_is_online(app: Quart, alice: Person, bob: Person, guest: Person) -> None:
    presence(app)._written.clear()
    assert await looks(bob, alice) == "last seen today", "she has logged in"
    await alice.get("/boards")
    await presence(app).flush()
    assert await looks(bob, alice) == "seen-now"
    assert await looks(guest, alice) == ""
    here = presence(app)
    assert here._redis is not None
    assert AGAIN_SECONDS < await here._redis.ttl(here._key(alice.id)) <= ONLINE_SECONDS, (
        "for longer than to the next sign"
    )
    assert await presence(app).online_among([alice.id, guest.user.oid if guest.user else bob.id]) >= {alice.id}


async def test_who_stays_is_noted_again_and_not_at_every_look(
    app: Quart, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = presence(app)._redis
    assert redis is not None
    here = Presence(redis, "of_this_test", lambda: [alice.id])

    async def is_written() -> bool:
        await redis.delete(here._key(alice.id))
        await here.flush()
        return await here.online_among([alice.id]) == {alice.id}

    assert [await is_written() for _ in range(3)] == [True, False, False]
    monkeypatch.setattr("app.people.presence.AGAIN_SECONDS", WRITE_SECONDS)
    assert await is_written(), "it is long enough ago"


async def test_nothing_is_shown_of_who_does_not_show_it(app: Quart, alice: Person, bob: Person, admin: Person) -> None:
    presence(app)._written.clear()
    await alice.send("/settings/privacy", messages_from="everyone", shows_likes="1")
    await User.raw().update_one({"_id": alice.id}, {"$set": {"seen_at": now()}})
    await presence(app).flush()
    for person in (bob, admin):
        assert await looks(person, alice) == ""


@pytest.mark.parametrize(("ago", "word"), [(timedelta(days=3), "last seen this week"), (timedelta(days=9), "")])
async def test_who_was_here_was_so_this_week(alice: Person, bob: Person, ago: timedelta, word: str) -> None:
    moment = now() - ago
    await User.raw().update_one({"_id": alice.id}, {"$set": {"seen_at": moment}})
    assert await looks(bob, alice) == word
    assert moment.strftime("%Y-%m-%dT") not in (await bob.get(f"/users/{alice.id}")).text


async def test_today_is_the_viewers_day(alice: Person, bob: Person) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"seen_at": now()}})
    assert await looks(bob, alice) == "last seen today"


async def test_who_has_blocked_somebody_is_not_seen_by_them(app: Quart, alice: Person, bob: Person) -> None:
    presence(app)._written.clear()
    await alice.send(f"/users/{bob.id}/block")
    await presence(app).flush()
    assert await looks(bob, alice) == ""


async def test_without_redis_nobody_is_online_and_nothing_breaks(alice: Person) -> None:
    for redis in (None, Redis.from_url("redis://127.0.0.1:1/0")):
        found = Presence(redis, "nowhere", list)
        found.note(alice.id)
        await found.flush()
        assert await found.online_among([alice.id]) == set()
