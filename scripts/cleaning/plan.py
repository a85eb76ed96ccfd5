"""What is to be purged: kept in a file, so that it may be more than fits into memory, and outlives whoever made it.

Each item belongs to a root, with which it goes: the comments of a topic go with the topic, which goes last. What became
of an item is noted when it is known: `purged`, `left` because it is restored or used again, `gone` because somebody
else was faster. `trying` says that a run was about to purge it; if it is not there then, it was that run.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, Self

from bson import ObjectId

BATCH: Final = 500
# People who have left are erased, which is more than purging one document.
LEAVERS: Final = "leavers"

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
    "api_tokens",
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
    "said",
    "removed",
    "uploads",
    "files",
    "orphans",
    "mails",
]
Outcome = Literal["", "trying", "purged", "left", "gone"]
State = Literal["waits", "begun", "finished"]
KINDS: Final[tuple[Kind, ...]] = Kind.__args__  # type: ignore[attr-defined]

SCHEMA: Final = """
    CREATE TABLE items (
        kind TEXT, id TEXT, family TEXT, root TEXT, size INTEGER, outcome TEXT DEFAULT '', PRIMARY KEY (kind, id)
    ) WITHOUT ROWID;
    CREATE TEMPORARY TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE INDEX by_root ON items (family, root, kind);
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(slots=True)
class Count:
    """How many, and how many bytes."""

    count: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a plan was made, which is all that is needed to ask again whether something may go.

    `since`: what was deleted before; `left_before`: who left before; `unused_since`: what nobody used since.
    """

    made_at: datetime
    older_than_days: int
    since: datetime
    left_before: datetime
    unused_since: datetime


Item = tuple[str, str, int]  # id, root, size in bytes


class Plan:
    """Items by kind and root. `kept_users` is how many deleted people are still named somewhere.

    `lost_files` is how many stored files have lost contents.
    """

    def __init__(self, path: Path | None = None, name: str = "", *, alone: bool = False) -> None:
        """In a file, new or not; without one it ends with this object. `alone`: nobody else may open it meanwhile."""
        self.path, self.name = path, name
        self._store = sqlite3.connect(path or "", timeout=0)  # without a name it is SQLite's own temporary file
        if alone:
            self._store.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._store.execute("BEGIN EXCLUSIVE")
            self._store.commit()
        if not self._store.execute("SELECT 1 FROM sqlite_master WHERE name = 'items'").fetchone():
            self._store.executescript(SCHEMA)
        seen: tuple[int, int] = self._said("seen") or (0, 0)
        self.kept_users, self.lost_files = seen

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was not committed is lost."""
        self._store.close()

    def move_to(self, path: Path) -> None:
        """Have the file stand there. SQLite writes no more to a file that was moved while it was open."""
        assert self.path is not None
        self.commit()
        self._store.close()
        self.path = self.path.rename(path)
        self._store = sqlite3.connect(path, timeout=0)

    def commit(self) -> None:
        """Have everything so far outlive this process."""
        self._say("seen", (self.kept_users, self.lost_files))

    def _say(self, key: str, value: Any) -> None:
        self._store.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, json.dumps(value, default=str)))
        self._store.commit()

    def _said(self, key: str) -> Any:
        found = self._store.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return json.loads(found[0]) if found else None

    def say_terms(self, terms: Terms) -> None:
        """Keep by what it is made."""
        self._say("terms", asdict(terms))

    @property
    def terms(self) -> Terms:
        """By what it was made."""
        said: dict[str, Any] = self._said("terms")
        days = said.pop("older_than_days")
        return Terms(older_than_days=days, **{name: datetime.fromisoformat(at) for name, at in said.items()})

    @property
    def state(self) -> State:
        """How far it is."""
        state: State = self._said("state") or "waits"
        return state

    def turn(self, state: State) -> None:
        """It has come so far."""
        self._say("state", state)

    def add(self, kind: Kind, family: Kind, items: Iterable[Item]) -> None:
        """Plan to purge `items` with their roots of kind `family`; what is planned already stays where it is."""
        rows = ((kind, id, family, root, size) for id, root, size in items)
        query = "INSERT OR IGNORE INTO items (kind, id, family, root, size) VALUES (?, ?, ?, ?, ?)"
        self._store.executemany(query, rows)

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
        query = (
            "SELECT id FROM items WHERE kind = ? AND family = ? AND id > ? AND outcome IN ('', 'trying')"
            " ORDER BY id LIMIT ?"
        )
        while found := [id for (id,) in self._store.execute(query, (family, family, last, BATCH))]:
            yield found
            last = found[-1]

    def below(self, family: Kind, kind: Kind, roots: Sequence[str]) -> Iterator[dict[str, int]]:
        """The items of a kind that go with these roots and are not settled, with their sizes, in batches."""
        which = f"family = ? AND kind = ? AND root IN ({_marks(roots)}) AND outcome IN ('', 'trying')"
        query = f"SELECT id, size FROM items WHERE {which}"  # noqa: S608
        cursor = self._store.execute(query, (family, kind, *roots))
        while found := cursor.fetchmany(BATCH):
            yield dict(found)

    def tried(self, kind: str, ids: Sequence[str]) -> set[str]:
        """Those that an earlier run was about to purge when it ended."""
        query = f"SELECT id FROM items WHERE kind = ? AND outcome = 'trying' AND id IN ({_marks(ids)})"  # noqa: S608
        return {id for (id,) in self._store.execute(query, (kind, *ids))}

    def settle(self, kind: str, ids: Iterable[str], outcome: Outcome) -> None:
        """Note what became of them, for good."""
        rows = [(outcome, kind, id) for id in ids]
        self._store.executemany("UPDATE items SET outcome = ? WHERE kind = ? AND id = ?", rows)
        self._store.commit()

    def leave(self, family: Kind, roots: Sequence[str]) -> None:
        """These stay, with all that would have gone with them."""
        query = f"UPDATE items SET outcome = 'left' WHERE family = ? AND root IN ({_marks(roots)})"  # noqa: S608
        self._store.execute(query, (family, *roots))
        self._store.commit()

    def counts(self, outcome: Outcome | None = None) -> dict[Kind, Count]:
        """What is planned, of every kind; or only that of which this became."""
        query = "SELECT kind, COUNT(*), SUM(size) FROM items WHERE ? IS NULL OR outcome = ? GROUP BY kind"
        found = {kind: Count(count, size) for kind, count, size in self._store.execute(query, (outcome, outcome))}
        return {kind: found.get(kind, Count()) for kind in KINDS}

    def add_leavers(self, ids: Iterable[str]) -> None:
        """Plan to erase people who have left."""
        rows = ((LEAVERS, id, LEAVERS, id) for id in ids)
        query = "INSERT OR IGNORE INTO items (kind, id, family, root, size) VALUES (?, ?, ?, ?, 0)"
        self._store.executemany(query, rows)

    def leavers(self, outcome: Outcome | None = None) -> set[str]:
        """The people to be erased; or those of whom this became."""
        query = "SELECT id FROM items WHERE kind = ? AND (? IS NULL OR outcome = ?)"
        return {id for (id,) in self._store.execute(query, (LEAVERS, outcome, outcome))}


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
