"""The words that were searched for, marked where they stand: plain text in, escaped HTML out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markupsafe import Markup, escape

from app.text.segment import HAN, JOINTS, RUN, Term, fold, token_of

# About three lines; a Han character is as wide as two others.
SNIPPET_WIDTH: Final = 240
BEFORE_WIDTH: Final = 50
OTHER_WIDTH: Final = 100
# Longer texts are searched for their first marks alone.
READ_CHARS: Final = 60_000
MARKS_MAX: Final = 200
HAN_CHAR: Final = re.compile(f"[{HAN}\u3041-\u30ff\uac00-\ud7af\uff00-\uffef]")
# A word's parts and what is between them: at joints, and where a number follows letters.
PARTS: Final = re.compile(f"({JOINTS.pattern}|(?<=[A-Za-z]{{2}})(?=[0-9]{{2}}))")
SPACE: Final = re.compile(r"\s")
Span = tuple[int, int]


def spans(text: str, terms: Sequence[Term]) -> list[Span]:
    """Where the terms stand in a text, in order and apart from each other."""
    tokens = {token for term in terms for token in term.tokens}
    han = sorted({part for term in terms for part in _han_parts(term)}, key=len, reverse=True)
    found: list[Span] = []
    for run in RUN.finditer(text):
        if run.lastgroup == "word":
            found += _in_word(run, tokens)
        else:
            found += ((run.start() + start, run.start() + end) for start, end in _in_han(run[0], han))
        if len(found) >= MARKS_MAX:
            break
    return found


def _han_parts(term: Term) -> Iterator[str]:
    return (run[0] for run in RUN.finditer(term.text) if run.lastgroup != "word")


def _in_word(run: re.Match[str], tokens: set[str]) -> Iterator[Span]:
    """The whole of it, or those of its parts that were asked for."""
    if token_of(fold(run[0])) in tokens:
        yield run.span()
        return
    at = run.start()
    for part in PARTS.split(run[0]):
        if part and token_of(fold(part)) in tokens:
            yield at, at + len(part)
        at += len(part)


def _in_han(run: str, parts: Sequence[str]) -> Iterator[Span]:
    """The longest part at each place."""
    plain, at = fold(run), 0
    if len(plain) != len(run):
        return
    while at < len(run):
        part = next((part for part in parts if plain.startswith(part, at)), "")
        if part:
            yield at, at + len(part)
        at += len(part) or 1


def marked(text: str, terms: Sequence[Term]) -> Markup:
    """The whole text with its marks."""
    return _draw(text, 0, len(text), spans(text, terms))


def snippet(text: str, terms: Sequence[Term]) -> Markup:
    """Some lines of a text around the place with the most of what was searched for, and of another with the rest."""
    read = " ".join(text[:READ_CHARS].split())
    places = spans(read, terms)
    start = _start(read, _densest(read, places))
    end = _reach(read, start, SNIPPET_WIDTH)
    shown = {_said(read, place) for place in places if start <= place[0] < end}
    other = next((place[0] for place in places if place[0] >= end and _said(read, place) not in shown), None)
    windows = [(start, end)]
    if other is not None:
        after = max(end, _start(read, other))
        windows = [(start, _reach(read, start, SNIPPET_WIDTH - OTHER_WIDTH)), (after, _reach(read, after, OTHER_WIDTH))]
    drawn = Markup(" … ").join(_draw(read, *window, places) for window in windows)
    return Markup("{}{}{}").format("…" if start else "", drawn, "…" if windows[-1][1] < len(read) else "")


def _said(text: str, place: Span) -> str:
    """What stands in a place, whatever its form."""
    return token_of(fold(text[place[0] : place[1]]))


def _densest(text: str, places: Sequence[Span]) -> int:
    """The mark with the most different words within a snippet after it."""
    best, most = 0, 0
    for number, (start, _) in enumerate(places):
        near = {_said(text, place) for place in places[number : number + 12] if place[1] - start < SNIPPET_WIDTH // 2}
        if len(near) > most:
            best, most = start, len(near)
    return best


def _start(text: str, at: int) -> int:
    """A little before a place, where a word or a sentence begins."""
    start = at
    width = 0
    while start > 0 and width < BEFORE_WIDTH:
        start -= 1
        width += 2 if HAN_CHAR.match(text[start]) else 1
    if start == 0:
        return 0
    space = SPACE.search(text, start, at)
    return space.end() if space else start


def _reach(text: str, start: int, width: int) -> int:
    end = start
    while end < len(text) and width > 0:
        width -= 2 if HAN_CHAR.match(text[end]) else 1
        end += 1
    if end < len(text):
        space = text.rfind(" ", max(start, end - 20), end)
        end = space if space > start else end
    return end


def _draw(text: str, start: int, end: int, places: Iterable[Span]) -> Markup:
    parts, at = [], start
    for first, last in places:
        if first < at or last > end:
            continue
        parts += [escape(text[at:first]), Markup("<mark>{}</mark>").format(text[first:last])]
        at = last
    return Markup("").join([*parts, escape(text[at:end])])
