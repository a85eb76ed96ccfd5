"""Pinned, announced, featured and locked topics, what is hot, and all tags."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from quart import Quart

from app.jobs.workshop import WORKSHOP, Workshop
from app.topics import daily
from app.topics.counting import VIEWS, Views
from app.web.tally import day_of
from documents import Board, Recommendation, Topic
from documents.clock import now
from tests import stock
from tests.people import Forum, Person

LONG_AGO = datetime(2026, 1, 1, 12, tzinfo=UTC)


def order(page: str, topics: list[Topic]) -> list[str]:
    """The titles in the order in which the list has them."""
    listed = page[page.index('<ol class="topics">') :]
    found = sorted((listed.index(f">{t.title}</bdi>"), t.title) for t in topics if f">{t.title}</bdi>" in listed)
    assert all(listed.count(f">{t.title}</bdi>") <= 1 for t in topics)
    return [title for _, title in found]


@pytest.mark.parametrize(("verb", "there", "elsewhere"), [("pin", "board", "home"), ("announce", "home", "board")])
async def test_what_is_put_on_top_stands_there_once(
    forum: Forum, board: Board, alice: Person, admin: Person, guest: Person, verb: str, there: str, elsewhere: str
) -> None:
    paths = {"home": "/", "board": f"/boards/{board.oid}"}
    topics = await stock.topics(board, alice, 3, "Topic number {}")
    newest_first = [topic.title for topic in reversed(topics)]
    assert order((await guest.get(paths[there])).text, topics) == newest_first
    assert (await admin.send(f"/topics/{topics[0].oid}/{verb}")).status_code == 303
    on_top = [topics[0].title, *newest_first[:2]]
    for who in (guest, alice):
        assert order((await who.get(paths[there])).text, topics) == on_top
        assert order((await who.get(paths[there] + "?sort=new")).text, topics) == newest_first
        assert order((await who.get(paths[elsewhere])).text, topics) == newest_first
    await alice.send(f"/topics/{topics[0].oid}/mute")
    await admin.send(f"/topics/{topics[0].oid}/un{verb}")
    assert order((await guest.get(paths[there])).text, topics) == newest_first


async def test_who_mutes_an_announcement_is_left_alone(board: Board, alice: Person, bob: Person, admin: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    await admin.send(f"/topics/{topic.oid}/announce")
    assert topic.title in (await bob.get("/")).text
    await bob.send(f"/topics/{topic.oid}/mute")
    assert topic.title not in (await bob.get("/")).text


async def test_what_is_locked_takes_no_replies_until_it_is_unlocked(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board)
    assert f"/topics/{topic.oid}/lock" not in (await alice.get(f"/topics/{topic.oid}")).text
    assert f"/topics/{topic.oid}/lock" in (await mod.get(f"/topics/{topic.oid}")).text
    await mod.send(f"/topics/{topic.oid}/lock")
    assert (await bob.send(f"/topics/{topic.oid}/comments", body="Too late")).status_code == 403
    assert "This topic is locked" in (await bob.get(f"/topics/{topic.oid}")).text
    await mod.send(f"/topics/{topic.oid}/unlock")
    await bob.says(topic, "In time")


async def picks(who: Person) -> str:
    page = (await who.get("/")).text
    return page[page.index('class="picks"') : page.index('<ol class="topics">')] if 'class="picks"' in page else ""


@pytest.fixture
async def a_day(app: Quart, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Awaitable[None]]:
    """Has the sweep of the jobs look at what is to be done on a day; 1 is the first, long ago."""
    workshop: Workshop = app.extensions[WORKSHOP]
    moment = [LONG_AGO]
    monkeypatch.setattr(daily, "now", lambda: moment[0])

    async def look(number: int) -> None:
        moment[0] = LONG_AGO + timedelta(days=number)
        await workshop.sweep(at_once=True)

    return look


async def test_the_home_page_recommends_what_editors_and_warmth_say(
    forum: Forum,
    board: Board,
    alice: Person,
    bob: Person,
    mod: Person,
    guest: Person,
    a_day: Callable[[int], Awaitable[None]],
) -> None:
    office = await forum.board("Office", staff_only=True)
    topics = await stock.topics(board, alice, 12, "Topic number {}.")
    secret = await mod.opens(office, "Secret number 1.")
    await stock.comments(topics[4], bob, 12)
    await a_day(1)
    await mod.send(f"/topics/{topics[2].oid}/feature")
    for number in range(2, 6):
        await mod.send(f"/topics/{(await mod.opens(office, f'Secret number {number}.')).oid}/feature")
    await mod.send(f"/topics/{secret.oid}/feature")
    shown = await picks(guest)
    assert "Recommended today" in shown
    assert shown.index(topics[2].title) < shown.index(topics[4].title)
    assert "Secret" not in shown
    assert "Secret" in await picks(mod)
    assert 'class="picks"' not in (await guest.get("/?sort=new")).text
    await bob.send(f"/topics/{topics[4].oid}/mute")
    assert topics[4].title not in await picks(bob)
    assert topics[4].title in await picks(guest)
    await mod.send(f"/topics/{topics[2].oid}/delete")
    for who in (guest, bob, mod):
        assert topics[2].title not in await picks(who)


async def test_recommendations_are_those_of_a_day(
    forum: Forum,
    board: Board,
    alice: Person,
    bob: Person,
    mod: Person,
    guest: Person,
    a_day: Callable[[int], Awaitable[None]],
) -> None:
    """The same all day long; a day that nobody has looked at is found by the next sweep; who may see them is asked."""
    office = await forum.board("Office", staff_only=True)
    topics = await stock.topics(board, alice, 12, "Topic number {}.")
    await stock.comments(topics[1], bob, 12)
    await a_day(1)
    of_first = await picks(guest)
    assert topics[1].title in of_first
    await stock.comments(topics[5], bob, 40)
    await a_day(1)
    assert topics[5].title not in await picks(guest), "chosen once"
    await a_day(4)
    assert topics[5].title in await picks(guest)
    looked_at = {"made_at": {"$ne": None}, "day": {"$gt": day_of(LONG_AGO, "UTC")}}  # one by the forum itself
    assert [raw["day"] async for raw in Recommendation.raw().find(looked_at)] == [
        day_of(LONG_AGO + timedelta(days=days), "UTC") for days in (1, 4)
    ]
    await Topic.raw().update_one({"_id": topics[5].oid}, {"$set": {"board": office.oid}})
    await mod.send(f"/topics/{topics[7].oid}/pin")  # tells of a change
    assert topics[5].title not in await picks(guest)
    assert topics[5].title in await picks(mod)


async def test_fifty_who_look_at_once_choose_once(board: Board, alice: Person) -> None:
    moment = now()
    ids = await asyncio.gather(*(daily.waiting("Asia/Shanghai", moment + timedelta(hours=1), 5) for _ in range(50)))
    assert len({id for (id,) in ids}) == 1
    await daily.work_out(ids[0][0])
    assert not await daily.waiting("Asia/Shanghai", moment + timedelta(minutes=1), 5), "with too little: later"
    await stock.topics(board, alice, 4)
    await asyncio.gather(*(daily.work_out(ids[0][0]) for _ in range(10)))
    (stored,) = await Recommendation.find({"day": day_of(moment, "Asia/Shanghai")}).to_list()
    assert len(stored.topics) == 4
    assert day_of(datetime(2026, 3, 31, 16, 30, tzinfo=UTC), "Asia/Shanghai") == "2026-04-01"


async def test_heat_comes_from_views_replies_and_likes_and_sinks(app: Quart, board: Board, alice: Person) -> None:
    quiet, seen, old = await stock.topics(board, alice, 3)
    views: Views = app.extensions[VIEWS]
    for viewer in range(60):
        views.note(str(seen.oid), f"viewer{viewer}")
        views.note(str(seen.oid), f"viewer{viewer}")
    await views.flush()
    views.note(str(seen.oid), "viewer1")
    await views.flush()
    await Topic.raw().update_one({"_id": old.oid}, {"$set": {"created_at": now() - timedelta(days=3)}})
    await stock.comments(old, alice, 8)
    await stock.comments(quiet, alice, 1)

    async def raw(topic: Topic) -> Any:
        return await Topic.raw().find_one({"_id": topic.oid})

    assert (await raw(seen))["view_count"] == 60, "once a viewer and hour"
    heat = {name: (await raw(topic))["heat"] for name, topic in (("quiet", quiet), ("seen", seen), ("old", old))}
    assert heat["seen"] > heat["quiet"] > heat["old"]


async def test_an_old_topic_says_so_before_one_replies(board: Board, alice: Person, guest: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    words = "If you have a new question"
    assert words not in (await alice.get(f"/topics/{topic.oid}")).text
    old = now() - timedelta(days=200)
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"active_at": old}, "$inc": {"version": 1}})
    await alice.send("/language/en")  # who has changed something sees all anew
    assert words in (await alice.get(f"/topics/{topic.oid}")).text
    assert words not in (await guest.get(f"/topics/{topic.oid}")).text


async def test_all_tags_are_counted_as_far_as_one_may_see(
    forum: Forum, board: Board, alice: Person, mod: Person, guest: Person
) -> None:
    office = await forum.board("Office", staff_only=True)
    for tags in ("plants, 园艺", "plants"):
        await alice.opens(board, tags=tags)
    await mod.opens(office, tags="salaries")
    page = (await guest.get("/tags")).text
    assert page.index('href="/tags/plants"') < page.index('href="/tags/%E5%9B%AD%E8%89%BA"')
    assert "salaries" not in page
    assert "salaries" in (await mod.get("/tags")).text
