"""Titles, slow mode, many topics at once, and undoing with a look at what has changed since."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from documents import Board, Comment, Operation, Revision, Topic
from tests import stock
from tests.moderation.test_arranging import last_operation, undo
from tests.people import Forum, Person
from tests.scripts.calling import miscounted


async def test_another_title_is_found_and_taken_back(board: Board, alice: Person, mod: Person, guest: Person) -> None:
    topic = await alice.opens(board, title="Zinnias", body="Text")
    await mod.send(f"/topics/{topic.oid}/retitle", title="大丽花", reason="Clearer")
    assert "大丽花" in (await guest.get(f"/topics/{topic.oid}")).text
    assert (await guest.get("/search?q=大丽花")).text.count(str(topic.oid)) > 0
    assert await Revision.find({"topic": topic.oid, "title": "Zinnias"}).count() == 1
    assert "Zinnias" in (await guest.get(f"/comments/{(await opening(topic)).oid}/history")).text
    assert await undo(mod, "topic.retitle") == 303
    assert "Zinnias" in (await guest.get(f"/topics/{topic.oid}")).text
    await mod.send(f"/topics/{topic.oid}/retitle", title="Asters")
    await alice.send(f"/topics/{topic.oid}/edit", title="Mine again", body="Text", seen="3")
    operation = await last_operation("topic.retitle")
    refused = await mod.send(f"/operations/{operation.oid}/undo")
    assert refused.status_code == 409
    assert "the title" in refused.text
    assert "Mine again" in (await guest.get(f"/topics/{topic.oid}")).text


async def opening(topic: Topic) -> Comment:
    found = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert found is not None
    return found


async def test_slow_mode_is_exact(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    topic = await alice.opens(board)
    await mod.send(f"/topics/{topic.oid}/slow", seconds="3600")
    assert "Slow mode" in (await alice.get(f"/topics/{topic.oid}")).text
    answers = await asyncio.gather(
        *(bob.send(f"/topics/{topic.oid}/comments", body=f"At once {i}") for i in range(6)),
        mod.send(f"/topics/{topic.oid}/comments", body="I may"),
        mod.send(f"/topics/{topic.oid}/comments", body="I may again"),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 303, 303, *[429] * 5]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "Slow mode: in this topic you can write again in" in refused.text
    assert "At once" in refused.text, "what they typed is still there"
    (said,) = await Comment.find({"topic": topic.oid, "author": bob.id}).to_list()
    await bob.send(f"/comments/{said.oid}/delete")
    assert (await bob.send(f"/topics/{topic.oid}/comments", body="Again")).status_code == 429
    assert (await mod.send(f"/topics/{topic.oid}/slow", seconds="7")).status_code == 422
    assert await undo(mod, "topic.slow") == 303
    assert (await bob.send(f"/topics/{topic.oid}/comments", body="Free")).status_code == 303
    assert await miscounted() == []


@pytest.mark.parametrize("verb", ["lock", "delete", "move"])
async def test_one_act_on_many_is_one_operation(
    forum: Forum, board: Board, alice: Person, mod: Person, guest: Person, verb: str
) -> None:
    office = await forum.board("Office", position=2)
    topics = await stock.topics(board, alice, 3)
    await stock.comments(topics[0], alice, 1)
    page = await mod.get(f"/topics/choose?board={board.oid}")
    assert all(str(topic.oid) in page.text for topic in topics)
    ids = [str(topic.oid) for topic in topics]
    fields: Any = {"topic": [*ids, ids[0], "nonsense"], "act": verb, "board": str(office.oid), "reason": "Tidy"}
    assert (await mod.send("/topics/bulk", **fields)).status_code == 303
    operation = await last_operation(f"topic.{verb}")
    assert len(operation.targets) == 3
    assert operation.reason == "Tidy"
    assert await miscounted() == []
    before = [await Topic.raw().find_one({"_id": topic.oid}) for topic in topics]
    await mod.send(
        f"/topics/{ids[1]}/{'restore' if verb == 'delete' else 'un' + verb if verb == 'lock' else 'move'}",
        board=str(board.oid),
    )
    refused = await mod.send(f"/operations/{operation.oid}/undo")
    assert refused.status_code == 409, "one has changed, so none is undone"
    after = [await Topic.raw().find_one({"_id": topic.oid}) for topic in topics]
    assert [was == has for was, has in zip(before, after, strict=True)] == [True, False, True]
    await mod.send("/topics/bulk", **fields)
    assert len((await last_operation(f"topic.{verb}")).targets) == 1, "only what was not so already"
    assert await undo(mod, f"topic.{verb}") == 303
    assert await miscounted() == []


async def test_an_undo_is_an_operation(board: Board, alice: Person, mod: Person, admin: Person) -> None:
    topic = await alice.opens(board)
    await mod.send(f"/topics/{topic.oid}/delete", reason="Spam")
    assert await undo(mod, "topic.delete") == 303
    first, second = await Operation.find({"verb": "topic.delete"}).sort("at", "_id").to_list()
    assert (first.undone_by, second.undo_of) == (second.oid, first.oid)
    assert second.targets[0].after["deleted_at"] is None
    assert (await mod.send(f"/operations/{first.oid}/undo")).status_code == 409
    await admin.send("/admin/boards", name="Empty")
    made = await Board.find_one({"name": "Empty"})
    assert made is not None
    await admin.send(f"/admin/boards/{made.oid}/delete")
    operation = await last_operation("board.delete")
    assert (await mod.send(f"/operations/{operation.oid}/undo")).status_code == 403
    assert (await admin.send(f"/operations/{operation.oid}/undo")).status_code == 303
    page = (await mod.get(f"/topics/{topic.oid}/moderate")).text
    assert "Spam" in page
    assert "undone" in page
