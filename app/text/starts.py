"""How people may begin to write somebody's name: its words, from each of them on; of Han names, each character."""

from __future__ import annotations

import re
from typing import Final

from app.text.segment import HAN, UNSPACED, fold

BEGINNING: Final = re.compile(f"(?<![^\\W_])[^\\W_]|[{HAN}{UNSPACED}]")
STARTS_MAX: Final = 40
START_CHARS_MAX: Final = 40


def starts_of(*names: str) -> list[str]:
    """Folded ends of these names: `Ada Lovelace` gives `ada lovelace` and `lovelace`, 王小明 also 小明 and 明."""
    found: dict[str, None] = {}
    for name in names:
        plain = typed_start(name)
        for begin in BEGINNING.finditer(plain):
            found[plain[begin.start() :][:START_CHARS_MAX]] = None
    return list(found)[:STARTS_MAX]


def typed_start(text: str) -> str:
    """What somebody has typed of a name, as it is looked for among such ends."""
    return " ".join(fold(text).split())
