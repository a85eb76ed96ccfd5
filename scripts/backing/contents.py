"""THE table of a backup: which collections are in it, and why the others are not. A test knows if it misses one."""

from __future__ import annotations

from typing import Final

from documents import ALL, Archive, Challenge, Factor, Letter, Login, Pending, Record, StoredFile, Token, User
from documents.base import Raw
from documents.letter import SECRET_FACTS

# Whoever holds a backup must not be able to log in with it, and what they could use would be of no use afterwards.
LEFT_OUT: Final[dict[type[Record], str]] = {
    Login: "log-ins: everybody logs in once more",
    Pending: "log-ins between their two steps, good for minutes",
    Challenge: "challenges for passkeys, good for minutes",
    Token: "links in letters that open accounts",
    Archive: "people's archives of their own data, made anew when asked for",
}
# Of what is in it, only these.
ONLY: Final[dict[type[Record], Raw]] = {
    Letter: {f"facts.{name}": {"$exists": False} for name in SECRET_FACTS},
}
# Secrets that the forum cannot do without, but a copy for somebody else can: `backup.py --without-passwords`.
# An app's secret is sealed with QUORUM_SECRET_KEY, which is never part of a backup.
PASSWORDS: Final[dict[type[Record], Raw]] = {
    User: {"password_hash": ""},
    Factor: {"secret": "", "draft": "", "codes": []},
}


def kept() -> tuple[type[Record], ...]:
    """The documents in a backup: files first, so that their contents are known early."""
    return StoredFile, *(document for document in ALL if document is not StoredFile and document not in LEFT_OUT)


def by_collection() -> dict[str, type[Record]]:
    """Those by the name of their collection."""
    return {str(document.Settings.name): document for document in kept()}
