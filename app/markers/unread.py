"""What is new to somebody in a list of topics: one query for their markers, one more where numbers have gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bson import ObjectId

from app.markers.pages import COUNTED_MAX, Left, News, TopicFacts
from app.viewer import Viewer
from documents import Comment, Marker
from documents.base import Raw
from documents.clock import now

# Topics that were silent for longer are not called unread in lists; a topic itself still knows where one left it.
UNREAD_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Marks:
    """The markers of one person, of as many places as were asked for."""

    user: ObjectId
    found: Mapping[ObjectId, Raw]

    def since(self, board: ObjectId) -> datetime:
        """The moment up to which all in a board counts as read: their first day, or when they last said so."""
        said: list[datetime] = [self.user.generation_time]
        said += [self.found[place]["until"] for place in (self.user, board) if place in self.found]
        return max(said)

    def left(self, topic: ObjectId, board: ObjectId) -> Left:
        """Where they stopped in a topic."""
        raw = self.found.get(topic)
        return Left(raw["number"] if raw else None, self.since(board))

    def is_new(self, topic: TopicFacts, moment: datetime) -> bool:
        """Whether something in a topic is unread."""
        if topic.active_at <= max(self.since(topic.board), moment - UNREAD_FOR):
            return False
        raw = self.found.get(topic.id)
        return raw is None or raw["number"] < topic.last

    def counts_simply(self, topic: TopicFacts) -> bool:
        """Whether all after their number is there and new: nothing of it was there when they said that all is read."""
        since = self.since(topic.board)
        return topic.whole and (since == self.user.generation_time or topic.id.generation_time > since)


async def marks_of(viewer: Viewer, topics: Iterable[ObjectId], boards: Iterable[ObjectId]) -> Marks:
    """The markers of the viewer at these places."""
    return Marks(viewer.me, await Marker.of(viewer.me, {viewer.me, *boards, *topics}))


async def news_in(viewer: Viewer, topics: Sequence[TopicFacts]) -> dict[ObjectId, News]:
    """The topics of a list in which something is new, with how much."""
    if not topics:
        return {}
    marks = await marks_of(viewer, [topic.id for topic in topics], {topic.board for topic in topics})
    moment = now()
    return await counted(marks, [topic for topic in topics if marks.is_new(topic, moment)])


async def counted(marks: Marks, topics: Sequence[TopicFacts]) -> dict[ObjectId, News]:
    """How much is new in these topics, which are unread."""
    found, unclear = dict[ObjectId, News](), list[TopicFacts]()
    for topic in topics:
        if topic.id not in marks.found:
            found[topic.id] = News(never=True)
        elif marks.counts_simply(topic):
            found[topic.id] = News(topic.last - marks.found[topic.id]["number"])
        else:
            unclear.append(topic)
    if unclear:
        counts = await _count(marks, unclear)
        found |= {topic: News(count) for topic, count in counts.items() if count}
    return found


async def _count(marks: Marks, topics: Sequence[TopicFacts]) -> dict[ObjectId, int]:
    """Live comments of others after their number: one query for each moment since which something counts as new."""
    by_moment: dict[datetime, list[ObjectId]] = defaultdict(list)
    for topic in topics:
        by_moment[marks.since(topic.board)].append(topic.id)
    found: dict[ObjectId, int] = {}
    for since, ids in by_moment.items():
        rows = await Marker.raw().aggregate(_counting(marks.user, ids, since))
        found |= {raw["place"]: raw["new"][0]["n"] if raw["new"] else 0 async for raw in rows}
    return found


def _counting(user: ObjectId, topics: list[ObjectId], since: datetime) -> list[Raw]:
    new: list[Raw] = [
        {"$match": {"$expr": {"$and": [{"$eq": ["$topic", "$$topic"]}, {"$gt": ["$number", "$$number"]}]}}},
        {"$match": {"deleted_at": None, "author": {"$ne": user}, "created_at": {"$gt": since}}},
        {"$limit": COUNTED_MAX + 1},
        {"$count": "n"},
    ]
    named = {"topic": "$place", "number": "$number"}
    joined = {"from": Comment.Settings.name, "let": named, "pipeline": new, "as": "new"}
    return [
        {"$match": {"user": user, "place": {"$in": topics}}},
        {"$lookup": joined},
        {"$project": {"place": 1, "new": 1, "_id": 0}},
    ]


async def first_unread(viewer: Viewer, topic: ObjectId, left: Left) -> int | None:
    """The number of the first comment that is new to them; None when there is none, or they have read none yet."""
    if left.number is None:
        return None
    new: Raw = {"topic": topic, "number": {"$gt": left.number}, "deleted_at": None}
    new |= {"author": {"$ne": viewer.me}, "created_at": {"$gt": left.since}}
    found = await Comment.raw().find_one(new, {"number": 1, "_id": 0}, sort=[("number", 1)])
    return int(found["number"]) if found else None
