"""Where comments have gone that are not in their topic any more, and those that are on their way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from bson import ObjectId

from documents.base import Due, Id, Raw, Record, Session, index
from documents.comment import Comment

HOPS_MAX = 20


class Moved(Record):
    """The numbers `first` to `last` of `topic` stand in the topic `to`, each `shift` further on. Kept for ever."""

    topic: Id
    first: int
    last: int
    to: Id
    shift: int
    at: datetime

    class Settings:
        """Collection and indexes."""

        name = "moved"
        indexes: ClassVar = [index("topic", "-at"), index("to")]

    @classmethod
    async def whither(cls, topic: ObjectId, number: int) -> tuple[ObjectId, int] | None:
        """The topic and number where a number stands that is not in its topic any more; None when nobody knows."""
        for _ in range(HOPS_MAX):
            which: Raw = {"topic": topic, "first": {"$lte": number}, "last": {"$gte": number}}
            row = await cls.raw().find_one(which, sort=[("at", -1)])
            if row is None:
                return None
            topic, number = row["to"], number + row["shift"]
            if await Comment.raw().find_one({"topic": topic, "number": number}, {"_id": 1}):
                return topic, number
        return None

    @classmethod
    async def within(cls, topic: ObjectId, first: int, last: int) -> list[Raw]:
        """What has gone from this window of numbers, in order."""
        which: Raw = {"topic": topic, "first": {"$lte": last}, "last": {"$gte": first}}
        return await cls.raw().find(which).sort("first").to_list()


class Transfer(Due):
    """Comments of `topic` that are on their way, batch by batch: all up to number `done` have arrived.

    "merge" brings those numbered up to `last` into the topic `to`, each `shift` further on; "board" only has all of
    them say the board of their topic.
    """

    kind: Literal["merge", "board"]
    topic: Id
    to: Id
    shift: int = 0
    done: int = 0
    last: int

    class Settings:
        """Collection and indexes."""

        name = "transfers"
        indexes: ClassVar = [index("topic"), index("to"), index("due_at")]

    @classmethod
    async def arrived(cls, transfer: ObjectId, done: int, due_at: datetime, session: Session) -> None:
        """All up to number `done` are where they belong."""
        change = {"$set": {"done": done, "due_at": due_at}}
        await cls.raw().update_one({"_id": transfer}, change, session=session)

    @classmethod
    async def busy(cls, topics: list[ObjectId], session: Session) -> bool:
        """Whether comments of any of these are on their way."""
        either: Raw = {"$or": [{"topic": {"$in": topics}}, {"to": {"$in": topics}}]}
        return await cls.raw().find_one(either, {"_id": 1}, session=session) is not None


LEASE = timedelta(seconds=20)
