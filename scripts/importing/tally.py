"""What an import has done: numbers for the summary, and what has to be named one by one."""

from collections import Counter
from dataclasses import dataclass, field

import click

# Rows of the summary that tell what is in the archive from what was new or different in the forum.
ROWS = ("posts", "earlier versions", "topics", "people", "boards", "likes")


@dataclass(slots=True)
class Tally:
    """`found` is what the archive has, `new` and `changed` what was written, `aside` what was not imported."""

    files: int = 0
    found: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)

    def broken(self, what: object, why: str) -> None:
        """Something is wrong with the archive; the exit code will say so too."""
        self.aside["broken"] += 1
        click.echo(f"{what}: {why}", err=True)

    def skipped(self, what: object, why: str) -> None:
        """Something is not for importing."""
        self.aside[why] += 1
        click.echo(f"{what}: skipped, {why}", err=True)

    def slow(self, what: object) -> None:
        """A text took too long to render."""
        self.aside["shown as plain text"] += 1
        click.echo(f"{what}: takes too long to render, shown as plain text", err=True)
