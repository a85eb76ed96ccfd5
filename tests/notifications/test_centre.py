"""The notification centre: filters, groups, ticking, numbers that are the same everywhere, and the log."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from bson import ObjectId

from app.notifications import delivered
from app.notifications.catching_up import give_boards
from app.notifications.service import in_board, notify_moderation
from app.web.i18n import N_
from app.work import together
from documents import Board, Comment, Notification, Topic
from tests import stock
from tests.people import Forum, Person


@pytest.fixture
async def topic(board: Board, alice: Person) -> Topic:
    return await alice.opens(board, "A conversation")


def ids_in(html: str) -> list[str]:
    return re.findall(r'data-notice="(\w+)"', html)


async def bell(person: Person) -> int:
    """The number in the feed, which the page says too."""
    number = int((await person.feed())["unread"]["notifications"])
    shown = re.search(r'data-unread="notifications"[^>]*>(\d+)<', (await person.get("/notifications")).text)
    assert shown is not None
    assert int(shown[1]) == number
    return number


async def listed(person: Person, query: str = "") -> list[str]:
    return ids_in((await person.get(f"/notifications{query}")).text)


async def test_some_are_read_and_unread_again(topic: Topic, alice: Person, bob: Person, charlie: Person) -> None:
    await stock.comments(topic, alice, 4, "@bob {}")
    ids = await listed(bob)
    assert (await bob.send("/notifications/read", ids=ids[:2], next="/notifications?show=unread")).status_code == 303
    assert await bell(bob) == 2
    assert await listed(bob, "?show=unread") == ids[2:]
    await bob.send("/notifications/unread", ids=ids[:3])
    assert await bell(bob) == 4
    await bob.send("/notifications/read", ids=ids, one=ids[0])
    assert await bell(bob) == 3
    await charlie.send("/notifications/unread", ids=ids)
    assert await bell(bob) == 3
    assert (await bob.send("/notifications/unread", ids="x")).status_code == 422


async def test_filters(board: Board, topic: Topic, alice: Person, bob: Person, charlie: Person) -> None:
    await bob.send(f"/topics/{topic.oid}/watch")
    mine = await bob.says(topic, "Mine")
    await charlie.says(topic, "@bob named")
    await charlie.says(topic, "answered", reply_to=str(mine.oid))
    await charlie.send(f"/comments/{mine.oid}/like")
    other = await charlie.opens(board, "Another", "@bob")
    newest = await listed(bob)
    assert len(newest) == 4
    assert await listed(bob, "?kind=mention") == [newest[0], newest[3]]
    assert await listed(bob, "?kind=reply") == [newest[2]]
    assert await listed(bob, "?kind=watch") == newest[2:]
    assert await listed(bob, "?kind=like") == [newest[1]]
    assert await listed(bob, f"?topic={other.oid}") == [newest[0]]
    assert await listed(bob, "?kind=follow") == []
    for odd in ("?kind=message", "?kind[$ne]=x", "?topic=x", "?show=all", "?by=board", "?before=٣"):
        assert await listed(bob, odd) == newest


async def test_by_topic_each_stands_once_and_all_are_reached(
    board: Board, alice: Person, bob: Person, charlie: Person
) -> None:
    topics = [await (alice, charlie)[i % 2].opens(board, f"Topic {i}", "@bob") for i in range(14)]
    await stock.comments(topics[0], alice, 6, "@bob {}")
    await charlie.send(f"/users/{bob.id}/follow")
    first = (await bob.get("/notifications?by=topic")).text
    titles = re.findall(r'<li class="note-group">.*?</h2>', first, re.DOTALL)
    assert len(titles) == 12
    assert "About no topic" in titles[0]
    assert "Topic 0" in titles[1]
    assert "7 unread" in titles[1]
    assert "3 more about this topic" in first
    following = re.search(r'href="(/notifications\?by=topic&amp;before=\d+)"', first)
    assert following is not None
    second = (await bob.get(following[1].replace("&amp;", "&"))).text
    assert second.count('class="note-group"') == 3
    assert len(await listed(bob, f"?topic={topics[0].oid}")) == 7


async def test_empty_states_say_what_is_empty(bob: Person) -> None:
    for query, said in {
        "": "No notifications yet.",
        "?show=unread": "All read.",
        "?kind=like": "Nothing of this kind.",
    }.items():
        assert said in (await bob.get(f"/notifications{query}")).text


async def test_what_is_in_a_board_one_may_not_read_counts_nowhere(
    board: Board, topic: Topic, alice: Person, bob: Person, admin: Person, mod: Person
) -> None:
    said = await alice.says(topic, "@bob @mod_mira for your eyes")
    change: dict[str, Any] = {"name": board.name, "description": ""}
    await admin.send(f"/admin/boards/{board.oid}", **change, staff_only="1")
    assert await bell(bob) == 0
    assert await listed(bob) == []
    assert [event["kind"] for event in (await bob.feed())["events"]] == ["hidden"]
    assert await bell(mod) == 1
    await bob.send("/notifications/read", all="1")
    await admin.send(f"/admin/boards/{board.oid}", **change)
    assert await bell(bob) == 1
    await alice.send(f"/comments/{said.oid}/delete", reason="")
    assert await bell(bob) == 0


async def test_a_topic_that_is_moved_takes_its_notices_along(
    forum: Forum, topic: Topic, alice: Person, bob: Person
) -> None:
    staff = await forum.board("Staff", staff_only=True, position=2)
    await alice.says(topic, "@bob")

    async def move(board: ObjectId) -> None:
        await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"board": board}})
        await Comment.raw().update_many({"topic": topic.oid}, {"$set": {"board": board}})
        await together(lambda work: in_board(work, topic.oid, board))

    await move(staff.oid)
    assert await bell(bob) == 0
    await move(topic.board)
    assert await bell(bob) == 1


async def test_notices_from_before_they_knew_their_board_get_it(
    forum: Forum, topic: Topic, alice: Person, bob: Person
) -> None:
    await alice.says(topic, "@bob")
    mine = {"user": bob.id}
    await Notification.raw().update_many(mine, {"$unset": dict.fromkeys(("board", "site", "email", "people"), "")})
    assert await bell(bob) == 1
    assert len(await listed(bob)) == 1
    await give_boards()
    (stored,) = await Notification.find(mine).to_list()
    assert stored.board == topic.board


async def test_deleting_and_restoring_at_once_leaves_what_the_text_says(
    topic: Topic, alice: Person, bob: Person, mod: Person
) -> None:
    said = await alice.says(topic, "@bob")
    tokens = await alice.csrf(), await mod.csrf()
    for _ in range(4):
        await asyncio.gather(
            alice.send(f"/comments/{said.oid}/delete", csrf=tokens[0], reason=""),
            mod.send(f"/comments/{said.oid}/restore", csrf=tokens[1]),
        )
        stored = await Comment.get(said.oid)
        assert stored is not None
        assert await bell(bob) == int(stored.live)


async def test_moderators_tell_without_a_name_and_nothing_keeps_it_away(
    topic: Topic, alice: Person, bob: Person, mod: Person
) -> None:
    await bob.send(f"/users/{mod.id}/block")
    await bob.send(f"/topics/{topic.oid}/mute")
    about: dict[str, Any] = {"subject": ObjectId(), "actor": mod.id, "url": f"/topics/{topic.oid}"}
    about |= {"text": N_("“%(title)s” was moved."), "facts": {"title": "<b>100%"}, "topic": topic.oid}
    for _ in range(2):
        await together(lambda work: notify_moderation(work, bob.id, **about))
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    assert await bell(bob) == 1
    page = (await bob.get("/notifications?kind=moderation")).text
    assert "“&lt;b&gt;100%” was moved." in page
    assert "mod_mira" not in page
    (event,) = (await bob.feed())["events"]
    assert (event["kind"], event["title"], event["actor"]["name"]) == ("moderation", "“<b>100%” was moved.", "")
    with pytest.raises(ValueError, match="path"):
        await together(lambda work: notify_moderation(work, bob.id, **{**about, "url": "javascript:x"}))


async def test_the_log_has_every_number_with_when_and_how(
    topic: Topic, alice: Person, bob: Person, charlie: Person
) -> None:
    await alice.says(topic, "@bob one")
    gone = await alice.says(topic, "@bob two")
    await alice.writes("bob", "Hello there")
    await alice.send(f"/comments/{gone.oid}/delete", reason="")
    delivered.note([notice.oid for notice in await Notification.after(bob.id, 0, 2)])
    await delivered.flush()
    page = (await bob.get("/notifications/log")).text
    assert re.findall(r'class="told-seq">(\d+)<', page) == ["3", "2", "1"]
    assert page.count("is not there for you any more") == 1
    assert page.count("reached an open page") == 1
    assert "Hello there" in page
    assert "told-seq" not in (await charlie.get("/notifications/log")).text
    assert (await bob.get("/notifications/log?before=2")).text.count('class="told-seq"') == 1
