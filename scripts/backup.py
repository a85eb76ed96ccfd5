"""Write one archive of the forum as it is at this moment: database and files, while it goes on.

Without FILE it is quorum-DATE-TIME.tar in the present folder. It holds private messages, addresses and password hashes,
so only its owner can read it; it holds no log-ins, no links out of letters and no key. See docs/backup.md.
"""

import bootstrap

bootstrap.enter()

import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click

from app.files.storage import Storage
from scripts.backing.format import Head, Summary
from scripts.backing.making import Backup
from scripts.backing.reading import verify
from scripts.backing.showing import bars_for, bytes_bar, show, version
from scripts.backing.writing import Writer
from scripts.bootstrap import CALLER_DIR
from scripts.opened import Failure, Opened, data_dir_option, on_forum
from scripts.printing import size


@click.command(help=__doc__)
@click.argument("file", required=False)
@click.option("--without-passwords", is_flag=True, help="Leave out password hashes and second factors too.")
@click.option("--verify", "verify_it", is_flag=True, help="Read it once more afterwards and check every hash.")
@data_dir_option
def main(file: str | None, without_passwords: bool, verify_it: bool, data_dir: str | None) -> None:
    """Pack, and say what was packed."""
    moment = datetime.now(UTC)
    path = CALLER_DIR / (file or f"quorum-{moment:%Y%m%d-%H%M%S}.tar")
    head = Head(uuid4().hex, version(), moment, passwords=not without_passwords)
    refuse(path)
    began = time.monotonic()

    async def work(opened: Opened) -> Summary:
        with Writer(path, head) as writer, bars_for() as advance:
            await Backup(writer, Storage.of(opened.settings), passwords=head.passwords, advance=advance).run()
        return writer.summary

    summary = on_forum(work, data_dir)
    if verify_it:
        with bytes_bar("Verifying", path) as advance:
            verify(path, advance)
    show(summary)
    click.echo(f"{path}: {size(path.stat().st_size)} in {time.monotonic() - began:.1f} s{', verified' * verify_it}")
    if summary.missing:
        raise Failure(
            f"{summary.missing:,} files that the database names are not in the storage, such as "
            f"{summary.missing_named[0]}. The backup is whole apart from these."
        )


def refuse(path: Path) -> None:
    """Nothing is written over."""
    if path.exists():
        raise Failure(f"{path} is there already")
    if not path.parent.is_dir():
        raise Failure(f"{path.parent} is no folder")


if __name__ == "__main__":
    main()
