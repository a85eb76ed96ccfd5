"""Patterns that administrators write, found in time that grows with the text and nothing else.

RE2 matches by an automaton: it never tries again what it has tried, so no pattern can take long on a text that was made
for it. What it cannot do so is refused when the pattern is read: back-references and looking ahead or behind. A pattern
meets the text folded, as rules for words do, and what it finds is given as places in the text as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import re2

from app.text.marks import N_
from app.text.matching import Folded, Span
from app.text.segment import fold

PATTERN_CHARS_MAX: Final = 300
# Instructions of the automaton, and the memory it may take: what is larger is refused.
SIZE_MAX: Final = 2_000
MEMORY_BYTES: Final = 1 << 20
# Each place is looked for from the one before, so what they cost together is bounded by their number.
PLACES_MAX: Final = 200
# What RE2 says, and what that means.
SAYS: Final[dict[str, str]] = {
    "missing )": N_("A “(” is not closed"),
    "unexpected )": N_("A “)” closes nothing"),
    "missing ]": N_("A “[” is not closed"),
    "no argument for repetition operator": N_("There is nothing before it to repeat"),
    "bad repetition operator": N_("Two repetitions follow each other"),
    "invalid repetition size": N_("It would repeat too often (1,000 times at most)"),
    "invalid escape sequence": N_("There is no such escape; references back are not known either"),
    "trailing \\": N_("A “\\” at the end stands for nothing"),
    "invalid character class range": N_("There is no such range or class of characters"),
    "invalid perl operator": N_("Looking ahead or behind is not known, as it cannot be bounded in time"),
    "invalid named capture group": N_("A group cannot be called so"),
}
OTHER: Final = N_("This is no pattern")
TOO_LARGE: Final = N_("The pattern is too large: shorten it, or let it repeat less often")
EMPTY: Final = N_("The pattern is found in every text, as it can be nothing at all")
NO_GROUP: Final = N_("There is no such group in the pattern")
_REFERENCE: Final = re.compile(r"\\(\d)")


class BadPattern(ValueError):
    """Why a pattern is not taken: a text to translate, the part it is about, and the place of that from 1 on, or 0."""

    def __init__(self, why: str, part: str = "", place: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.part = part
        self.place = place


@lru_cache(1_000)
def compiled(pattern: str) -> Any:
    """The automaton of a pattern; `BadPattern` when there is none that is small enough."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY_BYTES
    try:
        found = re2.compile("".join(map(_letter, pattern)), options)
    except re2.error as error:
        raise _explained(pattern, error) from None
    if found.programsize > SIZE_MAX:
        raise BadPattern(TOO_LARGE)
    if found.search("") is not None:
        raise BadPattern(EMPTY)
    return found


def _letter(letter: str) -> str:
    """As it stands in a folded text; ASCII has a meaning of its own in patterns, and is folded by RE2."""
    if letter.isascii():
        return letter
    plain = fold(letter)
    return plain if plain.isalnum() else re.escape(plain) if plain.strip() else plain or letter


def _explained(pattern: str, error: Exception) -> BadPattern:
    said = error.args[0] if error.args else b""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "too large" in text:
        return BadPattern(TOO_LARGE)
    known = next((each for each in SAYS if text.startswith(each)), "")
    part = text.removeprefix(known).removeprefix(": ") if known else ""
    part = part or ("\\" if known == "trailing \\" else "")
    place = pattern.rfind(part) + 1 if part else 0
    return BadPattern(SAYS.get(known, OTHER), part[:60], place)


def require_groups(pattern: str, instead: str) -> None:
    r"""`BadPattern` when `instead` names a group by `\1` that the pattern does not have. `\0` is the whole."""
    groups = compiled(pattern).groups
    for match in _REFERENCE.finditer(instead):
        if int(match[1]) > groups:
            raise BadPattern(NO_GROUP, match[0], match.start() + 1)


def first_of(pattern: str, text: Folded) -> Span | None:
    """The first place of a pattern."""
    found = compiled(pattern).search(text.text)
    return text.span(*found.span()) if found else None


def places_of(pattern: str, text: Folded, original: str, instead: str) -> Iterator[tuple[Span, str]]:
    r"""Up to `PLACES_MAX` places, and what stands there `instead`, with `\1` as the group was written."""
    for number, found in enumerate(compiled(pattern).finditer(text.text)):
        if number == PLACES_MAX:
            return
        if found.start() < found.end():
            yield text.span(*found.span()), _filled(instead, found, text, original)


def _filled(instead: str, found: Any, text: Folded, original: str) -> str:
    def group(match: re.Match[str]) -> str:
        start, end = found.span(int(match[1]))
        if start >= end:
            return ""
        first, last = text.span(start, end)
        return original[first:last]

    return _REFERENCE.sub(group, instead)
