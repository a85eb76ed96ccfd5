"""What somebody wrote or liked, as far as the viewer may read it. Every list is paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bson import ObjectId

from app.boards.directory import unreadable_ids
from app.people.cards import cards
from app.users.pages import Written, WrittenRow
from app.viewer import Viewer
from app.web.keys import TimeKey, time_key
from app.web.pages import Card, KeyPager
from documents import Comment, Reaction, Topic
from documents.base import LIVE, Raw
from documents.comment import BY_AUTHOR

ROWS: Final = 20
FIELDS: Final[Raw] = dict.fromkeys(("topic", "number", "author", "excerpt", "created_at", "like_count", "in"), 1)
LIVE_TOPIC: Final[Raw] = {
    "$lookup": {
        "from": Topic.Settings.name,
        "localField": "topic",
        "foreignField": "_id",
        "as": "in",
        "pipeline": [{"$match": LIVE}, {"$project": {"title": 1}}],
    }
}
# Comments looked at for one page of topics: who writes all day in one topic gets a short page, not a slow one.
SCANNED_MAX: Final = 2_000
SCAN_BATCH: Final = 200
NEWEST: Final = [("created_at", -1), ("_id", -1)]


async def readable(viewer: Viewer) -> Raw:
    """The query for comments that this person may see in a list, as far as the comment itself says it."""
    return {"deleted_at": None, "board": {"$nin": await unreadable_ids(viewer)}}


async def written_by(viewer: Viewer, user: ObjectId, after: str | None) -> Written:
    """One page of a person's comments, newest first; opening posts are listed as topics."""
    key = time_key(after)
    query: Raw = {"author": user, "number": {"$gt": 1}, **await readable(viewer), **(key.older() if key else {})}
    found = await newest(query)
    return Written(tuple(row_of(row) for row in found[:ROWS]), pager(f"/users/{user}/comments", found, key))


async def newest(query: Raw) -> list[Raw]:
    """A page of comments and one more, in the order of the index, with their topics.

    Those in deleted topics are passed over, not counted.
    """
    stages: list[Raw] = [
        {"$match": query},
        {"$sort": {"created_at": -1, "_id": -1}},
        LIVE_TOPIC,
        {"$match": {"in": {"$ne": []}}},
        {"$limit": ROWS + 1},
        {"$project": FIELDS},
    ]
    return await (await Comment.raw().aggregate(stages, hint=BY_AUTHOR)).to_list()


def row_of(row: Raw, people: dict[ObjectId, Card] | None = None) -> WrittenRow:
    """A comment with its topic under `in`; with the writer when `people` are given."""
    return WrittenRow(
        topic_title=row["in"][0]["title"],
        url=f"/topics/{row['topic']}/n/{row['number']}",
        excerpt=row["excerpt"],
        at=row["created_at"],
        like_count=row["like_count"],
        who=people[row["author"]] if people is not None else None,
        opens=row["number"] == 1,
    )


def pager(url: str, found: Sequence[Raw], key: TimeKey | None, *, rows: int = ROWS) -> KeyPager:
    """Where the list goes on: `found` has one row too many when it does."""
    last = found[rows - 1] if len(found) > rows else None
    following = f"{url}?after={TimeKey(last['created_at'], last['_id'])}" if last else None
    return KeyPager(next=following, first=url if key else None)


async def commented_by(viewer: Viewer, user: ObjectId, after: str | None) -> Written:
    """One page of the topics that a person has commented in, each once, at their latest comment there."""
    key = time_key(after)
    base: Raw = {"author": user, "number": {"$gt": 1}, **await readable(viewer)}
    latest, further = await _latest_by_topic(base, key)
    live = {"_id": {"$in": [row["topic"] for row in latest]}, **LIVE}
    titles = {raw["_id"]: raw["title"] async for raw in Topic.raw().find(live, {"title": 1})}
    rows = [row_of({**row, "in": [{"title": titles[row["topic"]]}]}) for row in latest if row["topic"] in titles]
    url = f"/users/{user}/commented"
    return Written(
        tuple(rows), KeyPager(next=f"{url}?after={further}" if further else None, first=url if key else None)
    )


async def _latest_by_topic(base: Raw, start: TimeKey | None) -> tuple[list[Raw], TimeKey | None]:
    """Goes through comments from the newest and keeps the first of each topic; with the key of the next page."""
    found: dict[ObjectId, Raw] = {}
    at, scanned, more = start, 0, True
    while more and len(found) <= ROWS and scanned < SCANNED_MAX:
        query = {**base, **(at.older() if at else {})}
        batch = await Comment.raw().find(query, FIELDS).sort(NEWEST).limit(SCAN_BATCH).hint(BY_AUTHOR).to_list()
        scanned, more = scanned + len(batch), len(batch) == SCAN_BATCH
        shown = await _shown_before(base, start, {row["topic"] for row in batch} - found.keys())
        for row in batch:
            if row["topic"] not in shown:
                found.setdefault(row["topic"], row)
        at = _key_of(batch[-1]) if batch else at
    rows = list(found.values())
    if len(rows) > ROWS:
        return rows[:ROWS], _key_of(rows[ROWS - 1])
    return rows, at if more else None


def _key_of(row: Raw) -> TimeKey:
    return TimeKey(row["created_at"], row["_id"])


async def _shown_before(base: Raw, start: TimeKey | None, topics: set[ObjectId]) -> set[ObjectId]:
    """Those of `topics` that an earlier page has shown, because the person has said something later there."""
    if start is None or not topics:
        return set()
    same: Raw = {"created_at": start.at, "_id": {"$gte": start.id}}
    query = {**base, "topic": {"$in": list(topics)}, "$or": [{"created_at": {"$gt": start.at}}, same]}
    return set(await Comment.raw().distinct("topic", query))


async def liked_by(viewer: Viewer, user: ObjectId, after: str | None) -> Written:
    """One page of what a person likes, the latest like first."""
    key = time_key(after)
    query: Raw = {"user": user, **(key.older() if key else {})}
    comment: Raw = {
        "from": Comment.Settings.name,
        "localField": "comment",
        "foreignField": "_id",
        "as": "of",
        "pipeline": [{"$match": await readable(viewer)}, {"$project": FIELDS}],
    }
    stages = [
        {"$match": query},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$lookup": comment},
        {"$match": {"of": {"$ne": []}}},
        LIVE_TOPIC,
        {"$match": {"in": {"$ne": []}}},
        {"$limit": ROWS + 1},
    ]
    found = await (await Reaction.raw().aggregate(stages)).to_list()
    people = await cards(row["of"][0]["author"] for row in found)
    rows = [row_of({**row["of"][0], "in": row["in"], "created_at": row["created_at"]}, people) for row in found[:ROWS]]
    return Written(tuple(rows), pager(f"/users/{user}/likes", found, key))
