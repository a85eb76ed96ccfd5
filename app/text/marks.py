"""The mark of texts that are to be translated, for whatever stands too low to know of languages."""

from __future__ import annotations


def N_(msgid: str) -> str:  # noqa: N802 - the name that extractors know
    """Mark a text for the catalogues without translating it yet."""
    return msgid
