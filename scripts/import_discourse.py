"""Import the posts of a Discourse forum: a folder of JSON files, one a post, in the shape of Discourse's post API.

Topics, numbers, replies, quotes, mentions, earlier versions and moments are kept. Users come without passwords (give
somebody theirs with scripts/admin.py password) and likes as numbers, as it is not known whose they are. A second run
changes nothing, one that was stopped is finished by the next, and a larger archive adds what is new in it. What was
edited or deleted here since stays as it is; what was purged comes back. Exit code 3 says that some files could not be
imported; they are named.
"""

import bootstrap

bootstrap.enter()

import os
import sys
import time
from pathlib import Path

import click

from scripts.importing.ending import rendering, report
from scripts.importing.foreign import has_a_life_of_its_own
from scripts.importing.loading import from_files
from scripts.importing.run import Import
from scripts.importing.scan import scan
from scripts.importing.spool import Spool
from scripts.importing.tally import ROWS, Tally
from scripts.bootstrap import CALLER_DIR
from scripts.opened import Misuse, Opened, data_dir_option, on_forum
from scripts.printing import json_option, progress

POSTS_FOLDER = "posts"
INCOMPLETE = 3


class Category(click.ParamType[tuple[int, str]]):
    """`7=Protocol Design`."""

    name = "ID=NAME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        """The number and the name."""
        number, _, name = str(value).partition("=")
        if not number.strip().lstrip("-").isdecimal() or not name.strip():
            self.fail(f"{value!r} is not of the form 7=NAME", param, ctx)
        return int(number), name.strip()


@click.command(help=__doc__)
@click.argument("folder", metavar="DIR")
@click.option("--yes", is_flag=True, help="Also into a forum that has people or topics of its own.")
@click.option("--board-prefix", default="", metavar="TEXT", help="Put before the names of new boards.")
@click.option("--category", "categories", type=Category(), multiple=True, help="Name a board, as 7='Protocol Design'.")
@json_option
@data_dir_option
def main(
    folder: str,
    yes: bool,
    board_prefix: str,
    categories: tuple[tuple[int, str], ...],
    as_json: bool,
    data_dir: str | None,
) -> None:
    """Look through the whole archive, then bring it in."""
    path, tally = readable(folder), Tally()

    async def work(opened: Opened) -> float:
        started = time.monotonic()
        if not yes and await has_a_life_of_its_own():
            raise Misuse("This forum has people or topics of its own: --yes imports into it all the same")
        with Spool() as spool:
            look_through(path, spool, tally)
            await bring_in(opened, spool, tally, dict(categories), board_prefix)
        return time.monotonic() - started

    seconds = on_forum(work, data_dir, make_indexes=True)
    rate = tally.found["posts"] / seconds
    report(tally, ROWS, "in the archive", seconds, as_json=as_json, rate=rate)
    if tally.aside["broken"]:
        sys.exit(INCOMPLETE)


def readable(folder: str) -> Path:
    """The folder, from where the script was called; its `posts` when it is the whole of an archive."""
    path = CALLER_DIR / folder
    path = path / POSTS_FOLDER if (path / POSTS_FOLDER).is_dir() else path
    if not path.is_dir() or not os.access(path, os.R_OK | os.X_OK):
        raise Misuse(f"{folder} is not a folder that can be read")
    return path


def look_through(folder: Path, spool: Spool, tally: Tally) -> None:
    """Read and check every file."""
    with progress() as bars:
        task = bars.add_task("Looking through the archive", total=None)
        scan(folder, spool, tally, lambda: bars.advance(task))
    if not tally.files:
        raise Misuse(f"There is no post in {folder}: posts are files that end with .json")


async def bring_in(opened: Opened, spool: Spool, tally: Tally, categories: dict[int, str], prefix: str) -> None:
    """Write what is new; running processes hear of it also when this is stopped half-way."""
    with progress() as bars:
        task = bars.add_task("Importing", total=spool.count("posts"))
        async with rendering(opened) as pool:
            await Import(opened, spool, tally, pool, from_files(spool, tally)).run(
                categories, prefix, lambda by: bars.advance(task, by)
            )


if __name__ == "__main__":
    main()
