"""What can go wrong with servers: each is one sentence for the person at the terminal.

They are click exceptions, so a script's command shows the sentence and exits with 1, without a traceback.
"""

from typing import IO, Any

import click


class ServersError(click.ClickException):
    """A server is not to be had."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence alone, without click's `Error: `."""
        click.echo(self.message, file=file, err=file is None)


class MissingServer(ServersError):
    """There is no binary and no URI."""


class StartFailed(ServersError):
    """An embedded server ended, or never answered, while it was started."""


class Unreachable(ServersError):
    """A server that the settings name does not answer, or not as needed."""


class DataFolderInUse(ServersError):
    """Another process holds the lock of the data folder."""
