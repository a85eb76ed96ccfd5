"""Purge for good what was soft-deleted long enough ago, dead log-ins, old e-mails, and files that nothing refers to.

A board takes its topics with it, a topic its comments, a comment its earlier texts, likes and notifications.
Deleted people are kept while something that stays names them. Killed in the middle, the next run finishes the work.
"""

import bootstrap

bootstrap.enter()

import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import click

from app.files.storage import Storage
from app.realtime.news import News
from documents.clock import now
from scripts.cleaning.dead import Dead
from scripts.cleaning.files import find_files
from scripts.cleaning.finding import find_dead
from scripts.cleaning.leavers import erase_leavers, expire, find_leavers
from scripts.cleaning.people import find_people
from scripts.cleaning.plan import Count, Kind, Plan
from scripts.cleaning.purging import Purge
from scripts.opened import Opened, data_dir_option, on_forum
from scripts.printing import json_option, number_table, print_json, print_table, progress, size

DAYS_MAX = 36_500

Counts = dict[Kind, Count]


@click.command(help=__doc__)
@click.option("--dry-run", is_flag=True, help="Only say what would be purged; write nothing.")
@click.option(
    "--older-than",
    metavar="DAYS",
    type=click.IntRange(0, DAYS_MAX),
    help="Purge what went more than so many days ago; QUORUM_RETENTION_DAYS (30) otherwise.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@data_dir_option
def main(dry_run: bool, older_than: int | None, yes: bool, as_json: bool, data_dir: str | None) -> None:
    """Look, show, ask, purge, show."""
    ask = sys.stdin.isatty() and not yes and not dry_run

    async def work(opened: Opened) -> dict[str, Any]:
        days = opened.settings.retention_days if older_than is None else older_than
        with Plan() as plan:
            file_days = opened.settings.file_retention_days if older_than is None else older_than
            moment = now()
            left_before = moment - timedelta(days=opened.settings.account_grace_days)
            dead = Dead(moment - timedelta(days=days), left_before)
            purge = await planned(opened, plan, dead, moment - timedelta(days=file_days))
            counts = plan.counts()
            leavers = await find_leavers(plan, opened.settings)
            erased = len(leavers)
            if ask and (erased or any(count.count for count in counts.values())):
                show(counts, plan.kept_users, plan.lost_files, "to be purged", erased)
                click.confirm("Purge this for good?", abort=True, err=True)
            if not dry_run:
                counts = await carried_out(opened, purge, counts)
                erased = await erase_leavers(leavers, opened.settings)
                await expire(opened.settings, days)
            left = {"kept_users": plan.kept_users, "lost_files": plan.lost_files, "erased_people": erased}
            return {"dry_run": dry_run, "older_than_days": days, "kinds": counts, **left}

    report(on_forum(work, data_dir), as_json)


async def planned(opened: Opened, plan: Plan, dead: Dead, unused_since: datetime) -> Purge:
    """Find out what is to go, in the order in which one thing can keep another."""
    storage = Storage.of(opened.settings)
    with progress() as bars:
        bars.add_task("Looking for what is dead", total=None)
        await find_dead(plan, dead)
        await find_people(plan, dead)
        await find_files(plan, storage, unused_since)
    return Purge(plan, dead, storage, unused_since)


async def carried_out(opened: Opened, purge: Purge, counts: Counts) -> Counts:
    """Purge, and have the running processes forget what is gone, also when this is stopped half-way."""
    with progress() as bars:
        task = bars.add_task("Purging", total=sum(count.count for count in counts.values()))
        try:
            await purge.run(lambda by: bars.advance(task, by))
        finally:
            if any(count.count for count in purge.done.values()):
                await opened.publish(News(boards=True, persons=tuple(purge.people)))
    return purge.done


def report(found: dict[str, Any], as_json: bool) -> None:
    """The same table or JSON for a dry run and a real one."""
    counts: Counts = found["kinds"]
    if as_json:
        print_json(found | {"kinds": {kind: asdict(count) for kind, count in counts.items()}})
    else:
        what = "would be purged" if found["dry_run"] else "purged"
        show(counts, found["kept_users"], found["lost_files"], what, found["erased_people"])


def show(counts: Counts, kept_users: int, lost_files: int, what: str, erased: int) -> None:
    """To people."""
    table = number_table("", what, "bytes")
    for kind, count in counts.items():
        table.add_row(kind, f"{count.count:,}", size(count.bytes))
    total = Count(sum(count.count for count in counts.values()), sum(count.bytes for count in counts.values()))
    table.add_row("all", f"{total.count:,}", size(total.bytes))
    print_table(table)
    if erased:
        click.echo(f"People who have left and are {'to be erased' if what != 'purged' else 'erased'}: {erased:,}")
    if kept_users:
        click.echo(f"Deleted people who are kept because something that stays names them: {kept_users:,}")
    if lost_files:
        click.echo(f"Files whose contents are not in the storage; they can only be sent again: {lost_files:,}")


if __name__ == "__main__":
    main()
