"""What all imports have around the import itself: who renders, who hears of it, and what is said at the end."""

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import click

from app.realtime.news import News
from app.text.pool import RenderPool
from scripts.importing.tally import Tally
from scripts.opened import Opened
from scripts.printing import number_table, print_json, print_table

# Nobody waits for a page here, and what is not rendered in time stays plain.
RENDER_SECONDS: Final = 10.0


@asynccontextmanager
async def rendering(opened: Opened) -> AsyncIterator[RenderPool]:
    """A renderer for each core; running processes hear of what came in also when this is stopped half-way."""
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    async with RenderPool(timeout=RENDER_SECONDS, workers=workers) as pool:
        try:
            yield pool
        finally:
            await opened.publish(News(boards=True))


def report(
    tally: Tally, names: Iterable[str], where: str, seconds: float, *, as_json: bool, rate: float | None = None
) -> None:
    """What was there (`where`) and what has become of it, row by row; `rate` is in posts a second."""
    rows = {row: {"found": tally.found[row], "new": tally.new[row], "changed": tally.changed[row]} for row in names}
    aside = {name: count for name, count in tally.aside.items() if count}
    if as_json:
        more: dict[str, Any] = {} if rate is None else {"posts_per_second": round(rate)}
        print_json({**rows, "aside": aside, "seconds": round(seconds, 1), **more})
        return
    table = number_table("", where, "new", "changed")
    for row, counts in rows.items():
        table.add_row(row, *(f"{count:,}" if count else "–" for count in counts.values()))
    print_table(table)
    for name, count in aside.items():
        click.echo(f"{name}: {count:,}")
    click.echo(f"{seconds:.1f} s" + ("" if rate is None else f", {rate:,.0f} posts a second"))
