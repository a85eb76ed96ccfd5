"""What backup and restore print."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from scripts.backing.comparing import FILES, Difference
from scripts.backing.format import Summary
from scripts.printing import number_table, print_table, progress

PROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"


def version() -> str:
    """Of this Quorum."""
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])


@contextlib.contextmanager
def bars_for(expected: Summary | None = None) -> Iterator[Callable[[str, int], None]]:
    """A bar for each collection, with its end where that is known."""
    totals = {**expected.documents, FILES: expected.files} if expected else {}
    with progress() as bars:
        tasks = {name: bars.add_task(name, total=total) for name, total in totals.items()}

        def advance(name: str, by: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=None)
            bars.advance(tasks[name], by)

        yield advance


@contextlib.contextmanager
def bytes_bar(what: str, path: Path) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of a file, which need not be there."""
    total = path.stat().st_size if path.is_file() else None
    with progress() as bars:
        task = bars.add_task(what, total=total)
        yield lambda by: bars.advance(task, by)


def show(summary: Summary) -> None:
    """What is in an archive."""
    table = number_table("", "count")
    for name, count in summary.documents.items():
        table.add_row(name, f"{count:,}")
    table.add_row(FILES, f"{summary.files:,}")
    print_table(table)


def show_differences(found: Mapping[str, Difference]) -> None:
    """Beside each other, with the ids of some that differ."""
    table = number_table("", "archived", "gone", "changed", "new")
    for name, each in found.items():
        if each.archived or not each.equal:
            table.add_row(name, *(f"{count:,}" for count in (each.archived, each.gone, each.changed, each.new)))
    print_table(table)
    for name, each in found.items():
        if each.named:
            click.echo(f"{name}: {', '.join(each.named)}")
    click.echo("They are equal." if all(each.equal for each in found.values()) else "They differ.")
