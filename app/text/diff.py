"""What is different between two texts: by lines, and within changed lines by words – by characters in Han.

Bounded: what is too large to be compared in a moment is shown as taken out and put in as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, Literal

LINES_MAX: Final = 3_000
TOKENS_MAX: Final = 1_500
# Unchanged lines that are shown around a change.
CONTEXT: Final = 2
_TOKENS = re.compile(r"[A-Za-z0-9À-ɏЀ-ӿ_]+|\s+|.", re.DOTALL)

Kind = Literal["same", "out", "in"]
RowKind = Literal["same", "changed", "gap"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line."""

    text: str
    kind: Kind = "same"


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it was and as it is; None where there is none. `both` is the two in one. A gap has `skipped` lines."""

    kind: RowKind
    before: tuple[Part, ...] | None = None
    after: tuple[Part, ...] | None = None
    both: tuple[Part, ...] = ()
    skipped: int = 0


def difference(before: str, after: str) -> tuple[Row, ...]:
    """The rows of a comparison; long unchanged stretches are gaps. Empty when nothing is different."""
    if before == after:
        return ()
    old, new = before.split("\n"), after.split("\n")
    rows: list[Row] = []
    changes = list(_opcodes(old, new, LINES_MAX))
    for at, (tag, a, b, c, d) in enumerate(changes):
        if tag == "equal":
            rows += _unchanged(old[a:b], first=at == 0, last=at == len(changes) - 1)
        else:
            rows += _changed(old[a:b], new[c:d])
    return tuple(rows)


def _opcodes(old: Sequence[str], new: Sequence[str], most: int) -> Iterator[tuple[str, int, int, int, int]]:
    """As of difflib; beyond `most` everything between the common ends is one change."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield "equal", 0, start, 0, start
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if len(inner_old) + len(inner_new) > most:
        yield "replace", start, len(old) - end, start, len(new) - end
    else:
        for tag, a, b, c, d in SequenceMatcher(None, inner_old, inner_new).get_opcodes():
            yield tag, a + start, b + start, c + start, d + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)


def _unchanged(lines: Sequence[str], *, first: bool, last: bool) -> list[Row]:
    head, tail = 0 if first else CONTEXT, 0 if last else CONTEXT
    if len(lines) <= head + tail + 1:
        return [_same(line) for line in lines]
    skipped = Row("gap", skipped=len(lines) - head - tail)
    return [*map(_same, lines[:head]), skipped, *map(_same, lines[len(lines) - tail :])]


def _same(line: str) -> Row:
    parts = (Part(line),)
    return Row("same", parts, parts, parts)


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Lines that took each other's place beside each other, the rest alone."""
    rows = [_within(was, now) for was, now in zip(old, new, strict=False)]
    rows += [_alone(line, "out") for line in old[len(new) :]]
    return rows + [_alone(line, "in") for line in new[len(old) :]]


def _alone(line: str, kind: Kind) -> Row:
    parts = (Part(line, kind),)
    return Row("changed", parts if kind == "out" else None, parts if kind == "in" else None, parts)


def _within(was: str, now: str) -> Row:
    old, new = _TOKENS.findall(was), _TOKENS.findall(now)
    before: list[Part] = []
    after: list[Part] = []
    both: list[Part] = []
    for tag, a, b, c, d in _opcodes(old, new, TOKENS_MAX):
        out, in_ = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            for side in (before, after, both):
                side.append(Part(out))
            continue
        if out:
            before.append(Part(out, "out"))
            both.append(Part(out, "out"))
        if in_:
            after.append(Part(in_, "in"))
            both.append(Part(in_, "in"))
    return Row("changed", tuple(before), tuple(after), tuple(both))


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of `base` in one text, or None where they touch the same lines."""
    lines = base.split("\n")
    ours, others = _edits(lines, mine.split("\n")), _edits(lines, theirs.split("\n"))
    every = sorted({*ours, *others})
    for (_, end, _), (start, stop, _) in pairwise(every):
        if start < end or (start, stop) == (end, end):
            return None
    made: list[str] = []
    at = 0
    for start, end, new in every:
        made += [*lines[at:start], *new]
        at = end
    return "\n".join([*made, *lines[at:]])


def _edits(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The lines from-to of `old` that others took the place of."""
    return [(a, b, tuple(new[c:d])) for tag, a, b, c, d in _opcodes(old, new, LINES_MAX) if tag != "equal"]
