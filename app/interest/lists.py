"""Somebody's bookmarks, and the places they watch or have muted, as far as they may still see them."""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.boards.directory import all_boards, may_read, unreadable_ids
from app.boards.views import ref
from app.interest.pages import Bookmarks, Marked, Place
from app.people.cards import cards
from app.viewer import Viewer
from app.web.keys import TimeKey, time_key
from app.web.pages import KeyPager
from documents import Bookmark, Topic, Watch
from documents.base import LIVE, Raw
from documents.interest import Level

ROWS: Final = 20
PLACES_MAX: Final = 200


async def bookmarks(viewer: Viewer, after: str | None) -> Bookmarks:
    """One page of them. What is deleted, or not theirs to read any more, is passed over."""
    key = time_key(after)
    stages: list[Raw] = [
        {"$match": {"user": viewer.me, **(key.older() if key else {})}},
        {"$sort": {"created_at": -1, "_id": -1}},
        _joined("comments", "comment", {"excerpt": 1, "author": 1, "board": 1}, await unreadable_ids(viewer)),
        {"$match": {"comment_in": {"$ne": []}}},
        _joined("topics", "topic", {"title": 1}),
        {"$match": {"topic_in": {"$ne": []}}},
        {"$limit": ROWS + 1},
    ]
    found = await (await Bookmark.raw().aggregate(stages)).to_list()
    last = found[ROWS - 1] if len(found) > ROWS else None
    following = f"/bookmarks?after={TimeKey(last['created_at'], last['_id'])}" if last else None
    return Bookmarks(await _drawn(found[:ROWS]), KeyPager(next=following, first="/bookmarks" if key else None))


def _joined(collection: str, field: str, fields: Raw, unreadable: list[ObjectId] | None = None) -> Raw:
    match: Raw = {**LIVE, **({"board": {"$nin": unreadable}} if unreadable else {})}
    pipeline = [{"$match": match}, {"$project": fields}]
    return {
        "$lookup": {
            "from": collection,
            "localField": field,
            "foreignField": "_id",
            "as": f"{field}_in",
            "pipeline": pipeline,
        }
    }


async def _drawn(rows: list[Raw]) -> tuple[Marked, ...]:
    people = await cards(row["comment_in"][0]["author"] for row in rows)
    boards = await all_boards()
    return tuple(
        Marked(
            id=str(row["comment"]),
            title=row["topic_in"][0]["title"],
            url=f"/topics/{row['topic']}/n/{row['number']}",
            excerpt=row["comment_in"][0]["excerpt"],
            who=people[row["comment_in"][0]["author"]],
            board=ref(boards[row["comment_in"][0]["board"]]),
            at=row["created_at"],
            number=row["number"],
        )
        for row in rows
        if row["comment_in"][0]["board"] in boards
    )


async def places(viewer: Viewer, level: Level) -> tuple[Place, ...]:
    """The latest places that they watch or have muted, boards and topics that they may still read."""
    found = Watch.raw().find({"user": viewer.me, "level": level}).sort([("created_at", -1), ("_id", -1)])
    rows = await found.limit(PLACES_MAX).to_list()
    topics = {"_id": {"$in": [row["place"] for row in rows if row["kind"] == "topic"]}, **LIVE}
    visible = {**topics, "board": {"$nin": await unreadable_ids(viewer)}}
    names = {raw["_id"]: raw["title"] async for raw in Topic.raw().find(visible, {"title": 1})}
    names |= {id: board.name for id, board in (await all_boards()).items() if board.live and may_read(viewer, board)}
    verb = f"un{level}"
    return tuple(
        Place(names[row["place"]], f"/{row['kind']}s/{row['place']}", verb) for row in rows if row["place"] in names
    )
