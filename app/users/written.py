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
from documents.base import LIVE, Raw

ROWS: Final = 20
FIELDS: Final[Raw] = {"topic": 1, "number": 1, "excerpt": 1, "created_at": 1, "like_count": 1, "in": 1}
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
    found = await (await Comment.raw().aggregate(_pipeline(query))).to_list()
    rows = found[:ROWS]
    url = f"/users/{user}/comments"
    following = f"{url}?after={_key(rows[-1])}" if len(found) > ROWS else None
    return tuple(_row(row) for row in rows), KeyPager(next=following, first=url if key else None)


def _pipeline(query: Raw) -> list[Raw]:
    """Comments in the order of the index with their topics; those in deleted topics are passed over, not counted."""
    live: list[Raw] = [{"$match": LIVE}, {"$project": {"title": 1}}]
    topic = {"from": Topic.raw().name, "localField": "topic", "foreignField": "_id", "as": "in", "pipeline": live}
    return [
        {"$match": query},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$lookup": topic},
        {"$match": {"in": {"$ne": []}}},
        {"$limit": ROWS + 1},
        {"$project": FIELDS},
    ]


def _row(row: Raw) -> WrittenRow:
    return WrittenRow(
        topic_title=row["in"][0]["title"],
        url=f"/topics/{row['topic']}/n/{row['number']}",
        excerpt=row["excerpt"],
        at=row["created_at"],
        like_count=row["like_count"],
    )


def _key(row: Raw) -> str:
    return f"{round((row['created_at'] - EPOCH).total_seconds() * 1000)}_{row['_id']}"


def _parse(after: str | None) -> tuple[datetime, ObjectId] | None:
    value, _, id = (after or "").rpartition("_")
    try:
        return (EPOCH + timedelta(milliseconds=int(value)), ObjectId(id)) if ObjectId.is_valid(id) else None
    except (ValueError, OverflowError):
        return None
