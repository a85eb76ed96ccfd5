"""A topic as it is printed."""

from __future__ import annotations

import pytest

from documents import Board
from tests import stock
from tests.people import Forum, Person


async def test_a_topic_is_an_article(board: Board, alice: Person, bob: Person, mod: Person, guest: Person) -> None:
    topic = await alice.opens(board, "For paper", "The **opening**")
    kept = await bob.says(topic, "An answer")
    gone = await bob.says(topic, "A slip")
    await mod.send(f"/comments/{gone.oid}/delete", reason="")
    for person in (guest, bob):
        text = (await person.get(f"/topics/{topic.oid}/print")).text
        assert "<strong>opening</strong>" in text
        assert "An answer" in text
        assert "A slip" not in text
        assert "hole:" not in text
        for button in ("/like", "/edit", f"reply_to={kept.oid}", 'name="body"'):
            assert button not in text
    await alice.send(f"/comments/{kept.oid}/edit", body="x")  # not hers
    await bob.send(f"/comments/{kept.oid}/edit", body="A better answer")
    assert "A better answer" in (await guest.get(f"/topics/{topic.oid}/print")).text


async def test_long_topics_are_printed_in_parts(board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 104)
    first = (await guest.get(f"/topics/{topic.oid}/print")).text
    second = (await guest.get(f"/topics/{topic.oid}/print?page=2")).text
    assert "Comment 98<" in first
    assert "Comment 99<" not in first
    assert "Comment 99<" in second
    assert "Comment 103<" in second


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "9" * 10, "²"])
async def test_pages_that_are_not_there(board: Board, alice: Person, guest: Person, page: str) -> None:
    topic = await alice.opens(board)
    assert (await guest.get(f"/topics/{topic.oid}/print?page={page}")).status_code == 404


async def test_what_may_not_be_read_is_not_printed(
    forum: Forum, board: Board, alice: Person, bob: Person, charlie: Person, mod: Person, guest: Person
) -> None:
    hidden = await mod.opens(await forum.board("Backstage", staff_only=True, position=2))
    gone = await alice.opens(board)
    await alice.send(f"/topics/{gone.oid}/delete")
    for topic in (hidden, gone):
        for person in (bob, guest):
            assert (await person.get(f"/topics/{topic.oid}/print")).status_code == 404
    shown = await alice.opens(board, body="Words of Alice")
    await bob.send(f"/users/{alice.id}/block")
    assert "Words of Alice" not in (await bob.get(f"/topics/{shown.oid}/print")).text
    assert "Words of Alice" in (await charlie.get(f"/topics/{shown.oid}/print")).text
