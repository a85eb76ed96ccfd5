"""Check that a forum is what it says of itself, while it runs or not; with --repair, mend what can be mended safely.

Counters, numbers, ids that lead nowhere, notices, files, indexes, work that is stuck. What people do meanwhile is never
taken for a fault. Exit code 0: all is well, or mended; 1: something is wrong; 2: it could not be checked.
"""

import bootstrap

bootstrap.enter()

import sys
from typing import Any

import click

from app.files.storage import Storage
from scripts.doctoring.check import Check, Finding, Whole
from scripts.doctoring.looking import Examination, to_look_at
from scripts.doctoring.registry import CHECKS
from scripts.opened import Misuse, Opened, data_dir_option, on_forum
from scripts.printing import json_option, print_json, progress
from scripts.servers.problems import ServersError

CANNOT = 2


@click.command(help=__doc__)
@click.option("--repair", is_flag=True, help="Mend what can be mended safely; each repair looks again first.")
@click.option("--deep", is_flag=True, help="Also read every stored file and compare it with its hash.")
@click.option("--only", multiple=True, metavar="CHECK", help="Only this check; may be repeated.")
@json_option
@data_dir_option
def main(repair: bool, deep: bool, only: tuple[str, ...], as_json: bool, data_dir: str | None) -> None:
    """Look, mend, say."""
    checks = chosen(only)
    try:
        found = on_forum(lambda opened: examined(opened, checks, repair=repair, deep=deep), data_dir)
    except ServersError as failure:
        failure.show()
        sys.exit(CANNOT)
    report(found, as_json)
    sys.exit(1 if any(finding.left for finding in found) else 0)


def chosen(names: tuple[str, ...]) -> list[Check | Whole]:
    """The checks of these names, or all."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        known = ", ".join(check.name for check in CHECKS)
        raise Misuse(f"There is no check called {', '.join(sorted(unknown))}. There are: {known}")
    return [check for check in CHECKS if not names or check.name in names]


async def examined(opened: Opened, checks: list[Check | Whole], *, repair: bool, deep: bool) -> list[Finding]:
    """The findings, with progress shown."""
    with progress() as bars:
        totals = await to_look_at(checks)
        tasks = {name: bars.add_task(name, total=total) for name, total in totals.items()}
        storage = Storage.of(opened.settings)
        examination = Examination(opened.settings, storage, repair=repair, deep=deep)
        examination.advance = lambda name, by: bars.advance(tasks[name], by)
        return await examination.run(checks)


def report(found: list[Finding], as_json: bool) -> None:
    """Plain sentences, or JSON."""
    if as_json:
        print_json({"clean": not any(finding.left for finding in found), "findings": [as_row(f) for f in found]})
        return
    for finding in found:
        click.echo(f"{finding.count:,} × {finding.says} ({finding.name})" + mended(finding))
        for at, note in finding.examples:
            click.echo(f"    {at}: {note}")
    click.echo("All is well." if not found else ending(found))


def mended(finding: Finding) -> str:
    """What became of it."""
    if not finding.repaired:
        return ""
    return ": mended" if not finding.left else f": {finding.repaired:,} mended, {finding.left:,} cannot be"


def ending(found: list[Finding]) -> str:
    """The last line."""
    left = sum(finding.left for finding in found)
    if not left:
        return "All of it is mended."
    return f"{left:,} left. With --repair, what can be mended safely is."


def as_row(finding: Finding) -> dict[str, Any]:
    """For programs."""
    examples = [{"at": at, "note": note} for at, note in finding.examples]
    counts = {"count": finding.count, "repaired": finding.repaired, "left": finding.left}
    return {"check": finding.name, "says": finding.says, **counts, "examples": examples}


if __name__ == "__main__":
    main()
