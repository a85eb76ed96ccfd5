"""New people's first texts wait: seen by nobody but their author and moderators, and told of once they are approved."""

from __future__ import annotations

import asyncio

import pytest

from documents import Board, Comment, Operation, Topic, User
from tests.doctored import Doctor
from tests.people import Person

pytestmark = pytest.mark.usefixtures("two_wait")
QUEUE = "/moderation/approval"
SECRET = "zucchini"


async def events(person: Person) -> list[str]:
    return [event["kind"] for event in (await person.feed())["events"]]


async def counted(board: Board, topic: Topic, person: Person) -> tuple[int, int, int]:
    found, author = await Topic.get(topic.oid), await User.get(person.id)
    at = await Board.get(board.oid)
    assert found is not None
    assert author is not None
    assert at is not None
    return found.comment_count, at.comment_count, author.comment_count


async def test_a_held_comment_is_nowhere_until_it_is_approved_and_tells_once(
    board: Board,
    topic: Topic,
    alice: Person,
    bob: Person,
    guest: Person,
    mod: Person,
    admin: Person,
    doctor: Doctor,
) -> None:
    before = await counted(board, topic, alice)
    comment = await alice.says(topic, f"@bob, try the {SECRET}")
    assert comment.deleted_as == "held"
    assert await counted(board, topic, alice) == before
    paths = ("/", f"/topics/{topic.oid}", f"/topics/{topic.oid}/print", f"/search?q={SECRET}", f"/users/{alice.id}")
    for path in (*paths, f"/users/{alice.id}/comments", "/feeds/topics", f"/feeds/topics/{topic.oid}"):
        for person in (guest, bob):
            assert f"try the {SECRET}" not in (await person.get(path)).text, path
    since = f"/topics/{topic.oid}/since?first=1&last=1&known=1&version=0"
    assert SECRET not in (await bob.get(since)).text
    assert SECRET in (await alice.get(since)).text
    assert (await bob.get(f"/comments/{comment.oid}")).status_code == 404
    for person in (alice, mod):
        seen = (await person.get(f"/topics/{topic.oid}")).text
        assert SECRET in seen
        assert "Waits for approval" in seen
    assert await events(bob) == []
    assert (await bob.get(QUEUE)).status_code == 404
    assert SECRET in (await mod.get(QUEUE)).text
    path = f"{QUEUE}/comment/{comment.oid}/approve"
    answers = await asyncio.gather(*(person.send(path) for person in (mod, admin, mod, admin)))
    assert [answer.status_code for answer in answers].count(303) == 1
    assert await events(bob) == ["mention"]
    assert await events(alice) == ["moderation"]
    assert await counted(board, topic, alice) == tuple(number + 1 for number in before)
    for person in (guest, bob):
        assert SECRET in (await person.get(f"/topics/{topic.oid}")).text
    assert alice.id in (await Topic.get(topic.oid)).participants  # type: ignore[union-attr]
    await doctor()


async def test_a_held_topic_and_what_is_turned_down(
    board: Board, alice: Person, bob: Person, guest: Person, mod: Person, admin: Person, doctor: Doctor
) -> None:
    held = await alice.opens(board, f"My {SECRET}", "@bob look")
    await doctor()
    for path in ("/", f"/boards/{board.oid}", "/feeds/topics"):
        for person in (guest, bob):
            assert SECRET not in (await person.get(path)).text, path
    assert (await bob.get(f"/topics/{held.oid}")).status_code == 404
    page = (await alice.get(f"/topics/{held.oid}")).text
    assert "waits for approval" in page
    assert (await mod.send(f"/topics/{held.oid}/restore")).status_code == 403
    assert (await mod.send(f"{QUEUE}/topic/{held.oid}/reject", reason="No vegetables")).status_code == 303
    assert (await mod.send(f"{QUEUE}/topic/{held.oid}/reject", reason="Again")).status_code == 409
    page = (await alice.get(f"/topics/{held.oid}")).text
    assert "No vegetables" in page
    assert "look" in page
    operation = await Operation.find_one({"verb": "topic.reject"})
    assert operation is not None
    where = f"/decisions/{operation.oid}"
    assert (await alice.send(f"{where}/appeal", words="But they are good")).status_code == 303
    seen = (await admin.get("/moderation/appeals")).text
    assert "But they are good" in seen
    appeal = seen.split("/moderation/appeals/")[2].split("/")[0]
    assert await events(bob) == []
    assert (await admin.send(f"/moderation/appeals/{appeal}/grant")).status_code == 303
    assert await events(bob) == ["mention"]
    assert (await guest.get(f"/topics/{held.oid}")).status_code == 200
    await doctor()


async def test_only_the_first_ones_of_who_is_new(board: Board, topic: Topic, alice: Person, mod: Person) -> None:
    for _ in range(2):
        comment = await alice.says(topic, "Words")
        assert comment.unseen
        assert (await mod.send(f"{QUEUE}/comment/{comment.oid}/approve")).status_code == 303
    assert (await alice.says(topic, "More words")).live
    assert (await mod.says(topic, "Words of a moderator")).live
    assert await Comment.find({"deleted_as": "held"}).count() == 0


async def test_what_waits_is_not_in_the_recycle_bin(topic: Topic, alice: Person, mod: Person) -> None:
    """There it could come back without anybody having read it."""
    comment = await alice.says(topic, f"Try the {SECRET}")
    bin_ = "/moderation/bin"
    assert SECRET not in (await mod.get(f"{bin_}?kind=comments")).text
    assert (await mod.get(f"{bin_}/comments/{comment.oid}")).status_code == 404
    await mod.send(f"{bin_}/restore", kind="comments", one=str(comment.oid))
    found = await Comment.get(comment.oid)
    assert found is not None
    assert found.deleted_as == "held"
