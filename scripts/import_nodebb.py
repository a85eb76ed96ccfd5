"""Import a NodeBB (2, 3 or 4) from its MongoDB, at URI, which is only read.

People with their passwords, boards, topics, posts with earlier versions, likes, chats, whom they follow and block, what
they watch and keep; old addresses lead to the new pages. A second run changes nothing, one that was stopped is finished
by the next, and a later one adds what is new there. What was edited or deleted here since stays as it is, and so does
everything of people who have logged in here. Exit code 3 says that something could not be imported; it is named.

The URI may also come from NODEBB_URI, so that no password of a database stands on the command line.
"""

import bootstrap

bootstrap.enter()

import os
import sys
import time
from pathlib import Path

import click

from scripts.bootstrap import CALLER_DIR
from scripts.importing.ending import rendering, report
from scripts.importing.foreign import has_a_life_of_its_own
from scripts.importing.identity import come_from
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.run import NodeImport, Wishes
from scripts.importing.nodebb.scanning import number, scan
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.tally import ROWS, Tally
from scripts.opened import Misuse, Opened, data_dir_option, on_forum
from scripts.printing import json_option, progress

INCOMPLETE = 3
MORE_ROWS = ("passwords", "follows", "blocks", "bookmarks", "watches", "conversations", "messages", "files", "offices")


@click.command(help=__doc__)
@click.argument("uri", envvar="NODEBB_URI")
@click.option("--database", metavar="NAME", help="NodeBB's database; else the one in the URI, else nodebb.")
@click.option("--uploads", metavar="FOLDER", help="NodeBB's public/uploads, for files in texts and pictures of people.")
@click.option("--old-address", default="", metavar="URL", help="Where NodeBB was: links to it in texts lead here then.")
@click.option("--roles", is_flag=True, help="Administrators and global moderators have the same office here.")
@click.option("--dry-run", is_flag=True, help="Count what is there and write nothing.")
@click.option("--yes", is_flag=True, help="Also into a forum that has people or topics of its own.")
@json_option
@data_dir_option
def main(
    uri: str,
    database: str | None,
    uploads: str | None,
    old_address: str,
    roles: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    data_dir: str | None,
) -> None:
    """Look through the whole database, then bring it in."""
    tally, wishes = Tally(), Wishes(folder_of(uploads), old_address, roles)
    come_from("nodebb")

    async def work(opened: Opened) -> float:
        started = time.monotonic()
        if not (yes or dry_run) and await has_a_life_of_its_own():
            raise Misuse("This forum has people or topics of its own: --yes imports into it all the same")
        nodebb = await NodeBB.open(uri, database)
        try:
            with Places() as spool:
                await look_through(nodebb, spool, tally)
                await (count(nodebb, spool, tally) if dry_run else bring_in(opened, nodebb, spool, tally, wishes))
        finally:
            await nodebb.close()
        return time.monotonic() - started

    seconds = on_forum(work, data_dir, make_indexes=not dry_run)
    report(tally, (*ROWS, *MORE_ROWS), "in NodeBB", seconds, as_json=as_json)
    if tally.aside["broken"]:
        sys.exit(INCOMPLETE)


def folder_of(uploads: str | None) -> Path | None:
    """The folder, from where the script was called."""
    if uploads is None:
        return None
    path = CALLER_DIR / uploads
    if not path.is_dir() or not os.access(path, os.R_OK | os.X_OK):
        raise Misuse(f"{uploads} is not a folder that can be read")
    return path


async def look_through(nodebb: NodeBB, spool: Places, tally: Tally) -> None:
    """Read who and what there is."""
    with progress() as bars:
        task = bars.add_task("Looking through NodeBB", total=None)
        await scan(nodebb, spool, tally, lambda: bars.advance(task))


async def count(nodebb: NodeBB, spool: Places, tally: Tally) -> None:
    """What an import would find."""
    tables = {"people": "users", "boards": "nb_boards", "topics": "nb_topics", "posts": "nb_posts"}
    for row, table in {**tables, "messages": "nb_messages"}.items():
        tally.found[row] += spool.count(table)
    tally.found["conversations"] += len(list(spool.rooms()))
    tally.found["likes"] += await nodebb.total("upvote")
    tally.aside["downvotes"] += await nodebb.total("downvote")


async def bring_in(opened: Opened, nodebb: NodeBB, spool: Places, tally: Tally, wishes: Wishes) -> None:
    """Write what is new; running processes hear of it also when this is stopped half-way."""
    with progress() as bars:
        numbering = bars.add_task("Numbering posts", total=spool.count("nb_topics"))
        await number(spool, lambda by: bars.advance(numbering, by))
        task = bars.add_task("Importing", total=spool.count("posts"))
        async with rendering(opened) as pool:
            importing = NodeImport(opened, nodebb, spool, tally, pool, wishes)
            await importing.run({}, "", lambda by: bars.advance(task, by))


if __name__ == "__main__":
    main()
