"""The proof: whatever is taken away, everybody hears everything, in order, once – and not without the safeguards."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.people import Forum
from tests.realtime.conftest import TABLE
from tests.realtime.proving import plan as plans
from tests.realtime.proving import safeguards
from tests.realtime.proving.plan import Plan
from tests.realtime.proving.running import Run

# How long to go on with ever other plans, and the safeguards that are taken away; scripts/test.py --proof-seconds.
SECONDS = float(os.environ.get("PROOF_SECONDS", "0"))
# Whether to take all of them away, each beside the same plan with it; scripts/test.py --safeguards.
ALL_SAFEGUARDS = "PROOF_SAFEGUARDS" in os.environ or SECONDS > 0
# Chance decides what a plan meets; a safeguard is needed if one of so many shows it.
PLANS_EACH = 3
# The rest are tried when there is more time.
IN_EVERY_RUN = ("cursor", "withdraw")

SEED = 7

Record = Callable[[str, object], None]

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def given() -> Plan:
    """The plan of PROOF_PLAN (a file), that of PROOF_SEED, or a new one."""
    if "PROOF_PLAN" in os.environ:
        return plans.read(Path(os.environ["PROOF_PLAN"]).read_text(encoding="utf-8"))
    return plans.draw(int(os.environ.get("PROOF_SEED", secrets.randbelow(2**32))), deeds=48, mishaps=9)


async def play(forum: Forum, folder: Path, plan: Plan, *without: str) -> tuple[list[str], str]:
    """What was wrong at the end, and how to see it again."""
    run = Run(forum, folder, plan, without)
    faults = await run.verdict()
    said = [f"seed {plan.seed}: {run.events} events on {run.lines} lines, {run.deaths} processes died", *run.times]
    return faults, "\n".join([*said, *run.diary, *record(folder, plan), *faults])


def record(folder: Path, plan: Plan) -> list[str]:
    """How to see it again, and what the processes said last."""
    path = folder / "plan.json"
    path.write_text(plan.written(), encoding="utf-8")
    logs = [f"{log}: {log.read_text(errors='replace')[-1500:]}" for log in folder.glob("*.log")]
    return [f"again with PROOF_PLAN={path}", *logs]


async def test_nothing_is_missed_doubled_or_told_to_others(forum: Forum, tmp_path: Path) -> None:
    faults, said = await play(forum, tmp_path, given())
    assert not faults, said


@pytest.mark.skipif(not SECONDS, reason="scripts/test.py --proof-seconds 600")
async def test_it_holds_for_as_long_as_one_likes(forum: Forum, tmp_path: Path) -> None:
    until, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        await wipe(forum)
        count += 1
        plan = plans.draw(secrets.randbelow(2**32), deeds=120, mishaps=25)
        faults, said = await play(forum, tmp_path / str(count), plan)
        assert not faults, said


async def wipe(forum: Forum) -> None:
    from documents import ALL

    for document in ALL:
        await document.raw().delete_many({})


def plan_for(name: str, seed: int) -> Plan:
    guard = safeguards.ALL[name]
    return plans.draw(seed, guard.deeds, guard.mishaps, verbs=guard.verbs, ills=guard.ills, late=guard.late)


@pytest.mark.parametrize("name", safeguards.ALL)
async def test_without_a_safeguard_it_does_not_hold(
    forum: Forum, tmp_path: Path, name: str, record_property: Record
) -> None:
    """It is taken out of the processes under test alone; no file is changed."""
    if name not in IN_EVERY_RUN and not ALL_SAFEGUARDS:
        pytest.skip("scripts/test.py --safeguards")
    guard, said = safeguards.ALL[name], ""
    for seed in range(SEED, SEED + PLANS_EACH):
        await wipe(forum)
        faults, said = await play(forum, tmp_path / str(seed), plan_for(name, seed), name, *guard.beside)
        if faults:
            record_property(TABLE, f"red    without {name}: {guard.says} – {faults[0][:100]}")
            return
    record_property(TABLE, f"GREEN  without {name}: nothing shows that {guard.says}")
    pytest.fail(said)


@pytest.mark.skipif(not ALL_SAFEGUARDS, reason="scripts/test.py --safeguards")
@pytest.mark.parametrize("name", safeguards.ALL)
async def test_with_that_safeguard_the_same_plan_holds(
    forum: Forum, tmp_path: Path, name: str, record_property: Record
) -> None:
    """So it is the safeguard that was missing, and not the plan that asks for too much. What it covers for is out."""
    beside = safeguards.ALL[name].beside
    faults, said = await play(forum, tmp_path / "with", plan_for(name, SEED), *beside)
    record_property(TABLE, f"{'RED    ' if faults else 'green  '}with {name}{' alone' if beside else ''}")
    assert not faults, said
