"""Traditional characters → simplified ones, one for one, so that either finds the other.

Character by character and not by words: a part of a text then gives a part of what the text gives, whatever stands
around it, and each character stays where it is. Several traditional ones may become the same (發 and 髮: 发), as who
types 发 may mean either.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

# OpenCC's; the one for Hong Kong is the general one and seven more characters.
CONFIG: Final = "hk2s"
BLOCKS: Final = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
CHUNK: Final = 4_096


def simplified(text: str) -> str:
    """The same number of characters, the traditional ones among them in their simplified form."""
    return text if text.isascii() else text.translate(_table())


@lru_cache(1)
def _table() -> dict[int, int]:
    """5,000 entries; worked out in 0.1 s, so it is done beside the loop when a process starts."""
    from opencc import OpenCC

    convert = OpenCC(CONFIG).convert
    found: dict[int, int] = {}
    for first, last in BLOCKS:
        for start in range(first, last + 1, CHUNK):
            codes = range(start, min(start + CHUNK, last + 1))
            forms = convert("\n".join(map(chr, codes))).split("\n")
            found |= {code: ord(form) for code, form in zip(codes, forms, strict=True) if form != chr(code)}
    return {code: found.get(form, form) for code, form in found.items()}


def writings_of(text: str) -> tuple[str, ...]:
    """A text as it was typed, in simplified and in traditional characters: for what is stored as it was typed."""
    if text.isascii():
        return (text,)
    return tuple(dict.fromkeys((text, simplified(text), _traditional()(text))))


@lru_cache(1)
def _traditional() -> Callable[[str], str]:
    """By words, as one character can have come from several."""
    from opencc import OpenCC

    found: Callable[[str], str] = OpenCC("s2t").convert
    return found
