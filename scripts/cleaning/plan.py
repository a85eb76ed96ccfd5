"""What is to be purged: kept in a temporary file, so that it may be more than fits into memory.

Each item belongs to a root, with which it goes: the comments of a topic go with the topic, which goes last.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from bson import ObjectId

BATCH: Final = 500

Kind = Literal[
    "users",
    "boards",
    "topics",
    "comments",
    "revisions",
    "reactions",
    "notifications",
    "messages",
    "earlier_messages",
    "conversations",
    "memberships",
    "sessions",
    "letters",
    "archives",
    "factors",
    "passkeys",
    "pending",
    "tokens",
    "attempts",
    "follows",
    "blocks",
    "drafts",
    "markers",
    "watches",
    "bookmarks",
    "rescued",
    "uploads",
    "files",
    "orphans",
]
KINDS: Final[tuple[Kind, ...]] = Kind.__args__  # type: ignore[attr-defined]

SCHEMA: Final = """
    CREATE TABLE items (kind TEXT, id TEXT, family TEXT, root TEXT, size INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID;
    CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE INDEX by_root ON items (family, root, kind);
"""


@dataclass(slots=True)
class Count:
    """How many, and how many bytes."""

    count: int = 0
    bytes: int = 0


Item = tuple[str, str, int]  # id, root, size in bytes


class Plan:
    """Items by kind and root. `kept_users` is how many deleted people are still named somewhere.

    `lost_files` is how many stored files have lost contents.
    """

    def __init__(self) -> None:
        self._store = sqlite3.connect("")  # SQLite's own temporary file
        self._store.executescript(SCHEMA)
        self.kept_users = 0
        self.lost_files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def add(self, kind: Kind, family: Kind, items: Iterable[Item]) -> None:
        """Plan to purge `items` with their roots of kind `family`; what is planned already stays where it is."""
        rows = ((kind, id, family, root, size) for id, root, size in items)
        self._store.executemany("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?)", rows)

    def has(self, kind: str, id: ObjectId) -> bool:
        """Whether it is to be purged."""
        return bool(self._store.execute("SELECT 1 FROM items WHERE kind = ? AND id = ?", (kind, str(id))).fetchone())

    def see(self, keys: Iterable[str]) -> None:
        """Remember what is in the storage."""
        self._store.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((key,) for key in keys))

    def unseen(self, keys: Iterable[str]) -> bool:
        """Whether any of these was not in the storage."""
        return not all(self._store.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() for key in keys)

    def roots(self, family: Kind) -> Iterator[list[str]]:
        """The roots of a kind that are planned to go with themselves, in batches."""
        last = ""
        query = "SELECT id FROM items WHERE kind = ? AND family = ? AND id > ? ORDER BY id LIMIT ?"
        while found := [id for (id,) in self._store.execute(query, (family, family, last, BATCH))]:
            yield found
            last = found[-1]

    def below(self, family: Kind, kind: Kind, roots: Sequence[str]) -> Iterator[dict[str, int]]:
        """The items of a kind that go with these roots, with their sizes, in batches."""
        marks = ",".join("?" * len(roots))
        query = f"SELECT id, size FROM items WHERE family = ? AND kind = ? AND root IN ({marks})"  # noqa: S608
        cursor = self._store.execute(query, (family, kind, *roots))
        while found := cursor.fetchmany(BATCH):
            yield dict(found)

    def counts(self) -> dict[Kind, Count]:
        """What is planned, of every kind."""
        query = "SELECT kind, COUNT(*), SUM(size) FROM items GROUP BY kind"
        found = {kind: Count(count, size) for kind, count, size in self._store.execute(query)}
        return {kind: found.get(kind, Count()) for kind in KINDS}
