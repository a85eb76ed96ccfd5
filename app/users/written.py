"""What somebody wrote, as far as the viewer may read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from bson import ObjectId

from app.boards.directory import unreadable_ids
from app.users.pages import WrittenRow
from app.viewer import Viewer
from app.web.pages import KeyPager
from documents import Comment, Topic
from documents.base import Raw

ROWS: Final = 20
FIELDS: Final[Raw] = {"topic": 1, "number": 1, "excerpt": 1, "created_at": 1, "like_count": 1}
EPOCH: Final = datetime.fromtimestamp(0, UTC)


async def written_by(viewer: Viewer, user: ObjectId, after: str | None) -> tuple[tuple[WrittenRow, ...], KeyPager]:
    """One page of a person's comments, newest first; opening posts are listed as topics."""
    query: Raw = {
        "author": user,
        "deleted_at": None,
        "number": {"$gt": 1},
        "board": {"$nin": await unreadable_ids(viewer)},
    }
    key = _parse(after)
    if key is not None:
        query |= {"created_at": {"$lte": key[0]}, "$or": [{"created_at": {"$lt": key[0]}}, {"_id": {"$lt": key[1]}}]}
    found = await Comment.raw().find(query, FIELDS).sort([("created_at", -1), ("_id", -1)]).limit(ROWS + 1).to_list()
    rows = found[:ROWS]
    url = f"/users/{user}/comments"
    following = f"{url}?after={_key(rows[-1])}" if len(found) > ROWS else None
    return await _draw(rows), KeyPager(next=following, first=url if key else None)


async def _draw(rows: list[Raw]) -> tuple[WrittenRow, ...]:
    ids = {row["topic"] for row in rows}
    topics = Topic.raw().find({"_id": {"$in": list(ids)}, "deleted_at": None}, {"title": 1})
    titles = {raw["_id"]: raw["title"] async for raw in topics}
    return tuple(
        WrittenRow(
            topic_title=titles[row["topic"]],
            url=f"/topics/{row['topic']}/n/{row['number']}",
            excerpt=row["excerpt"],
            at=row["created_at"],
            like_count=row["like_count"],
        )
        for row in rows
        if row["topic"] in titles
    )


def _key(row: Raw) -> str:
    return f"{round((row['created_at'] - EPOCH).total_seconds() * 1000)}_{row['_id']}"


def _parse(after: str | None) -> tuple[datetime, ObjectId] | None:
    value, _, id = (after or "").rpartition("_")
    try:
        return (EPOCH + timedelta(milliseconds=int(value)), ObjectId(id)) if ObjectId.is_valid(id) else None
    except (ValueError, OverflowError):
        return None
