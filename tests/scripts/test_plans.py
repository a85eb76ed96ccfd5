"""scripts/cleanup.py --plan: exactly what was shown, once, however often it is killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from documents import Comment, Operation, Topic
from documents.clock import now
from scripts.cleaning import keeping, running
from scripts.cleaning.keeping import begin_plan, keep, open_plan
from scripts.cleaning.plan import Plan, Terms
from scripts.opened import Opened
from tests.people import Person
from tests.scripts.calling import changes, miscounted
from tests.scripts.test_cleanup import CUTOFF, Garden, age, clean, counts, dump, env, garden, leavers, put_back

__all__ = ["env", "garden", "leavers"]


async def only_operation() -> Operation:
    (found,) = await Operation.find({"verb": running.VERB}).to_list()
    return found


async def test_a_plan_does_exactly_what_it_showed(
    env: dict[str, str], garden: Garden, bob: Person, mod: Person
) -> None:
    before = await dump()
    dry = await clean(env, "--dry-run", "--json")
    assert changes(before, await dump()) == {}
    name = dry.json["plan"]
    assert (await mod.send(f"/topics/{garden.old_topic.oid}/restore")).status_code == 303
    assert (await mod.send(f"/comments/{garden.old_comment.oid}/restore")).status_code == 303
    later = await bob.says(garden.topic, "Deleted after the plan")
    assert (await bob.send(f"/comments/{later.oid}/delete", reason="")).status_code == 303
    await age(Comment, later.oid)
    done = await clean(env, "--plan", name, "--json")
    assert counts(done)["topics"] == 1
    planned = {kind: count["count"] for kind, count in dry.json["kinds"].items()}
    settled = {
        kind: sum(done.json[how][kind]["count"] for how in ("kinds", "left", "gone")) for kind in done.json["kinds"]
    }
    assert settled == planned
    assert done.json["left"]["topics"]["count"] == 1
    assert await Topic.get(garden.old_topic.oid) is not None
    assert await Comment.get(garden.old_comment.oid) is not None
    assert await Comment.get(later.oid) is not None, "it was not in the plan"
    assert await miscounted() == []


async def test_it_is_written_down_once_and_says_when_it_is_finished(env: dict[str, str], garden: Garden) -> None:
    name = (await clean(env, "--dry-run", "--json")).json["plan"]
    done = await clean(env, "--plan", name, "--json")
    operation = await only_operation()
    assert operation.actor is None
    (target,) = operation.targets
    assert target.name == name
    size = sum(count["bytes"] for count in done.json["kinds"].values())
    assert target.after == {**counts(done), "bytes": size}
    before = await dump()
    again = await clean(env, "--plan", name)
    assert f"Plan {name} was finished before." in again.out
    assert changes(before, await dump()) == {}


async def test_the_log_shows_it(env: dict[str, str], garden: Garden, admin: Person) -> None:
    name = (await clean(env, "--json")).json["plan"]
    page = (await admin.get("/admin/logs/operations?verb=forum.cleanup")).text
    assert name in page
    assert "a script" in page


async def test_what_cannot_be_carried_out_is_said(env: dict[str, str], garden: Garden, tmp_path: Path) -> None:
    before = await dump()
    for wrong in ("20200101-000000-abcdef", "../../etc/passwd", "", "x" * 5000):
        refused = await clean(env, "--plan", wrong)
        assert refused.code == 2
        assert "There is no plan" in refused.err
    name = (await clean(env, "--dry-run", "--json")).json["plan"]
    assert (await clean(env, "--plan", name, "--dry-run")).code == 2
    with open_plan(tmp_path, name):
        busy = await clean(env, "--plan", name)
    assert (busy.code, "by another process" in busy.err) == (1, True)
    with open_plan(tmp_path, name) as plan:
        terms = plan.terms
        old = now() - keeping.WAITS - timedelta(minutes=1)
        plan.say_terms(Terms(old, terms.older_than_days, terms.since, terms.left_before, terms.unused_since))
    expired = await clean(env, "--plan", name)
    assert (expired.code, "has expired" in expired.err) == (1, True)
    assert changes(before, await dump()) == {}


class Killed(BaseException):
    """In the place of `kill -9`."""


async def test_killed_anywhere_the_same_plan_finishes(
    garden: Garden, leavers: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Opened(settings.model_copy(update={"data_dir": tmp_path}), None)
    terms = Terms(now(), 30, now() - CUTOFF, now() - CUTOFF, now() - CUTOFF)
    with begin_plan(tmp_path, terms) as plan:
        await running.planned(opened, plan)
        keep(plan)
        assert plan.path is not None
        name, path = plan.name, plan.path
    kept = shutil.copy(path, tmp_path / "copy")
    before = await dump()
    expected = await whole_run(opened, name)
    points, killed_at = range(1, 400, 7), 0
    for point in points:
        await put_back(before)
        shutil.copy(kept, path)
        if not await killed_after(point, opened, name, monkeypatch):
            break
        killed_at = point
        assert await whole_run(opened, name) == expected, point
    assert killed_at > 40


async def whole_run(opened: Opened, name: str) -> tuple[Any, ...]:
    """What is there then, what the plan says became of everything, and what is in the log."""
    with open_plan(opened.settings.data_dir, name) as plan:
        await running.carried_out(opened, plan)
        became = [plan.counts("purged"), plan.counts("left"), plan.counts("gone"), plan.leavers("purged")]
    left = await dump()
    left.pop("operations")
    return {kind: [raw["_id"] for raw in raws] for kind, raws in left.items()}, became, (await only_operation()).targets


async def killed_after(notes: int, opened: Opened, name: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether it came to that many notes in the plan: half of the points lie between an act and the note of it."""
    left, noted = notes, Plan.settle

    def settle(plan: Plan, kind: str, ids: Iterable[str], outcome: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Killed
        noted(plan, kind, ids, outcome)

    with monkeypatch.context() as patch, open_plan(opened.settings.data_dir, name) as plan:
        patch.setattr(Plan, "settle", settle)
        try:
            await running.carried_out(opened, plan)
        except Killed:
            return True
    return False


async def test_what_waited_too_long_is_cleared_away(env: dict[str, str], garden: Garden, tmp_path: Path) -> None:
    name = (await clean(env, "--dry-run", "--json")).json["plan"]
    folder = tmp_path / keeping.FOLDER
    for days, state in ((20, ".plan"), (20, ".part"), (3, ".plan")):
        made_at = now() - timedelta(days=days)
        shutil.copy(folder / f"{name}.plan", folder / f"{made_at:%Y%m%d-%H%M%S}-abcdef{state}")
    assert (await clean(env, "--dry-run")).code == 0
    assert sorted(path.suffix for path in folder.iterdir()) == [".plan"] * 3
