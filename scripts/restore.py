"""Bring the forum of an archive back: into an empty one, after every hash in it was checked.

--verify only checks the archive, --compare compares it with the forum as it is; both write nothing. What was
interrupted is begun again by the same command. See docs/backup.md.
"""

import bootstrap

bootstrap.enter()

import sys
import time

import click

from app.files.storage import Storage
from app.realtime.news import News
from scripts.backing.comparing import Comparing, Difference
from scripts.backing.reading import Verified, verify
from scripts.backing.restoring import Restoring
from scripts.backing.showing import bars_for, bytes_bar, show, show_differences
from scripts.bootstrap import CALLER_DIR
from scripts.opened import Misuse, Opened, data_dir_option, on_forum


@click.command(help=__doc__)
@click.argument("file")
@click.option("--verify", "only_verify", is_flag=True, help="Only check the archive.")
@click.option(
    "--compare", is_flag=True, help="Only compare it with the forum as it is; the exit code is 1 if they differ."
)
@data_dir_option
def main(file: str, only_verify: bool, compare: bool, data_dir: str | None) -> None:
    """Check, then do what was asked for."""
    if only_verify and compare:
        raise Misuse("Either --verify or --compare: comparing verifies as well.")
    path = CALLER_DIR / file
    with bytes_bar("Verifying", path) as advance:
        archive = verify(path, advance)
    click.echo(
        f"{path} is whole: the forum as it was at {archive.head.moment:%Y-%m-%d %H:%M:%S} UTC, "
        f"written by Quorum {archive.head.version}"
    )
    if only_verify:
        show(archive.summary)
    elif compare:
        differences = on_forum(lambda opened: compared(opened, archive), data_dir)
        show_differences(differences)
        sys.exit(0 if all(found.equal for found in differences.values()) else 1)
    else:
        restored(archive, data_dir)


def restored(archive: Verified, data_dir: str | None) -> None:
    """Fill the forum, and say what there is now."""
    began = time.monotonic()

    async def work(opened: Opened) -> None:
        with bars_for(archive.summary) as advance:
            await Restoring(archive, Storage.of(opened.settings), advance).run()
        await opened.publish(News(boards=True))

    on_forum(work, data_dir, make_indexes=True)
    show(archive.summary)
    click.echo(f"Restored in {time.monotonic() - began:.1f} s. Everybody logs in once more.")
    if not archive.head.passwords:
        click.echo("The archive has no passwords: people ask for a new one, administrators by admin.py password NAME.")


async def compared(opened: Opened, archive: Verified) -> dict[str, Difference]:
    """The differences, by collection."""
    with bars_for(archive.summary) as advance:
        return await Comparing(archive, Storage.of(opened.settings), advance).run()


if __name__ == "__main__":
    main()
