"""Plans are kept as files in the data folder, so that what was shown is what is done, whenever and however often.

A plan that nobody has begun expires. One that was begun can always be finished; what is finished is kept for a year, to
say so. Only one process at a time carries a plan out.
"""

import re
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from documents.clock import now
from scripts.cleaning.plan import Plan, Terms
from scripts.opened import Failure, Misuse

FOLDER: Final = "plans"
WAITS: Final = timedelta(days=7)
REMEMBERED: Final = timedelta(days=365)
NAME: Final = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


def begin_plan(data_dir: Path, terms: Terms) -> Plan:
    """An empty plan, which is there for nobody else until `keep`."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    name = f"{terms.made_at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    plan = Plan(folder / f"{name}.part", name)
    plan.say_terms(terms)
    return plan


def keep(plan: Plan) -> None:
    """From now on it can be carried out by its name."""
    assert plan.path is not None
    plan.move_to(plan.path.with_suffix(".plan"))


def open_plan(data_dir: Path, name: str) -> Plan:
    """The plan of this name, for this process alone; a sentence when there is none, or its time is over."""
    path = data_dir / FOLDER / f"{name}.plan"
    if NAME.fullmatch(name) is None or not path.is_file():
        raise Misuse(f"There is no plan {name!r} here. Make one with --dry-run, which says its id.")
    try:
        plan = Plan(path, name, alone=True)
    except sqlite3.OperationalError as error:
        raise Failure(f"Plan {name} is being carried out by another process.") from error
    if plan.state == "waits" and plan.terms.made_at < now() - WAITS:
        plan.close()
        raise Failure(f"Plan {name} has expired: it is older than {WAITS.days} days. Make a new one with --dry-run.")
    return plan


def _clear(folder: Path) -> None:
    """Remove what was never begun or finished long ago, and what a killed process has left half-made."""
    for path, made_at in _dated(folder):
        age = now() - made_at
        over = age > REMEMBERED or (age > WAITS + WAITS and (path.suffix == ".part" or _state(path) == "waits"))
        if over and (path.suffix == ".part" or _state(path) != "begun"):
            path.unlink(missing_ok=True)


def _dated(folder: Path) -> Iterator[tuple[Path, datetime]]:
    for path in folder.iterdir():
        if path.suffix in (".plan", ".part") and NAME.fullmatch(path.stem):
            yield path, datetime.strptime(path.stem[:15] + "+0000", "%Y%m%d-%H%M%S%z")


def _state(path: Path) -> str:
    try:
        with Plan(path, path.stem) as plan:
            return plan.state
    except sqlite3.Error:
        return "begun"  # in use, or unreadable: not ours to remove
