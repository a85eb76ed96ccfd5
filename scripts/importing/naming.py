"""Discourse names → names that this forum takes."""

import unicodedata
from collections.abc import Iterator
from itertools import count

from app.text import names

# As many as a suffix needs.
ROOM = 6


def candidates(username: str, user: int) -> Iterator[str]:
    """The name itself when it may be had, then variants of it, without end."""
    plain = shaped(username) or f"user_{user}"
    if not names.is_reserved(plain):
        yield plain
    for number in count(2):
        yield f"{plain[: names.MAX_LENGTH - ROOM].rstrip('_.-')}_{number}"


def shaped(username: str) -> str:
    """The nearest name of a shape that the forum takes; empty when there is none."""
    if names.check_shape(names.tidy(username)) is None:
        return names.tidy(username)
    letters = [char if names.is_name_char(char) else "_" for char in names.tidy(username)]
    near = "".join(letters)[: names.MAX_LENGTH].strip("_.-")
    return near if names.check_shape(near) is None else ""


def one_line(text: str, limit: int) -> str:
    """`text` without what would disturb a line, at most `limit` characters."""
    seen = "".join(" " if char.isspace() else char for char in text)
    kept = "".join(char for char in seen if unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn"))
    return " ".join(kept.translate(_OVERRIDES).split())[:limit].strip()


_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
