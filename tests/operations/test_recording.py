"""Every act of staff is one operation: who, what, on whom, before and after, from where, why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from documents import Board, Operation
from tests import stock
from tests.people import Forum, Person
from tests.scripts.calling import call, on


async def log() -> list[Operation]:
    """All operations, oldest first."""
    return await Operation.find_all().sort("at", "_id").to_list()


async def test_what_moderators_do_to_a_topic_is_written_down(board: Board, alice: Person, mod: Person) -> None:
    topic = await alice.opens(board, title="Roses")
    path = f"/topics/{topic.oid}"
    for verb in ("pin", "pin", "unpin", "lock"):
        assert (await mod.send(f"{path}/{verb}")).status_code == 303
    await mod.send(f"{path}/edit", title="Tulips", body="An opening post", tags="bulbs", seen="0", reason="Clearer")
    await mod.send(f"{path}/delete", reason="Off topic")
    await mod.send(f"{path}/restore")
    found = await log()
    assert [operation.verb for operation in found] == [
        *("topic.pin", "topic.unpin", "topic.lock", "topic.edit", "topic.delete", "topic.restore")
    ], "what is pinned already is not pinned again"
    for operation in found:
        assert operation.actor == mod.id
        assert operation.address == "127.0.0.1"
        assert operation.concerns == [alice.id]
        assert [(target.kind, target.id) for target in operation.targets] == [("topic", topic.oid)]
    pin, _, lock, edit, delete, restore = found
    assert (pin.targets[0].before, pin.targets[0].after) == ({"pinned": False}, {"pinned": True})
    assert lock.targets[0].after == {"locked": True}
    assert edit.targets[0].before == {"title": "Roses", "tags": [], "version": 1}
    assert edit.targets[0].after == {"title": "Tulips", "tags": ["bulbs"], "version": 2}
    assert (edit.reason, delete.reason) == ("Clearer", "Off topic")
    assert delete.targets[0].before["deleted_at"] is None
    assert delete.targets[0].after == restore.targets[0].before


async def test_what_moderators_do_to_a_comment_is_written_down(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board)
    comment = await bob.says(topic, "First words")
    path = f"/comments/{comment.oid}"
    await mod.send(f"{path}/edit", body="Better words", seen="0", reason="Kinder")
    await mod.send(f"{path}/versions/1/restore")
    await mod.send(f"{path}/delete", reason="Rude")
    await mod.send(f"{path}/restore")
    found = await log()
    verbs = ["comment.edit", "comment.edit", "comment.delete", "comment.restore"]
    assert [operation.verb for operation in found] == verbs
    assert all(operation.concerns == [bob.id] for operation in found)
    assert found[0].targets[0].after == {"version": 2}
    assert found[2].targets[0].after["delete_reason"] == "Rude"


async def test_what_authors_do_with_their_own_is_no_operation(
    board: Board, alice: Person, mod: Person, charlie: Person
) -> None:
    for author in (alice, mod):
        topic = await author.opens(board)
        comment = await author.says(topic, "Words")
        await author.send(f"/comments/{comment.oid}/edit", body="Other words", seen="0")
        await author.send(f"/comments/{comment.oid}/delete")
        await author.send(f"/comments/{comment.oid}/restore")
        await author.send(f"/topics/{topic.oid}/edit", title="New", body="Text", seen="0")
        await author.send(f"/topics/{topic.oid}/delete")
        await author.send(f"/topics/{topic.oid}/restore")
    await charlie.send(f"/topics/{topic.oid}/pin")
    await charlie.send(f"/topics/{topic.oid}/delete")
    assert await log() == []


async def test_boards_are_written_down_with_what_changed(admin: Person) -> None:
    await admin.send("/admin/boards", name="Garden", description="Plants")
    board = await Board.find_one({"name": "Garden"})
    assert board is not None
    path = f"/admin/boards/{board.oid}"
    await admin.send(path, name="Garden", description="Plants")
    await admin.send(path, name="Gardens", description="Plants", staff_only="1")
    for _ in range(2):
        await admin.send(f"{path}/delete", reason="Empty")
    await admin.send(f"{path}/restore")
    found = await log()
    assert [operation.verb for operation in found] == ["board.create", "board.change", "board.delete", "board.restore"]
    changed = found[1].targets[0]
    assert changed.before == {"name": "Garden", "name_key": "garden", "staff_only": False}
    assert changed.after == {"name": "Gardens", "name_key": "gardens", "staff_only": True}
    assert found[2].reason == "Empty"
    await admin.send("/admin/boards", name="GARDENS")
    assert len(await log()) == 4, "what was refused was not done"


async def test_scripts_write_down_what_they_do(forum: Forum, settings: Settings, tmp_path: Path, alice: Person) -> None:
    env = {**on(settings), "QUORUM_DATA_DIR": str(tmp_path), "QUORUM_ADMIN_PASSWORD": "a new 密码 of hers"}
    for arguments in (("promote", "alice", "--role", "moderator"), ("password", "alice")):
        done = await call("admin", *arguments, **env)
        assert done.code == 0, done.err
    found = await log()
    assert [operation.verb for operation in found] == ["person.role", "person.password"]
    for operation in found:
        assert (operation.actor, operation.address, operation.concerns) == (None, "", [alice.id])
    assert found[0].targets[0].before == {"role": "member"}
    assert found[0].targets[0].after == {"role": "moderator"}
    assert "hash" not in str(found[1])


async def test_no_operation_without_the_act_and_no_act_without_it(
    board: Board, alice: Person, mod: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are one transaction: what cannot be written down does not happen."""
    (topic,) = await stock.topics(board, alice, 1)

    async def full(*_: Any) -> None:
        raise OSError("the log cannot be written")

    monkeypatch.setattr(Operation, "append", full)
    assert (await mod.send(f"/topics/{topic.oid}/delete")).status_code == 500
    monkeypatch.undo()
    assert (await alice.get(f"/topics/{topic.oid}")).status_code == 200
    assert await log() == []


def test_nothing_changes_what_is_written_down(root: Path) -> None:
    """Only `documents/operation.py` writes to the log: it appends, and marks what was undone."""
    write = re.compile(r"\bOperation\b[\w.()\n ]*\.(?:\w*(?:update|replace|delete|insert|save|set)\w*|raw\(\)\.bulk)")
    for folder in ("app", "documents", "scripts"):
        for path in (root / folder).rglob("*.py"):
            found = write.findall(path.read_text(encoding="utf-8"))
            assert not found, f"{path}: {found}"
    own = (root / "documents" / "operation.py").read_text(encoding="utf-8")
    assert re.findall(r"cls\.raw\(\)\.(\w+)", own) == ["insert_one", "update_one"]
    assert 'undone = {"$set": {"undone_by": by, "undone_at": at}}' in own
