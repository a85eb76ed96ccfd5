"""Which state of a thing is newer.

NodeBB says when a text was edited, but not when it was deleted, moved or restored. So a mark ends with a digest of the
state: the same state keeps the mark that is stored, another one gets a mark that is greater than it.
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

from scripts.importing.texts import moment_of

DIGEST_CHARS: Final = 12


def digest(*state: object) -> str:
    """The same for the same state."""
    return sha256(repr(state).encode(errors="replace")).hexdigest()[:DIGEST_CHARS]


def mark(moment: datetime, version: int, state: str, turn: int = 0) -> str:
    """Sorts by moment, then version, then how often the state has changed since."""
    return f"{moment.isoformat(timespec='milliseconds')} {version:06} {turn:09} 000000 {state}"


def newest_mark(moment: datetime, version: int, state: str, stored: str | None) -> str:
    """The mark of the state as it is now, given the one that is stored."""
    if stored is None:
        return mark(moment, version, state)
    if stored.endswith(f" {state}"):
        return stored
    fresh = mark(moment, version, state)
    if fresh.rpartition(" ")[0] > stored.rpartition(" ")[0]:
        return fresh
    known, turn = stored.split(" ")[1:3]
    return mark(moment_of(stored), int(known), state, int(turn) + 1)
