"""A tab hears that the topic it has open has changed, whatever became of the hint, and never what is hidden from it."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from quart import Quart

from app.realtime.hub import Hub
from app.realtime.routes import HUB
from documents import Board, Topic
from tests import stock
from tests.people import Forum, Person
from tests.realtime.test_processes import Process, at, near
from tests.realtime.test_processes import processes as processes  # noqa: PLC0414 - a fixture
from tests.realtime.test_push import Line, line


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


async def version_of(topic: Topic) -> int:
    raw = await Topic.raw().find_one({"_id": topic.oid}, {"version": 1})
    assert raw is not None
    return int(raw["version"])


async def watch(tab: Line, topic: Topic, version: int | None = None) -> int:
    has = await version_of(topic) if version is None else version
    await tab.say(type="watch", topic=str(topic.oid), version=has)
    return has


async def until(tab: Line, version: int) -> list[int]:
    """The versions that the tab hears of, up to this one."""
    heard: list[int] = []
    while not heard or heard[-1] < version:
        heard.append((await tab.hear("topic"))["version"])
    return heard


async def test_every_change_is_heard(forum: Forum, board: Board, alice: Person, bob: Person, mod: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "Words")
    async with line(forum, bob) as tab:
        await watch(tab, topic)
        sends = [
            alice.send(f"/topics/{topic.oid}/comments", body="More"),
            alice.send(f"/comments/{comment.oid}/edit", body="Better"),
            mod.send(f"/comments/{comment.oid}/like"),
            mod.send(f"/comments/{comment.oid}/delete", reason=""),
            mod.send(f"/comments/{comment.oid}/restore"),
        ]
        for send in sends:
            assert (await send).status_code == 303
            heard = await tab.hear("topic")
            assert (heard["topic"], heard["version"]) == (str(topic.oid), await version_of(topic))
        assert heard["last"] == 3


async def test_what_happened_before_watching_is_heard_at_once(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    before = await version_of(topic)
    await stock.comments(topic, alice, 2)
    async with line(forum, bob) as tab:
        await watch(tab, topic, before)
        assert await until(tab, before + 2) == [before + 2]


async def test_what_was_stored_behind_the_forums_back_is_found(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    async with line(forum, bob) as tab:
        before = await watch(tab, topic)
        await Topic.raw().update_one({"_id": topic.oid}, {"$inc": {"version": 1}})
        assert await until(tab, before + 1) == [before + 1]


async def test_one_topic_at_a_time(forum: Forum, app: Quart, board: Board, alice: Person, bob: Person) -> None:
    one, two = await alice.opens(board), await alice.opens(board)
    hub: Hub = app.extensions[HUB]
    async with line(forum, bob) as tab:
        await watch(tab, one)
        before = await watch(tab, two)
        await alice.says(one, "Not heard")
        await alice.says(two, "Heard")
        assert (await tab.hear("topic"))["topic"] == str(two.oid)
        await tab.say(type="watch", topic=None)
        await alice.says(two, "Not heard either @bob")
        await tab.hear()
        assert await version_of(two) > before
        assert hub.watch._sockets == {}
        await watch(tab, one)
    async with asyncio.timeout(5):
        while hub.watch._sockets:  # noqa: ASYNC110 - there is no event for a socket that is gone
            await asyncio.sleep(0.01)


async def test_what_may_not_be_seen_any_more_is_only_gone(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    async with line(forum, bob) as tab, line(forum, mod) as other:
        for each in (tab, other):
            await watch(each, topic)
        await mod.send(f"/topics/{topic.oid}/delete", reason="")
        assert (await tab.hear("topic"))["version"] is None
        assert (await other.hear("topic"))["version"] == await version_of(topic)
        await mod.send(f"/topics/{topic.oid}/restore")
        assert (await tab.hear("topic"))["version"] == await version_of(topic)
        await admin.send(f"/admin/boards/{board.oid}", name="Backstage", staff_only="1")
        assert (await tab.hear("topic"))["version"] is None


async def test_what_was_never_seen_is_gone(forum: Forum, alice: Person, bob: Person, mod: Person) -> None:
    hidden = await mod.opens(await forum.board("Backstage", staff_only=True))
    async with line(forum, bob) as tab:
        await watch(tab, hidden, 1)
        assert (await tab.hear("topic")) == {"type": "topic", "topic": str(hidden.oid), "version": None, "last": None}


@pytest.mark.parametrize(
    "said",
    [
        *({"topic": 5}, {"topic": "x" * 24}, {"topic": ["a"]}, {"topic": {"$ne": 1}}, {}),
        *({"topic": "0" * 24, "version": version} for version in (-1, "x", 10**30, True, 1.5, None)),
    ],
)
async def test_nonsense_harms_nobody(forum: Forum, board: Board, alice: Person, bob: Person, said: object) -> None:
    topic = await alice.opens(board)
    async with line(forum, bob) as tab:
        assert isinstance(said, dict)
        await tab.say(type="watch", **said)
        before = await watch(tab, topic)
        await alice.says(topic, "Heard")
        await until(tab, before + 1)


async def test_a_hundred_who_watch_cost_one_look(
    forum: Forum, app: Quart, board: Board, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await alice.opens(board)
    hub: Hub = app.extensions[HUB]
    looks: list[int] = []
    look = hub.watch._look

    async def counted(ids: list[object]) -> None:
        looks.append(len(ids))
        await look(ids)  # type: ignore[arg-type]

    async with contextlib.AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(line(forum, bob)) for _ in range(40)]
        before = await version_of(topic)
        for tab in tabs:
            await watch(tab, topic, before)
            await tab.say(type="hello", seq=0)
            await tab.hear("unread")
        monkeypatch.setattr(hub.watch, "_look", counted)
        await alice.says(topic, "Heard")
        for tab in tabs:
            assert await until(tab, before + 1) == [before + 1]
        assert len(looks) <= 3  # the patrol may have come by


async def test_it_crosses_processes(forum: Forum, processes: list[Process], alice: Person, bob: Person) -> None:
    board = await forum.board()
    one, other = processes
    writer = at(alice, other)
    topic = await writer.opens(board)
    async with line(near(forum, one), bob) as tab:
        before = await watch(tab, topic)
        await writer.says(topic, "Across")
        version = (await tab.hear("topic"))["version"]
        assert version > before
        answer = await at(bob, one).get(f"/topics/{topic.oid}/since?first=1&last=1&version={version}")
        assert [new["number"] for new in answer.json()["new"]] == [2]
