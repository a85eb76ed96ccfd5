"""Small Discourse archives for tests, in the shape of the real ones."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
USERS = {"alice": 11, "bob": 12, "小明": 13, "carol": 14}


def moment(minutes: float) -> str:
    """As Discourse writes it."""
    return (START + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Archive:
    """A folder of posts; each test says only what it is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def post(self, id: int, topic: int, number: int, user: str = "alice", **fields: Any) -> Path:
        """A file; by default a post is as old as its id says, and was never edited."""
        created = fields.pop("at", id)
        post: dict[str, Any] = {
            "id": id,
            "topic_id": topic,
            "topic_title": f"Topic {topic}",
            "category_id": 7,
            "post_number": number,
            "post_type": 1,
            "reply_to_post_number": None,
            "user_id": USERS.get(user, 100 + len(user)),
            "username": user,
            "name": None,
            "created_at": moment(created),
            "updated_at": moment(created),
            "version": 1,
            "reads": 5,
            "raw": f"Words of {user}, number {number} of {topic}.",
            "cooked": "<p>not read</p>",
            "actions_summary": [],
            "deleted_at": None,
            "hidden": False,
            "user_deleted": False,
        }
        if "version" in fields:
            post["updated_at"] = moment(created + 60 * fields["version"])
        if "likes" in fields:
            post["actions_summary"] = [{"id": 2, "count": fields.pop("likes")}, {"id": 5, "count": 99}]
        return self.write(f"{id:010}-{user}-slug", post | fields)

    def write(self, name: str, content: Any) -> Path:
        """Any JSON file, in the folder of a month."""
        folder = self.folder / "posts" / "2024-01-January"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.json"
        while path.exists():
            path = path.with_stem(path.stem + "x")
        path.write_text(json.dumps(content, ensure_ascii=False))
        return path

    def raw(self, name: str, content: bytes) -> Path:
        """A file that may be anything."""
        path = self.write(name, None)
        path.write_bytes(content)
        return path


def varied(archive: Archive) -> None:
    """Something of everything: versions, titles, gaps, replies, quotes, likes, deletions, names and moves."""
    archive.post(1, 1, 1, "alice", topic_title="An olde title", raw="First", likes=1)
    archive.post(1, 1, 1, "alice", topic_title="A new title", raw="First, edited by @bob", version=3, reads=9, likes=4)
    archive.post(2, 1, 2, "bob", topic_title="An olde title", raw="Second", likes=2, reply_to_post_number=1)
    archive.post(2, 1, 2, "bob", topic_title="A new title", raw="Second", likes=3, reads=8, reply_to_post_number=1)
    archive.post(5, 1, 5, "小明", topic_title="The newest title", raw="@alice你好", reply_to_post_number=3)
    archive.post(6, 1, 6, "carol", topic_title="The newest title", raw="(post deleted by author)", user_deleted=True)
    archive.post(
        30, 2, 26, "bob", raw='[quote="alice, post:1, topic:1"]\nFirst\n[/quote]\n\nSo @alice says', category_id=8
    )
    archive.post(31, 2, 27, "alice", raw="One", version=2, category_id=9)
    archive.post(31, 2, 27, "alice", raw="Two", version=3, category_id=9)
    archive.post(31, 2, 27, "alice", raw="One", version=4, category_id=9)
    archive.post(40, 3, 1, "carol", raw="Gone", deleted_at=moment(50), category_id=8)
    archive.post(41, 3, 2, "alice", raw="In what is gone, as `@bob` is only written", likes=1, category_id=8)
    archive.post(50, 4, 1, "rnodern", raw="A table\n\n| a | b |\n|---|---|\n| 1 | 2 |", user_id=500)
    archive.post(51, 4, 2, "modern", raw="@rnodern and @modern", user_id=501, name="Modern")
    archive.post(52, 4, 3, "system", raw="@system says so", user_id=-1, hidden=True)


def scattered(archive: Archive, seed: int) -> None:
    """Random topics with gaps, whose titles, boards, texts, likes and deletions change from version to version."""
    chance, id = random.Random(seed), 0
    for topic in range(1, 5):
        titles = [f"Title {topic}.{turn}" for turn in range(chance.randint(1, 4))]
        number = 0
        for _ in range(chance.randint(1, 7)):
            id, number = id + 1, number + chance.choice([1, 1, 1, 2, 5])
            user = chance.choice(list(USERS))
            for version in sorted(chance.sample(range(1, 6), chance.randint(1, 3))):
                edited = {"version": version} if version > 1 else {}
                archive.post(
                    id,
                    topic,
                    number,
                    user,
                    raw=chance.choice(["A", "B", "C @bob"]),
                    topic_title=chance.choice(titles),
                    category_id=chance.choice([7, 7, 8]),
                    likes=chance.randint(0, 3),
                    reads=chance.randint(1, 20),
                    user_deleted=chance.random() < 0.1,
                    reply_to_post_number=chance.choice([None, None, chance.randint(1, number)]),
                    **edited,
                )
