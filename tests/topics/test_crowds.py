"""Many write into one place at once: every number is there once, every counter is exact, and nobody waits for long."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.comments import rendering
from app.text.pool import RenderPool
from documents import Board, Comment, Notification, Topic, User
from documents.base import Raw
from tests.people import Forum, Person

REPLIES_EACH = 10
SECONDS = 20
# Somebody's `seen_at` or the views of a topic may be written in between.
ABORTED_MAX = 3


async def aborted() -> int:
    """How many transactions the server has ended without storing them."""
    found: Raw = await User.raw().database.client.admin.command("serverStatus")
    return int(found["transactions"]["totalAborted"])


async def stored(topic: Topic, board: Board) -> tuple[Topic, Board]:
    """Both as they are now."""
    now_topic, now_board = await Topic.get(topic.oid), await Board.get(board.oid)
    assert now_topic is not None
    assert now_board is not None
    return now_topic, now_board


@pytest.fixture
def crowd(alice: Person, bob: Person, charlie: Person, mod: Person, admin: Person) -> list[Person]:
    return [alice, bob, charlie, mod, admin]


async def test_fifty_replies_at_once_are_numbered_and_counted(board: Board, crowd: list[Person]) -> None:
    """Each names the next person, so that feeds are written to as well."""
    topic = await crowd[0].opens(board)
    names = [person.name for person in crowd]
    tokens = [await person.csrf() for person in crowd]
    sends = [
        person.send(f"/topics/{topic.oid}/comments", csrf=token, body=f"@{names[at - 1]} reply {i}")
        for i in range(REPLIES_EACH)
        for at, (person, token) in enumerate(zip(crowd, tokens, strict=True))
    ]
    before, began = await aborted(), time.perf_counter()
    answers = await asyncio.gather(*sends)
    took = time.perf_counter() - began
    assert {answer.status_code for answer in answers} == {303}
    assert took < SECONDS
    assert await aborted() - before <= ABORTED_MAX

    comments = await Comment.find({"topic": topic.oid}).sort("number").to_list()
    assert [comment.number for comment in comments] == list(range(1, len(sends) + 2))
    of_topic, of_board = await stored(topic, board)
    assert (of_topic.comment_count, of_topic.last_number) == (len(comments), len(comments))
    assert (of_board.topic_count, of_board.comment_count) == (1, len(comments))
    for person in crowd:
        user = await User.get(person.id)
        assert user is not None
        assert (user.comment_count, user.notification_seq) == (REPLIES_EACH, REPLIES_EACH)
        told = await Notification.find({"user": person.id}).sort("seq").to_list()
        assert [notice.seq for notice in told] == list(range(1, REPLIES_EACH + 1))


async def test_topics_opened_liked_and_answered_at_once_are_counted(board: Board, crowd: list[Person]) -> None:
    first = await crowd[0].opens(board, "First")
    opening = await Comment.find_one({"topic": first.oid, "number": 1})
    assert opening is not None
    sends = []
    for person in crowd:
        token = await person.csrf()
        sends += [
            person.send(f"/boards/{board.oid}/topics/new", csrf=token, title=f"Topic {i}", body="x") for i in range(3)
        ]
        sends += [person.send(f"/topics/{first.oid}/comments", csrf=token, body=f"Answer {i}") for i in range(3)]
        sends.append(person.send(f"/comments/{opening.oid}/like", csrf=token))
    before = await aborted()
    answers = await asyncio.gather(*sends)
    # Nobody likes their own words.
    assert sorted({answer.status_code for answer in answers}) == [303, 403]
    assert await aborted() - before <= ABORTED_MAX
    of_topic, of_board = await stored(first, board)
    assert (of_topic.comment_count, of_topic.like_count) == (1 + 3 * len(crowd), len(crowd) - 1)
    assert (of_board.topic_count, of_board.comment_count) == (1 + 3 * len(crowd), 1 + 6 * len(crowd))
    writer = await User.get(crowd[0].id)
    assert writer is not None
    assert (writer.topic_count, writer.comment_count, writer.like_count) == (4, 3, len(crowd) - 1)


async def test_two_who_write_to_each_other_at_once_are_both_heard(alice: Person, bob: Person) -> None:
    conversation = await alice.writes("bob")
    sends = []
    for person in (alice, bob):
        token = await person.csrf()
        sends += [person.send(f"/messages/{conversation}/replies", csrf=token, body=f"Word {i}") for i in range(10)]
    before = await aborted()
    answers = await asyncio.gather(*sends)
    assert {answer.status_code for answer in answers} == {303}
    assert await aborted() - before <= ABORTED_MAX
    for person, told in ((alice, 10), (bob, 11)):
        notices = await Notification.find({"user": person.id}).sort("seq").to_list()
        assert [notice.seq for notice in notices] == list(range(1, told + 1))


async def test_what_finds_too_much_before_it_is_refused_and_still_in_its_form(
    forum: Forum, board: Board, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, conversation = await alice.opens(board), await alice.writes("bob")
    comment = await bob.says(topic, "Before")
    comments = f"/topics/{topic.oid}/comments"
    places: dict[str, dict[str, str]] = {
        f"/boards/{board.oid}/topics/new": {"title": "A title"},
        comments: {"once": "a-key-of-this-form-0001"},
        f"/comments/{comment.oid}/edit": {"seen": "0"},
        "/messages/new": {"to": "alice", "title": "Hello"},
        f"/messages/{conversation}/replies": {},
    }
    async with RenderPool(timeout=20, patience=0.05) as pool:
        monkeypatch.setattr(rendering, "_shared", [(pool, forum.origin)])
        slow = asyncio.create_task(pool.render("- a\n" * 500_000))
        await asyncio.sleep(0.01)
        for path, fields in places.items():
            for preview in ({}, {"preview": "1"}):
                answer = await bob.send(path, body="My *precious* words", **fields, **preview)
                assert answer.status_code == 503, path
                assert "My *precious* words</textarea>" in answer.text, path
                assert "Your text is still here" in answer.text, path
        slow.cancel()
        await asyncio.wait([slow])
        assert (await bob.send(comments, body="My *precious* words", **places[comments])).status_code == 303
    assert await Comment.find({"topic": topic.oid}).count() == 3
