"""Quoting somebody's post tells them once; what stands in the quote tells nobody."""

from __future__ import annotations

from typing import Any

import pytest

from documents import Board, Comment, Topic
from tests.people import Forum, Person


@pytest.fixture
async def post(board: Board, alice: Person, bob: Person) -> Comment:
    topic: Topic = await alice.opens(board, "Tomatoes")
    return await bob.says(topic, "Worth quoting")


def quote(post: Comment, inner: str = "Worth quoting") -> str:
    return f'[quote="somebody, post:{post.number}, topic:{post.topic}"]\n{inner}\n[/quote]\n\nIndeed.'


async def reasons(person: Person) -> list[Any]:
    return [event.get("reasons", event["kind"]) for event in (await person.feed())["events"]]


async def test_who_is_quoted_is_told_once_with_all_reasons(
    post: Comment, alice: Person, bob: Person, charlie: Person
) -> None:
    topic = await Topic.get(post.topic)
    assert topic is not None
    said = await charlie.says(topic, quote(post, "@alice wrote") + "\n\n" + quote(post))
    assert await reasons(bob) == [["quote"]]
    assert await reasons(alice) == []
    assert "quoted you in" in (await bob.get("/notifications")).text
    await charlie.send(f"/comments/{said.oid}/edit", body=quote(post) + " @bob")
    assert await reasons(bob) == [["quote", "mention"]]
    await charlie.says(topic, quote(post) + " Once more, @bob", reply_to=str(post.oid))
    assert (await reasons(bob))[1:] == [["mention", "reply", "quote"]]
    await bob.says(topic, quote(post))
    assert len(await reasons(bob)) == 2


async def test_an_edit_tells_who_is_quoted_anew(post: Comment, bob: Person, charlie: Person) -> None:
    topic = await Topic.get(post.topic)
    assert topic is not None
    said = await charlie.says(topic, "Nothing yet")
    await charlie.send(f"/comments/{said.oid}/edit", body=quote(post))
    assert await reasons(bob) == [["quote"]]


@pytest.mark.parametrize(
    "body",
    [
        '[quote="x"]\n{0}\n[/quote]',
        "> {0}",
        "```\n{0}\n```",
        '[quote="bob"]\nno place\n[/quote]',
        '[quote="bob, post:999, topic:{1}"]\nnothing there\n[/quote]',
        '[quote="bob, post:2, topic:000000000000000000000000"]\nnor there\n[/quote]',
    ],
)
async def test_what_is_no_quote_of_a_post_tells_nobody(post: Comment, bob: Person, charlie: Person, body: str) -> None:
    topic = await Topic.get(post.topic)
    assert topic is not None
    await charlie.says(topic, body.replace("{0}", quote(post).split("\n\n")[0]).replace("{1}", str(post.topic)))
    assert await reasons(bob) == []


async def test_quoting_what_one_may_not_read_tells_nobody(
    forum: Forum, board: Board, alice: Person, mod: Person
) -> None:
    staff_board = await forum.board("Staff", staff_only=True, position=2)
    hidden = await mod.opens(staff_board, "Among us")
    topic = await alice.opens(board, "Outside")
    opening = await Comment.find_one({"topic": hidden.oid, "number": 1})
    assert opening is not None
    await alice.says(topic, quote(opening))
    assert await reasons(mod) == []
