"""Reading a topic: windows of numbers, permalinks, views, and what a page costs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bson import ObjectId
from quart import Quart

from app.accounts.logins import NUMBERS_KEPT
from app.boards import directory
from app.boards.access import recent_topics
from app.people import cards
from app.topics.counting import VIEWS, Views
from app.viewer import Viewer
from app.web.context import EXTENSION, RUNNING
from documents import Board, Comment, Notification, Topic
from tests import stock
from tests.jobs.done import idle
from tests.people import Forum, Person

PER_PAGE = 20


def shown(text: str) -> list[int]:
    """The numbers on a page."""
    return [int(number) for number in re.findall(r'id="c(\d+)"', text)]


async def test_a_long_topic_is_read_in_windows(board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 49)
    place = f"/topics/{topic.oid}"
    pages = {"": range(1, 21), "?page=1": range(1, 21), "?page=2": range(21, 41), "?page=3": range(41, 51)}
    for query, numbers in pages.items():
        assert shown((await guest.get(place + query)).text) == list(numbers)
    assert (await guest.get(f"{place}?page=4")).status_code == 404
    first, middle, last = [(await guest.get(f"{place}?page={page}")).text for page in (1, 2, 3)]
    assert 'rel="prev"' not in first
    assert f'href="{place}?page=2"' in first
    assert f'href="{place}?page=3"' in first
    assert f'href="{place}"' in middle
    assert 'rel="next"' not in last


async def test_every_number_has_a_place(board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    comments = await stock.comments(topic, alice, 41)
    place = f"/topics/{topic.oid}"
    for number, page in ((1, ""), (20, ""), (21, "?page=2"), (40, "?page=2"), (41, "?page=3"), (42, "?page=3")):
        answer = await guest.get(f"{place}/n/{number}")
        assert (answer.status_code, answer.headers["location"]) == (302, f"{place}{page}#c{number}")
    answer = await guest.get(f"/comments/{comments[39].oid}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"{place}/n/41")
    assert 41 in shown((await guest.see(f"/comments/{comments[39].oid}")).text)


async def test_a_topic_that_begins_at_a_later_number(board: Board, alice: Person, guest: Person) -> None:
    """As after an import in part, or a split."""
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 44)
    await Comment.raw().delete_many({"topic": topic.oid, "number": {"$lt": 26}})
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"first_number": 26}, "$inc": {"version": 1}})
    recent_topics.clear()
    place = f"/topics/{topic.oid}"
    for query in ("", "?page=1", "?page=2"):
        assert shown((await guest.get(place + query)).text) == list(range(26, 41))
    assert shown((await guest.get(f"{place}?page=3")).text) == list(range(41, 46))
    for missing in ("?page=0", "?page=4", "/n/1", "/n/25", "/n/46"):
        assert (await guest.get(place + missing)).status_code == 404
    answer = await guest.get(f"{place}/n/26")
    assert answer.headers["location"] == f"{place}#c26"
    page = (await guest.get(f"{place}?page=3")).text
    assert f'href="{place}"' in page
    assert "?page=1" not in page


async def test_deleted_comments_keep_their_place(board: Board, alice: Person, mod: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    comments = await stock.comments(topic, alice, 25)
    for comment in (comments[0], comments[24]):
        await mod.send(f"/comments/{comment.oid}/delete", reason="")
    assert shown((await guest.get(f"/topics/{topic.oid}")).text) == list(range(1, 21))
    assert shown((await guest.get(f"/topics/{topic.oid}?page=2")).text) == list(range(21, 27))


async def test_a_view_counts_once_for_each_reader(
    forum: Forum, app: Quart, board: Board, alice: Person, bob: Person, guest: Person
) -> None:
    topic = await alice.opens(board)
    other = forum.guest()
    other.browser.headers["User-Agent"] = "another browser"
    place = f"/topics/{topic.oid}"
    for person in (bob, guest, other, bob, guest, other):
        await person.get(place)
    await bob.get(place, headers={"Sec-Purpose": "prefetch"})
    await alice.get(place, headers={"Sec-Purpose": "prefetch"})
    views: Views = app.extensions[VIEWS]
    await views.flush()
    await bob.get(place)
    await guest.get(place)
    await views.flush()
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert stored.view_count == 3
    app.extensions[EXTENSION].guest_pages.clear()
    recent_topics.clear()
    assert "3 views" in (await bob.get(place)).text
    assert "3 views" in (await guest.get(place)).text


async def test_without_redis_a_view_counts_once_as_far_as_the_process_knows(
    app: Quart, board: Board, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await alice.opens(board)
    views: Views = app.extensions[VIEWS]
    monkeypatch.setattr(views, "_redis", None)
    for _ in range(3):
        await bob.get(f"/topics/{topic.oid}")
        await views.flush()
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert stored.view_count == 1


def forget(app: Quart) -> None:
    """As a process that has just started."""
    app.extensions[EXTENSION].windows.clear()
    recent_topics.clear()
    directory.forget()
    cards.forget()


@asynccontextmanager
async def queries(app: Quart) -> AsyncIterator[list[str]]:
    """What the database was asked inside, as its profiler saw it; not what each process asks twice a second anyway."""
    database = app.extensions[RUNNING].mongo[Topic.raw().database.name]
    await database.drop_collection("system.profile")
    asked: list[str] = []
    async with idle(app):
        await database.command("profile", 2)
        try:
            yield asked
        finally:
            await database.command("profile", 0)
        seen = {
            "op": {"$in": ["query", "command", "update", "insert", "remove", "getmore"]},
            "ns": {"$not": {"$regex": r"system|\.site$"}},
        }
        # Views are written every two seconds, whoever asks for what meanwhile.
        seen["command.u.$set.view_count"] = {"$exists": False}
        seen["command.u.0.$set.view_count"] = {"$exists": False}
        async for entry in database["system.profile"].find({**seen, "command.profile": {"$exists": False}}):
            asked.append(f"{entry['ns'].partition('.')[2]}:{next(iter(entry['command']))}")  # noqa: PERF401
        await database.drop_collection("system.profile")


async def test_a_page_asks_the_database_a_few_times_however_much_is_on_it(
    forum: Forum, app: Quart, board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    people = [await forum.person(f"writer{i}") for i in range(6)]
    topics = await stock.topics(board, alice, 6)
    for person in people:
        for topic in topics:
            await stock.comments(topic, person, 2, "@bob, look {}")
    await bob.writes("alice")
    bounds = {f"/topics/{topics[0].oid}": 4, "/": 4, f"/boards/{board.oid}": 5, "/boards": 3, "/notifications": 5}
    bounds |= {"/messages/sent": 5, f"/users/{alice.id}": 4, f"/users/{people[0].id}/comments": 4}
    for path, most in bounds.items():
        # First with nothing in memory, and something in the bell; a topic is then read for the first time, and what
        # the viewer keeps there.
        for more in (6 if "topics" in path else 4, 0):
            async with queries(app) as asked:
                assert (await bob.get(path)).status_code == 200
            assert len(asked) <= most + more, (path, asked)
        forget(app)


async def test_a_page_that_no_unread_notice_is_about_marks_nothing(
    app: Quart, board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 25, "@bob {}")
    place = f"/topics/{topic.oid}"
    await bob.get(place)
    async with queries(app) as asked:
        await bob.get(place)
    assert "notifications:" not in " ".join(asked)
    async with queries(app) as asked:
        assert 'data-unread="notifications" hidden>0<' in (await bob.get(f"{place}?page=2")).text
    assert "notifications:" in " ".join(asked)


async def test_who_is_told_very_often_about_one_topic_has_each_page_read(
    board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 1, "@bob {}")
    (told,) = await Notification.find({"user": bob.id}).to_list()
    many = [told.as_stored() | {"_id": ObjectId(), "seq": 1000 + i, "subject": ObjectId()} for i in range(NUMBERS_KEPT)]
    await Notification.raw().insert_many(many)
    await stock.comments(topic, alice, 24, "@bob {}")
    for query, left in (("?page=2", NUMBERS_KEPT + 19), ("", 0)):
        text = (await bob.get(f"/topics/{topic.oid}{query}")).text
        assert await Notification.find({"user": bob.id, "unread": True}).count() == left
        assert f">{'99+' if left > 99 else left}</span>" in text


def test_a_notice_is_about_the_page_that_its_number_is_on() -> None:
    topic = ObjectId()
    found = Viewer(ObjectId(), unread_topics={topic: frozenset({20})})
    pages = {(1, 19): False, (1, 20): True, (20, 40): True, (21, 40): False}
    assert {page: found.may_be_told_in(topic, *page) for page in pages} == pages
    assert not found.may_be_told_in(ObjectId(), 1, 20)
