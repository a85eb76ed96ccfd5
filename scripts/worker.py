"""Do the forum's jobs, such as sending e-mail, in a process of its own; Ctrl-C and SIGTERM stop it.

Any number may run side by side. With QUORUM_JOBS=apart nobody else does them.
"""

import bootstrap

bootstrap.enter()

import asyncio
import contextlib

import click

from app.serve import told_to_stop
from app.web import tally
from scripts.opened import Opened, data_dir_option, on_forum


@click.command(help=__doc__)
@data_dir_option
def main(data_dir: str | None) -> None:
    """Work until told to stop."""
    on_forum(work_until_told, data_dir)


async def work_until_told(opened: Opened) -> None:
    """What has been begun is finished first."""
    told = told_to_stop()
    tally.use(opened.settings.time_zone)
    telling = asyncio.ensure_future(tally.run())
    working = asyncio.ensure_future(opened.workshop().run())
    click.echo("Waiting for jobs (Ctrl-C stops it)")
    waiting = asyncio.ensure_future(told.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in (working, telling):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    main()
