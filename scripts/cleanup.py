"""Purge for good what was soft-deleted long enough ago, dead log-ins, old e-mails, and files that nothing refers to.

A board takes its topics with it, a topic its comments, a comment its earlier texts, likes and notifications.
Deleted people are kept while something that stays names them.

It makes a plan and carries it out. --dry-run only makes it, and says its id; --plan ID carries out that one: nothing
else goes, and what was restored or is used again since stays. Killed in the middle, the same id finishes the work.
"""

import bootstrap

bootstrap.enter()

import sys
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click

from app.mydata import archives
from documents.clock import now
from scripts.cleaning.keeping import begin_plan, keep, open_plan
from scripts.cleaning.plan import Count, Kind, Plan, Terms
from scripts.cleaning.running import carried_out, planned
from scripts.opened import Misuse, Opened, data_dir_option, on_forum
from scripts.printing import json_option, number_table, print_json, print_table, size

DAYS_MAX = 36_500

Counts = dict[Kind, Count]


@click.command(help=__doc__)
@click.option("--dry-run", is_flag=True, help="Only make the plan and show it; nothing of the forum is changed.")
@click.option("--plan", "name", metavar="ID", help="Carry out exactly the plan with this id.")
@click.option(
    "--older-than",
    metavar="DAYS",
    type=click.IntRange(0, DAYS_MAX),
    help="Purge what went more than so many days ago; QUORUM_RETENTION_DAYS (30) otherwise.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@data_dir_option
def main(
    dry_run: bool, name: str | None, older_than: int | None, yes: bool, as_json: bool, data_dir: str | None
) -> None:
    """Look, show, ask, purge, show."""
    if name is not None and (dry_run or older_than is not None):
        raise Misuse("--plan has everything in it: --dry-run and --older-than cannot be added.")
    ask = sys.stdin.isatty() and not yes and not dry_run

    async def work(opened: Opened) -> dict[str, Any]:
        if name is not None:
            with open_plan(opened.settings.data_dir, name) as plan:
                return await done(opened, plan, ask=ask)
        with begin_plan(opened.settings.data_dir, terms_of(opened, older_than)) as plan:
            await planned(opened, plan)
            keep(plan)
            if dry_run:
                return said(plan, plan.counts()) | {"dry_run": True}
            found = await done(opened, plan, ask=ask)
            await archives.expire()
            return found

    report(on_forum(work, data_dir), as_json, by_name=name is not None)


def terms_of(opened: Opened, older_than: int | None) -> Terms:
    """By which a plan is made at this moment."""
    settings, moment = opened.settings, now()
    days = settings.retention_days if older_than is None else older_than
    file_days = settings.file_retention_days if older_than is None else older_than
    return Terms(
        made_at=moment,
        older_than_days=days,
        since=moment - timedelta(days=days),
        left_before=moment - timedelta(days=settings.account_grace_days),
        unused_since=moment - timedelta(days=file_days),
    )


async def done(opened: Opened, plan: Plan, *, ask: bool) -> dict[str, Any]:
    """Carry it out, unless it is finished already, and say what became of it."""
    finished_before = plan.state == "finished"
    counts = plan.counts()
    if ask and not finished_before and (plan.leavers() or any(count.count for count in counts.values())):
        show(said(plan, counts), "to be purged")
        click.confirm("Purge this for good?", abort=True, err=True)
    if not finished_before:
        await carried_out(opened, plan)
    return said(plan, plan.counts("purged")) | {"dry_run": False, "finished_before": finished_before}


def said(plan: Plan, counts: Counts) -> dict[str, Any]:
    """What is told of a plan; `left` and `gone` are what it did not purge."""
    erased = plan.leavers("purged") if plan.state == "finished" else plan.leavers()
    return {
        "plan": plan.name,
        "older_than_days": plan.terms.older_than_days,
        "kinds": counts,
        "left": plan.counts("left"),
        "gone": plan.counts("gone"),
        "kept_users": plan.kept_users,
        "lost_files": plan.lost_files,
        "erased_people": len(erased),
    }


def report(found: dict[str, Any], as_json: bool, *, by_name: bool) -> None:
    """The same table or JSON for a dry run and a real one."""
    if as_json:
        plain = {key: {kind: asdict(count) for kind, count in found[key].items()} for key in ("kinds", "left", "gone")}
        print_json(found | plain)
        return
    show(found, "would be purged" if found["dry_run"] else "purged")
    if found["dry_run"]:
        click.echo(f"This is plan {found['plan']}. To do exactly this, within a week:")
        click.echo(f"python3 scripts/cleanup.py --plan {found['plan']}")
    elif found["finished_before"]:
        click.echo(f"Plan {found['plan']} was finished before. Nothing was done now; the table says what it purged.")
    elif by_name:
        click.echo(f"Plan {found['plan']} is finished.")


def show(found: dict[str, Any], what: str) -> None:
    """To people."""
    counts: Counts = found["kinds"]
    table = number_table("", what, "bytes")
    for kind, count in counts.items():
        table.add_row(kind, f"{count.count:,}", size(count.bytes))
    total = Count(sum(count.count for count in counts.values()), sum(count.bytes for count in counts.values()))
    table.add_row("all", f"{total.count:,}", size(total.bytes))
    print_table(table)
    lines = {
        "Left, as they were restored or are used again since the plan": _in_words(found["left"]),
        "Gone by themselves since the plan": _in_words(found["gone"]),
        f"People who have left and are {'erased' if what == 'purged' else 'to be erased'}": found["erased_people"],
        "Deleted people who are kept because something that stays names them": found["kept_users"],
        "Files whose contents are not in the storage; they can only be sent again": found["lost_files"],
    }
    for line, number in lines.items():
        if number:
            click.echo(f"{line}: {number if isinstance(number, str) else format(number, ',')}")


def _in_words(counts: Counts) -> str:
    return ", ".join(f"{kind} {count.count:,}" for kind, count in counts.items() if count.count)


if __name__ == "__main__":
    main()
