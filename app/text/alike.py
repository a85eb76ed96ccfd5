"""Which texts are the same but for what does not matter, and what they link to."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from app.text.matching import IS_HAN, folded

# A text that weighs less may be said by anybody, anywhere: “thanks a lot”, “谢谢”. A Han character weighs two.
SHORT: Final = 40
LINKS_MAX: Final = 20
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"'`\u3000-\u303f\uff00-\uffef]{3,500}", re.IGNORECASE)


def links_in(text: str) -> tuple[str, ...]:
    """Host and path of each link to elsewhere, folded, without what follows a question mark; each once."""
    found: dict[str, None] = {}
    for match in _LINK.finditer(unicodedata.normalize("NFC", text)):
        bare = re.split(r"[?#]", match[0].casefold(), maxsplit=1)[0]
        bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", bare).rstrip("/.,;:!)]}*_~")
        if "." in bare:
            found[bare] = None
    return tuple(found)[:LINKS_MAX]


def key_of_text(text: str) -> str:
    """Equal for texts that differ in case, width, accents, spaces and punctuation only; empty for a short one.

    One with a link is never short.
    """
    letters = folded(text).dense.text
    weight = len(letters) + len(IS_HAN.findall(letters))
    if not letters or (weight < SHORT and not links_in(text)):
        return ""
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()
