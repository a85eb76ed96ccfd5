"""The archive that lies beside the project on some machines: real posts, and what a few plain lines see in them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest

from app.settings import Settings
from documents import Comment, Revision, Topic, User
from documents.base import Raw
from scripts.importing.identity import oid
from tests.people import Forum
from tests.scripts.calling import call, changes, dump, miscounted, on
from tests.scripts.processes import ROOT

ARCHIVE = ROOT.parent / "shared" / "data" / "discourse-archive"

pytestmark = pytest.mark.skipif(not ARCHIVE.is_dir(), reason="the archive is not on this machine")


def versions() -> dict[int, list[Raw]]:
    """Every file by post, the newest version last."""
    found: dict[int, list[Raw]] = defaultdict(list)
    for path in ARCHIVE.rglob("*.json"):
        post = json.loads(path.read_text())
        found[post["id"]].append(post)
    return {id: sorted(posts, key=age) for id, posts in found.items()}


def age(post: Raw) -> tuple[Any, ...]:
    return post["updated_at"], post["version"], post["reads"]


def likes(post: Raw) -> int:
    return sum(action["count"] for action in post["actions_summary"] if action["id"] == 2)


async def test_every_post_is_there_under_its_number(forum: Forum, settings: Settings) -> None:
    env, posts = on(settings), versions()
    first = await call("import_discourse", str(ARCHIVE), **env)
    assert first.code == 0, first.err
    assert await Comment.find_all().count() == len(posts)
    for id, files in posts.items():
        await compare(id, files)
    assert await Topic.find_all().count() == len({files[-1]["topic_id"] for files in posts.values()})
    assert await User.find_all().count() == len({post["user_id"] for files in posts.values() for post in files})
    assert await miscounted() == []
    before = await dump()
    again = await call("import_discourse", str(ARCHIVE), **env)
    assert again.code == 0, again.err
    assert changes(before, await dump()) == {}


async def compare(id: int, files: list[Raw]) -> None:
    newest = files[-1]
    comment = await Comment.get(oid("post", id))
    assert comment is not None, id
    assert (comment.topic, comment.number) == (oid("topic", newest["topic_id"]), newest["post_number"])
    assert comment.author == oid("user", newest["user_id"])
    assert comment.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z") == newest["created_at"]
    assert (comment.body, comment.like_count) == (newest["raw"], likes(newest))
    assert comment.live is not (newest["user_deleted"] and newest["post_number"] > 1)
    kept = {comment.body} | {raw["body"] async for raw in Revision.raw().find({"comment": comment.oid}, {"body": 1})}
    assert kept == {post["raw"] for post in files}
