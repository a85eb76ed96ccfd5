"""Slots and the values that are cast for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

NEW_SLOT = re.compile(r"([a-z_]+(?: / [a-z_]+)*): (.*)")


@dataclass(frozen=True, slots=True)
class Casting:
    """Slots that are chosen together, and the rows of values for them."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def castings_of(source: str) -> tuple[Casting, ...]:
    """Read the slots of a story."""
    entries: list[list[str]] = []
    for line in source.strip().splitlines():
        if found := NEW_SLOT.fullmatch(line):
            entries.append([found[1], found[2]])
        else:
            entries[-1][1] += " " + line
    return tuple(_casting(names, values) for names, values in entries)


def _casting(names: str, values: str) -> Casting:
    columns = tuple(names.split(" / "))
    rows = tuple(tuple(cell.strip() for cell in row.strip().split(" / ")) for row in values.split(" | "))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"rows of {names} differ in length")
    return Casting(columns, rows)


def casts(castings: tuple[Casting, ...], names: frozenset[str]) -> Iterator[dict[str, str]]:
    """Every cast that differs in `names`."""
    used = [casting for casting in castings if not names.isdisjoint(casting.names)]
    for rows in product(*(casting.rows for casting in used)):
        yield {name: value for casting, row in zip(used, rows, strict=True) for name, value in _pairs(casting, row)}


def _pairs(casting: Casting, row: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(casting.names, row, strict=True)
