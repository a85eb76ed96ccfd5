"""Two people have edited one text: both versions beside each other, merged where they leave each other alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from app.text.diff import Row, difference, merged
from documents import Comment, Revision

T = TypeVar("T")
# Characters. Comparing more takes longer than a loop should wait.
COMPARED_HERE_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Clash:
    """The text as it is now, how the writer's differs from it, and both merged if that can be."""

    theirs: str
    rows: tuple[Row, ...]
    merged: str | None


async def clash_of(comment: Comment, mine: str, base: int | None) -> Clash:
    """`base` is the number of edits that the writer began from."""
    kept = None if base is None else base - comment.rewrites
    began = await Revision.find_one({"comment": comment.oid, "number": kept}) if kept is not None else None
    theirs = comment.body

    def compare() -> Clash:
        return Clash(theirs, difference(theirs, mine), merged(began.body, mine, theirs) if began else None)

    return await compared(compare, len(theirs) + len(mine))


async def compared(work: Callable[[], T], characters: int) -> T:
    """Compare texts, beside the loop when they are long."""
    return work() if characters < COMPARED_HERE_MAX else await asyncio.to_thread(work)
