"""What the scripts print: tables for people, JSON for programs, and progress for people who wait."""

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

# In a pipe there is no edge to wrap at.
PIPE_COLUMNS = 240
UNITS = ("KiB", "MiB", "GiB", "TiB")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def number_table(first: str, *columns: str) -> Table:
    """A table whose columns after the first are numbers."""
    table = Table(first, box=None)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def print_table(table: Table) -> None:
    """To stdout; square brackets in names are only that."""
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(markup=False, highlight=False, emoji=False, width=width).print(table)


def print_json(value: Any) -> None:
    """One JSON value to stdout; moments in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=lambda moment: moment.isoformat()))


def progress() -> Progress:
    """Bars on stderr, and nothing at all where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal)


def size(count: int) -> str:
    """Bytes in the unit that fits."""
    if count < 1024:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, len(UNITS))
    return f"{count / 1024**power:,.1f} {UNITS[power - 1]}"
