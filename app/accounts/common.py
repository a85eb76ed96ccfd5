"""Passwords that are guessed first: the most common ones, and those made of what everybody can see.

OWASP ASVS 5.0, 6.2.4 and 6.2.11. The list is read when it is first asked for, and compared without regard to case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("common_passwords.txt")
# So many characters beside the words that everybody knows are no secret yet: `alice2024`.
BESIDE_MIN: Final = 5
# Shorter words are in everything; two Han characters are a name.
WORD_MIN: Final = 4
HAN_WORD_MIN: Final = 2


def is_common(password: str) -> bool:
    """Whether it is among the most common ones."""
    return folded(password) in _listed()


def is_about(password: str, words: Iterable[str]) -> bool:
    """Whether little is left of it without the person's name and address and the forum's name."""
    rest = folded(password)
    for part in sorted({part for word in words for part in _parts(folded(word))}, key=len, reverse=True):
        rest = rest.replace(part, "\0")
    if "\0" not in rest:
        return False
    return len(re.sub(r"[\0\W_]", "", rest)) < BESIDE_MIN


def _parts(word: str) -> set[str]:
    """`ada@mail.example.org` is known as itself, as `ada` and as `example`."""
    parts = {word, *re.split(r"[@.\s_+-]+", word)}
    return {part for part in parts if len(part) >= (WORD_MIN if part.isascii() else HAN_WORD_MIN)}


def folded(text: str) -> str:
    """As passwords are compared with the list."""
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _listed() -> frozenset[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))
