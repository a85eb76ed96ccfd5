"""Opening topics and commenting, from outside."""

from __future__ import annotations

import asyncio

import pytest

from documents import Board, Comment, Topic, User
from tests.people import Forum, Person


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


async def test_a_topic_is_there_for_everyone(board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board, "Tomatoes on a balcony", "Which **variety** stays small?", tags="tomatoes, 阳台")
    page = await guest.see(f"/topics/{topic.oid}")
    assert page.status_code == 200
    assert "Tomatoes on a balcony" in page.text
    assert "<strong>variety</strong>" in page.text
    assert "阳台" in page.text
    assert "Tomatoes on a balcony" in (await guest.see("/")).text
    assert "Tomatoes on a balcony" in (await guest.see(f"/boards/{board.oid}")).text


async def test_comments_are_numbered_without_gaps_under_concurrency(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    token_a, token_b = await alice.csrf(), await bob.csrf()
    sends = [
        person.send(f"/topics/{topic.oid}/comments", csrf=token, body=f"Comment {i} of {person.name}")
        for i in range(8)
        for person, token in ((alice, token_a), (bob, token_b))
    ]
    answers = await asyncio.gather(*sends)
    assert {answer.status_code for answer in answers} == {303}
    comments = await Comment.find({"topic": topic.oid}).sort("number").to_list()
    assert [comment.number for comment in comments] == list(range(1, 18))
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert (stored.comment_count, stored.last_number) == (17, 17)
    kept = await Board.get(board.oid)
    assert kept is not None
    assert (kept.topic_count, kept.comment_count) == (1, 17)
    writer = await User.get(alice.id)
    assert writer is not None
    assert (writer.topic_count, writer.comment_count) == (1, 8)


async def test_the_same_form_sent_twice_makes_one_comment(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    token, once = await alice.csrf(), "a-key-of-this-form-0001"
    answers = await asyncio.gather(
        *(alice.send(f"/topics/{topic.oid}/comments", csrf=token, body="Once", once=once) for _ in range(10))
    )
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, f"/topics/{topic.oid}/n/2")
    }
    assert await Comment.find({"topic": topic.oid}).count() == 2


async def test_a_guest_may_read_but_not_write(board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    answer = await guest.send(f"/topics/{topic.oid}/comments", body="Let me in, I wrote all this")
    assert answer.status_code == 403
    assert "Let me in, I wrote all this" in answer.text
    assert await Comment.find({"topic": topic.oid}).count() == 1


@pytest.mark.parametrize(
    "fields", [{"title": "", "body": "x"}, {"title": "x", "body": "  \u200b "}, {"title": "x" * 300, "body": "y"}]
)
async def test_what_does_not_fit_comes_back_with_the_text(board: Board, alice: Person, fields: dict[str, str]) -> None:
    answer = await alice.send(f"/boards/{board.oid}/topics/new", **{"tags": "kept-tag", **fields})
    assert answer.status_code == 422
    assert "kept-tag" in answer.text
    assert await Topic.find_all().count() == 0


async def test_a_comment_appears_on_the_page_that_a_guest_had_open(board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    assert "Fresh words" not in (await guest.see(f"/topics/{topic.oid}")).text
    await alice.says(topic, "Fresh words")
    assert "Fresh words" in (await guest.see(f"/topics/{topic.oid}")).text


async def test_anything_but_an_object_id_is_no_page(board: Board, guest: Person) -> None:
    for path in ("/topics/1", "/topics/zzz", "/boards/%24ne", "/comments/abc", "/users/0", f"/topics/{board.oid}"):
        assert (await guest.get(path)).status_code == 404, path
