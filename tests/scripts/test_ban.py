"""scripts/admin.py ban and unban."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings
from documents import Login, Operation, User
from tests.people import Forum, Person
from tests.scripts.calling import call, on


@pytest.fixture
def env(forum: Forum, settings: Settings, tmp_path: Path) -> dict[str, str]:
    return {**on(settings), "QUORUM_DATA_DIR": str(tmp_path)}


async def test_ban_and_unban(env: dict[str, str], alice: Person) -> None:
    assert (await alice.get("/settings/account")).status_code == 200
    done = await call("admin", "ban", "@Alice", **env)
    assert (done.code, done.out) == (0, "alice is banned now.\n")
    assert (await alice.get("/settings/account")).status_code == 403
    assert await Login.find({"user": alice.id, "ended_at": None}).count() == 0
    assert (await call("admin", "ban", "alice", **env)).out == "alice was banned already.\n"
    assert (await call("admin", "unban", "alice", **env)).out == "alice may log in again.\n"
    user = await User.get(alice.id)
    assert user is not None
    assert user.banned_at is None
    assert [operation.verb async for operation in Operation.find_all()] == ["person.ban", "person.unban"]
    nobody = await call("admin", "ban", "nobody", **env)
    assert nobody.code == 1
    assert "nobody named nobody" in nobody.err
