"""Which characters are written without spaces between words: Han, kana, hangul, bopomofo, and their punctuation."""

from __future__ import annotations

import re

# For use inside a regular expression's [...]. Fullwidth Latin letters and digits are left out: they are Latin.
CJK_RANGES = (
    "\u1100-\u11ff\u2e80-\u2fff\u3001-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# Where a Chinese sentence ends or pauses; a URL never contains these unless percent-encoded.
CJK_STOPS = (
    "\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe30-\ufe4f"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—"
)

_CJK = re.compile(f"[{CJK_RANGES}]")


def is_cjk(char: str) -> bool:
    """Whether `char` (one character, or none) belongs to Han, kana, hangul or bopomofo text."""
    return _CJK.match(char) is not None


def is_punctuation(char: str) -> bool:
    """Punctuation as mistune's emphasis rule understands it: what is neither a space nor a letter or digit."""
    return not char.isspace() and not char.isalnum()
