"""What is in the archive, in a temporary file: ids, numbers, names and paths. The texts stay in the archive's files."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from app.text.names import username_key
from scripts.importing.archive import Post

# The newest version of anything is the one with the greatest mark; see `archive.Post.mark`.
SCHEMA: Final = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE versions (post, mark, topic, number, user, path, PRIMARY KEY (post, mark)) WITHOUT ROWID;
    CREATE TABLE posts (topic, number, post, user, PRIMARY KEY (topic, number)) WITHOUT ROWID;
    CREATE TABLE topics (id PRIMARY KEY, mark, title, category) WITHOUT ROWID;
    CREATE TABLE tags (id PRIMARY KEY, mark, tags) WITHOUT ROWID;
    CREATE TABLE titles (topic, title, mark, PRIMARY KEY (topic, title)) WITHOUT ROWID;
    CREATE TABLE categories (id PRIMARY KEY, mark, name) WITHOUT ROWID;
    CREATE TABLE users (id PRIMARY KEY, mark, username, name, since) WITHOUT ROWID;
    CREATE TABLE names (key PRIMARY KEY, mark, user) WITHOUT ROWID;
    CREATE TABLE called (user PRIMARY KEY, username) WITHOUT ROWID;
"""
NEWER: Final = "WHERE excluded.mark > mark"
EPOCH: Final = datetime.fromtimestamp(0, UTC)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user under the newest names, and since when there are posts."""

    id: int
    mark: str
    username: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with its newest title and category; `tags` are None when nothing is known of them.

    `more` are fields of the document that an archive of this kind knows.
    """

    id: int
    mark: str
    title: str
    category: int
    tags: list[str] | None
    posts: int
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post where its newest version stands."""

    topic: int
    number: int
    id: int
    user: int


class Spool:
    """Fill it with `add`, then `settle` it, then ask."""

    def __init__(self) -> None:
        self.store = sqlite3.connect("")  # SQLite's own temporary file
        self.store.executescript(SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def add(self, post: Post, path: Path) -> bool:
        """Note a post; False when the very same version is there already."""
        mark, category = post.mark, post.category_name or post.category_slug or ""
        row = (post.id, mark, post.topic_id, post.post_number, post.user_id, str(path))
        if not self.store.execute("INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?)", row).rowcount:
            return False
        self._newest("topics", post.topic_id, mark, title=post.title, category=post.category_id)
        if post.tags is not None:  # not every version of Discourse gives them with each post
            self._newest("tags", post.topic_id, mark, tags="\n".join(post.topic_tags))
        self._oldest_title(post, mark)
        self._newest("categories", post.category_id, mark if category else "", name=category.strip())
        self._add_user(post, mark)
        return True

    def _newest(self, table: str, id: int, mark: str, **fields: str | int) -> None:
        names, marks = ", ".join(fields), ", ".join("?" * len(fields))
        changes = ", ".join(f"{name} = excluded.{name}" for name in fields)
        self.store.execute(
            f"INSERT INTO {table} (id, mark, {names}) VALUES (?, ?, {marks}) "  # noqa: S608 - names of ours
            f"ON CONFLICT DO UPDATE SET mark = excluded.mark, {changes} {NEWER}",
            (id, mark, *fields.values()),
        )

    def _oldest_title(self, post: Post, mark: str) -> None:
        change = "ON CONFLICT DO UPDATE SET mark = excluded.mark WHERE excluded.mark < mark"
        self.store.execute(f"INSERT INTO titles VALUES (?, ?, ?) {change}", (post.topic_id, post.title, mark))  # noqa: S608

    def _add_user(self, post: Post, mark: str) -> None:
        since = round((post.created - EPOCH) / timedelta(milliseconds=1))
        self._newest("users", post.user_id, mark, username=post.username, name=(post.name or "").strip())
        change = "UPDATE users SET since = MIN(COALESCE(since, ?), ?) WHERE id = ?"
        self.store.execute(change, (since, since, post.user_id))
        self.name(username_key(post.username), mark, post.user_id)

    def name(self, key: str, mark: str, user: int) -> None:
        """Note that `user` is or was called so; of two who were, it is who was later."""
        change = f"ON CONFLICT DO UPDATE SET mark = excluded.mark, user = excluded.user {NEWER}"
        self.store.execute(f"INSERT INTO names VALUES (?, ?, ?) {change}", (key, mark, user))  # noqa: S608

    def settle(self) -> list[tuple[int, int, int]]:
        """After the last post: find where each stands. Gives (post, topic, number) of those whose place is taken."""
        newest = "SELECT topic, number, post, user, MAX(mark) AS mark FROM versions GROUP BY post"
        self.store.execute(
            f"INSERT OR IGNORE INTO posts SELECT topic, number, post, user FROM ({newest}) ORDER BY mark DESC"  # noqa: S608
        )
        lost = f"SELECT post, topic, number FROM ({newest}) WHERE post NOT IN (SELECT post FROM posts)"  # noqa: S608
        self.store.commit()
        return [(post, topic, number) for post, topic, number in self.store.execute(lost)]

    def count(self, table: str) -> int:
        """How many there are."""
        (found,) = self.store.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608
        return int(found)

    def categories(self) -> dict[int, str]:
        """The names of the categories that topics stand in; empty where none is known."""
        query = "SELECT id, name FROM categories WHERE id IN (SELECT category FROM topics) ORDER BY id"
        return dict(self.store.execute(query).fetchall())

    def users(self) -> Iterator[list[UserRow]]:
        """All of them in batches, always in the same order."""
        cursor = self.store.execute("SELECT id, mark, username, name, since FROM users ORDER BY id")
        while rows := cursor.fetchmany(BATCH):
            yield [
                UserRow(id, mark, username, name, EPOCH + timedelta(milliseconds=since))
                for id, mark, username, name, since in rows
            ]

    def topics(self) -> Iterator[TopicRow]:
        """Those with posts, always in the same order."""
        counted = "SELECT topic, COUNT(*) AS n FROM posts GROUP BY topic"
        columns = "id, topics.mark, title, category, tags, n"
        joined = f"topics JOIN ({counted}) ON topic = id LEFT JOIN tags USING (id)"
        query = f"SELECT {columns} FROM {joined} ORDER BY id"  # noqa: S608
        for id, mark, title, category, tags, posts in self.store.execute(query):
            yield TopicRow(id, mark, title, category, None if tags is None else tags.split(), posts)

    def titles(self, topic: int) -> list[tuple[str, str]]:
        """Every title that a topic has had, with its oldest mark."""
        return self.store.execute("SELECT title, mark FROM titles WHERE topic = ? ORDER BY mark", (topic,)).fetchall()

    def posts(self, topic: int, *, after: int, limit: int) -> list[PostRow]:
        """The posts of a topic in the order of their numbers."""
        query = "SELECT topic, number, post, user FROM posts WHERE topic = ? AND number > ? ORDER BY number LIMIT ?"
        return [PostRow(*row) for row in self.store.execute(query, (topic, after, limit))]

    def post_at(self, topic: int, number: int) -> PostRow | None:
        """The post of this number."""
        query = "SELECT topic, number, post, user FROM posts WHERE topic = ? AND number = ?"
        row = self.store.execute(query, (topic, number)).fetchone()
        return PostRow(*row) if row else None

    def last_number(self, topic: int) -> int:
        """The greatest number of a topic that has posts."""
        (number,) = self.store.execute("SELECT MAX(number) FROM posts WHERE topic = ?", (topic,)).fetchone()
        return int(number)

    def paths(self, post: int) -> list[tuple[str, Path]]:
        """Mark and file of each version of a post, the oldest first."""
        rows = self.store.execute("SELECT mark, path FROM versions WHERE post = ? ORDER BY mark", (post,))
        return [(mark, Path(path)) for mark, path in rows]

    def call(self, user: int, username: str) -> None:
        """Note the name that a user has in this forum."""
        self.store.execute("INSERT OR REPLACE INTO called VALUES (?, ?)", (user, username))

    def named(self, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Who is meant by these username keys, with their names here."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, user, username FROM names JOIN called USING (user) WHERE key IN ({marks})"  # noqa: S608
        return {key: (user, username) for key, user, username in self.store.execute(query, keys)}

    def has_topic(self, topic: int) -> bool:
        """Whether there are posts of it."""
        return bool(self.store.execute("SELECT 1 FROM posts WHERE topic = ? LIMIT 1", (topic,)).fetchone())
