"""The spool of an import from NodeBB: what stands where, in SQLite's temporary file. The texts stay in NodeBB."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scripts.importing.spool import PostRow, Spool, TopicRow

SCHEMA: Final = """
    CREATE TABLE nb_topics (id PRIMARY KEY, board, title, tags, main, at, edited, deleted, pinned, locked, views, mark)
        WITHOUT ROWID;
    CREATE TABLE nb_posts (id PRIMARY KEY, topic, user, at, first) WITHOUT ROWID;
    CREATE TABLE slugs (key PRIMARY KEY, user) WITHOUT ROWID;
    CREATE TABLE nb_boards (id PRIMARY KEY, name, rank) WITHOUT ROWID;
    CREATE TABLE nb_messages (id PRIMARY KEY, room, user, at) WITHOUT ROWID;
"""
INDEXES: Final = """
    CREATE INDEX nb_posts_by_topic ON nb_posts (topic, first DESC, at, id);
    CREATE INDEX nb_messages_by_room ON nb_messages (room, at, id);
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What NodeBB says of a topic. Moments in milliseconds; `main` is its opening post, 0 when it does not say."""

    id: int
    board: int
    title: str
    tags: tuple[str, ...]
    main: int
    at: int
    edited: int
    deleted: bool
    pinned: bool
    locked: bool
    views: int


class Places(Spool):
    """Fill it, `index` it, number the posts, then ask."""

    def __init__(self) -> None:
        super().__init__()
        self.store.executescript(SCHEMA)

    def add_user(self, id: int, username: str, since: int) -> None:
        """Somebody, under the name that they have there; `since` in milliseconds."""
        self.store.execute("INSERT OR IGNORE INTO users VALUES (?, '', ?, '', ?)", (id, username, since))

    def slug(self, key: str, user: int) -> None:
        """Another name by which somebody is mentioned, when all have their own."""
        self.store.execute("INSERT OR IGNORE INTO slugs VALUES (?, ?)", (key, user))

    def add_board(self, id: int, name: str, rank: str) -> None:
        """A category; `rank` sorts them."""
        self.store.execute("INSERT OR REPLACE INTO nb_boards VALUES (?, ?, ?)", (id, name, rank))

    def add_topic(self, told: Told) -> None:
        """A topic without its mark, which needs what is stored here."""
        row = (told.id, told.board, told.title, json.dumps(told.tags), told.main, told.at, told.edited)
        flags = (told.deleted, told.pinned, told.locked, told.views)
        self.store.execute(f"INSERT OR REPLACE INTO nb_topics VALUES ({', '.join('?' * 11)}, '')", (*row, *flags))  # noqa: S608

    def add_post(self, id: int, topic: int, user: int, at: int) -> bool:
        """A post; False when its topic is not there."""
        found = self.store.execute("SELECT main FROM nb_topics WHERE id = ?", (topic,)).fetchone()
        if found is not None:
            row = (id, topic, user, at, found[0] == id)
            self.store.execute("INSERT OR REPLACE INTO nb_posts VALUES (?, ?, ?, ?, ?)", row)
        return found is not None

    def add_message(self, id: int, room: int, user: int, at: int) -> None:
        """A message of a chat."""
        self.store.execute("INSERT OR REPLACE INTO nb_messages VALUES (?, ?, ?, ?)", (id, room, user, at))

    def index(self) -> list[int]:
        """After the last one. Gives those who have written but are not there any more, who are added."""
        self.store.executescript(INDEXES)
        wrote = "SELECT user, at FROM nb_posts UNION ALL SELECT user, at FROM nb_messages"
        gone = f"SELECT user, MIN(at) FROM ({wrote}) WHERE user NOT IN (SELECT id FROM users) GROUP BY user"  # noqa: S608
        found = self.store.execute(gone).fetchall()
        for user, at in found:
            self.add_user(user, f"former_{user}" if user > 0 else "visitor", at)
        self.store.execute("INSERT OR IGNORE INTO names SELECT key, '', user FROM slugs")
        homeless = "SELECT DISTINCT board FROM nb_topics WHERE board NOT IN (SELECT id FROM nb_boards)"
        self.store.execute(f"INSERT INTO nb_boards SELECT board, '', '~' FROM ({homeless})")  # noqa: S608
        return [user for user, _ in found]

    def told_in_batches(self, size: int) -> Iterator[list[Told]]:
        """All topics."""
        cursor = self.store.execute("SELECT * FROM nb_topics ORDER BY id")
        while rows := cursor.fetchmany(size):
            yield [self._told(row) for row in rows]

    def told(self, topics: Iterable[int]) -> dict[int, Told]:
        """What is said of these."""
        ids = list(topics)
        rows = self.store.execute(f"SELECT * FROM nb_topics WHERE id IN ({','.join('?' * len(ids))})", ids)  # noqa: S608
        return {row[0]: self._told(row) for row in rows}

    @staticmethod
    def _told(row: Sequence[Any]) -> Told:
        id, board, title, tags, main, at, edited, deleted, pinned, locked, views, _ = row
        flags = (bool(deleted), bool(pinned), bool(locked))
        return Told(id, board, title, tuple(json.loads(tags)), main, at, edited, *flags, views)

    def in_order(self, topic: int) -> list[tuple[int, int]]:
        """Posts and users of a topic, the opening post first."""
        query = "SELECT id, user FROM nb_posts WHERE topic = ? ORDER BY first DESC, at, id"
        return self.store.execute(query, (topic,)).fetchall()

    def place(self, told: Told, mark: str, numbers: Iterable[tuple[int, int, int]]) -> None:
        """The mark of a topic, and the numbers of its posts as (number, post, user)."""
        self.store.execute("UPDATE nb_topics SET mark = ? WHERE id = ?", (mark, told.id))
        self.store.execute("INSERT OR REPLACE INTO titles VALUES (?, ?, ?)", (told.id, told.title, mark))
        rows = ((told.id, *row) for row in numbers)
        self.store.executemany("INSERT INTO posts VALUES (?, ?, ?, ?)", rows)

    def placed(self) -> None:
        """After the last number."""
        self.store.execute("CREATE INDEX posts_by_post ON posts (post)")
        self.store.commit()

    def categories(self) -> dict[int, str]:
        """All of them, whether something was written there or not."""
        return dict(self.store.execute("SELECT id, name FROM nb_boards ORDER BY rank, id").fetchall())

    def topics(self) -> Iterator[TopicRow]:
        """Those with posts, always in the same order."""
        counted = "SELECT topic, COUNT(*) AS n FROM posts GROUP BY topic"
        query = f"SELECT nb_topics.*, n FROM nb_topics JOIN ({counted}) ON topic = id ORDER BY id"  # noqa: S608
        for row in self.store.execute(query):
            told, mark, posts = self._told(row[:-1]), row[-2], row[-1]
            more = {"pinned": told.pinned, "locked": told.locked, "view_count": told.views}
            yield TopicRow(told.id, mark, told.title, told.board, list(told.tags), posts, more)

    def post(self, id: int) -> PostRow | None:
        """Where a post stands."""
        row = self.store.execute("SELECT topic, number, post, user FROM posts WHERE post = ?", (id,)).fetchone()
        return PostRow(*row) if row else None

    def rooms(self) -> Iterator[int]:
        """The chats in which something was said."""
        for (room,) in self.store.execute("SELECT DISTINCT room FROM nb_messages ORDER BY room"):
            yield room

    def said_in(self, room: int) -> list[tuple[int, int, int]]:
        """The messages of a chat in order: (message, user, milliseconds)."""
        query = "SELECT id, user, at FROM nb_messages WHERE room = ? ORDER BY at, id"
        return self.store.execute(query, (room,)).fetchall()
