"""Tags as they stand in addresses."""

from __future__ import annotations

from app.errors import Invalid
from app.topics.service import TAG_CHARS_MAX, tags_from


def tag_named(text: str) -> str | None:
    """The tag that an address names, folded; None when it can be none."""
    try:
        folded = tags_from(text.replace(",", " ")[: TAG_CHARS_MAX * 2])
    except Invalid:
        return None
    return folded[0] if len(folded) == 1 else None
