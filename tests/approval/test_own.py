"""What authors do with a text that waits: change it, withdraw it, send it again; and what meets what at one moment."""

from __future__ import annotations

import asyncio

import pytest

from documents import Board, Comment, Operation, Revision, Topic
from tests.approval.test_approval import counted, events
from tests.doctored import Doctor
from tests.moderation.test_arranging import last_operation, undo
from tests.moderation.test_telling import heard
from tests.people import Person

pytestmark = pytest.mark.usefixtures("two_wait")
QUEUE = "/moderation/approval"
CHANGED = "The author has changed this meanwhile"


async def now_(comment: Comment) -> Comment:
    found = await Comment.get(comment.oid)
    assert found is not None
    return found


async def test_it_is_changed_while_it_waits_and_the_moderator_is_told(
    topic: Topic, alice: Person, bob: Person, mod: Person, doctor: Doctor
) -> None:
    comment = await alice.says(topic, "Buy marows, @bob")
    path = f"/comments/{comment.oid}"
    assert f"{path}/edit" in (await alice.get(f"/topics/{topic.oid}")).text
    assert (await bob.send(f"{path}/edit", body="Mine", seen="0")).status_code == 404
    assert (await mod.send(f"{path}/edit", body="Mine", seen="0")).status_code == 403
    assert (await alice.send(f"{path}/edit", body="Buy marrows, @bob", seen="0")).status_code == 303
    assert (await alice.send(f"{path}/edit", body="From an old tab", seen="0")).status_code == 409
    behind = await mod.send(f"{QUEUE}/comment/{comment.oid}/approve", seen="0")
    assert (behind.status_code, CHANGED in behind.text, "Buy marrows" in behind.text) == (409, True, True)
    assert (await now_(comment)).deleted_as == "held"
    assert 'name="seen" value="1"' in behind.text
    assert await events(bob) == []
    assert (await mod.send(f"{QUEUE}/comment/{comment.oid}/approve", seen="1")).status_code == 303
    assert await events(bob) == ["mention"]
    assert await Revision.find_all().count() == 0, "what nobody has seen is no version"
    assert (await alice.send(f"{path}/edit", body="Buy leeks", seen="1")).status_code == 303
    assert (await now_(comment)).body == "Buy leeks"
    await doctor()


async def test_it_is_withdrawn_and_sent_again(
    board: Board, topic: Topic, alice: Person, bob: Person, mod: Person, doctor: Doctor
) -> None:
    before = await counted(board, topic, alice)
    comment = await alice.says(topic, "Hasty words")
    path, decide = f"/comments/{comment.oid}", f"{QUEUE}/comment/{comment.oid}"
    assert (await bob.send(f"{path}/withdraw")).status_code == 404
    assert (await mod.send(f"{path}/withdraw")).status_code == 403
    assert (await alice.send(f"{path}/withdraw")).status_code == 303
    assert (await alice.send(f"{path}/withdraw")).status_code == 409
    assert "Hasty words" not in (await mod.get(QUEUE)).text
    late = await mod.send(f"{decide}/approve", seen="0")
    assert (late.status_code, "has withdrawn this" in late.text) == (409, True)
    assert (await alice.send(f"{path}/restore")).status_code == 403, "that would be a way around the queue"
    assert "Hasty words" in (await alice.get(f"/topics/{topic.oid}")).text
    assert (await bob.get(path)).status_code == 404
    assert (await alice.send(f"{path}/edit", body="Better words", seen="0")).status_code == 303
    assert "Better words" in (await mod.get(QUEUE)).text
    assert (await mod.send(f"{decide}/reject", reason="Not yet", seen="1")).status_code == 303
    same = await alice.send(f"{path}/edit", body="Better words", seen="1")
    assert (same.status_code, "Better words</textarea>" in same.text) == (422, True)
    assert (await alice.send(f"{path}/edit", body="The best words", seen="1")).status_code == 303
    assert (await mod.send(f"{decide}/approve", seen="2")).status_code == 303
    assert await counted(board, topic, alice) == tuple(number + 1 for number in before)
    await doctor()


async def test_a_topic_is_changed_withdrawn_and_sent_again(
    board: Board, alice: Person, bob: Person, mod: Person, doctor: Doctor
) -> None:
    topic = await alice.opens(board, "My gardn", "@bob look")
    path, decide = f"/topics/{topic.oid}", f"{QUEUE}/topic/{topic.oid}"
    assert (await alice.send(f"{path}/edit", title="My garden", body="@bob look", seen="0")).status_code == 303
    behind = await mod.send(f"{decide}/reject", reason="Spelling", seen="0")
    assert (behind.status_code, CHANGED in behind.text, "My garden" in behind.text) == (409, True, True)
    assert "Spelling" in behind.text
    assert (await alice.send(f"{path}/withdraw")).status_code == 303
    assert (await bob.get(path)).status_code == 404
    assert (await mod.send(f"{decide}/approve", seen="1")).status_code == 409
    assert (await alice.send(f"{path}/edit", title="My garden", body="@bob look", seen="1")).status_code == 303
    assert (await mod.send(f"{decide}/approve", seen="2")).status_code == 303
    assert await events(bob) == ["mention"]
    assert (await bob.get(path)).status_code == 200
    await doctor()


@pytest.mark.parametrize("act", ["withdraw", "edit"])
async def test_at_the_same_moment_one_of_both_happens(
    board: Board, topic: Topic, alice: Person, mod: Person, doctor: Doctor, act: str
) -> None:
    before = await counted(board, topic, alice)
    for round_ in range(4):
        comment = await alice.says(topic, f"Words {round_}")
        mine = alice.send(f"/comments/{comment.oid}/{act}", **({"body": "Other", "seen": "0"} if act == "edit" else {}))
        decision = mod.send(f"{QUEUE}/comment/{comment.oid}/approve", seen="0")
        own, decided = [answer.status_code for answer in await asyncio.gather(mine, decision)]
        found = await now_(comment)
        if decided == 303:  # an edit that came after it is one of a text that everybody sees
            assert own in ((409, 403) if act == "withdraw" else (303, 409))
            assert found.live
            assert await Operation.find({"verb": "comment.approve"}).count() == 1
            assert await counted(board, topic, alice) == tuple(number + 1 for number in before)
            break
        assert (own, decided) == (303, 409)
        assert (found.deleted_as, found.body) == (
            ("withdrawn", f"Words {round_}") if act == "withdraw" else ("held", "Other")
        )
        assert await counted(board, topic, alice) == before
    await doctor()


async def test_decisions_are_undone_and_what_was_seen_is_put_on_hold(
    board: Board, topic: Topic, alice: Person, bob: Person, mod: Person, doctor: Doctor
) -> None:
    before = await counted(board, topic, alice)
    comment = await alice.says(topic, "@bob, leeks")
    decide = f"{QUEUE}/comment/{comment.oid}"
    await mod.send(f"{decide}/approve", seen="0")
    assert "data-queue-undo" in (await mod.get(QUEUE)).text
    assert await undo(mod, "comment.approve") == 303
    assert (await now_(comment)).deleted_as == "held"
    assert await counted(board, topic, alice) == before
    assert (await bob.feed())["unread"]["notifications"] == 0
    await mod.send(f"{decide}/reject", reason="No", seen="0")
    assert await undo(mod, "comment.reject") == 303
    assert "leeks" in (await mod.get(QUEUE)).text
    await mod.send(f"{decide}/approve", seen="0")
    assert (await bob.feed())["unread"]["notifications"] == 1
    assert (await bob.get(f"{decide}/hold")).status_code == 404
    assert (await mod.send(f"{decide}/hold", reason="Wait")).status_code == 303
    assert "Wait" in (await heard(alice))[-1]
    assert (await bob.get(f"/comments/{comment.oid}")).status_code == 404
    assert await counted(board, topic, alice) == before
    assert (await mod.send(f"{decide}/hold", reason="Again")).status_code == 403
    await doctor()
    assert await undo(mod, "comment.hold") == 303
    assert (await bob.get(f"/comments/{comment.oid}")).status_code == 302
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    assert (await mod.send(f"{QUEUE}/comment/{opening.oid}/hold")).status_code == 303
    assert (await last_operation("topic.hold")).targets[0].id == topic.oid
    assert (await bob.get(f"/topics/{topic.oid}")).status_code == 404
    await doctor()
