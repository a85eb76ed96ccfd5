"""Finding words in a text whatever they are dressed up as: folded, and Chinese also with something between.

There are no patterns that could take long: a rule is words, with * for any letters before or after. So what it costs
grows with the text and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.text.segment import HAN, fold

ANY: Final = "*"
IS_HAN: Final = re.compile(f"[{HAN}]")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded, and for each character of that the place in the text that it comes from."""

    text: str
    where: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where in the text these characters stand."""
        return self.where[start], self.where[end - 1] + 1

    @property
    def dense(self) -> Folded:
        """Only letters and digits, so that nothing that stands between them makes a difference."""
        kept = [at for at, letter in enumerate(self.text) if letter.isalnum()]
        return Folded("".join(self.text[at] for at in kept), tuple(self.where[at] for at in kept))


def folded(text: str) -> Folded:
    """Every character by itself, so that each has its place; white space is one space."""
    letters: list[str] = []
    where: list[int] = []
    for at, letter in enumerate(text):
        for each in _folded_letter(letter):
            if each == " " and letters and letters[-1] == " ":
                continue
            letters.append(each)
            where.append(at)
    return Folded("".join(letters), tuple(where))


@lru_cache(16_384)
def _folded_letter(letter: str) -> str:
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in ("Mn", "Cf") else fold(letter)


def key_of(words: str) -> str:
    """What is looked for; equal for rules that look for the same."""
    return folded(" ".join(words.split())).text


def spans_of(key: str, text: Folded, dense: Folded) -> list[Span]:
    """Where these words stand. With Han characters: anywhere, whatever stands between. Others: as whole words."""
    bare = key.strip(ANY)
    if IS_HAN.search(bare):
        wanted = "".join(letter for letter in bare if letter.isalnum())
        return [dense.span(at, at + len(wanted)) for at in _places(wanted, dense.text)]
    before, after = key.startswith(ANY), key.endswith(ANY)
    return [
        text.span(at, at + len(bare))
        for at in _places(bare, text.text)
        if (before or _is_edge(text.text, at - 1)) and (after or _is_edge(text.text, at + len(bare)))
    ]


def _places(wanted: str, text: str) -> list[int]:
    found: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + len(wanted))
    return found


def _is_edge(text: str, at: int) -> bool:
    if not 0 <= at < len(text):
        return True
    return not text[at].isalnum() or IS_HAN.match(text[at]) is not None


def replaced(text: str, spans: list[tuple[Span, str]]) -> str:
    """The text with something else in these places; where two overlap, the first one counts."""
    parts: list[str] = []
    end = 0
    for (start, stop), instead in sorted(spans):
        if start >= end:
            parts += [text[end:start], instead]
            end = stop
    return "".join([*parts, text[end:]])
