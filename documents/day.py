"""What happened on a day, as numbers: kept for good, so that no page ever counts the past again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from pymongo import IndexModel, UpdateOne

from documents.base import Field, Raw, Record, index


class Day(Record):
    """One day of the forum's calendar, such as 2026-03-31.

    `counts` are worked out once it is over (`made_at`); `tallies` grow while it lasts, as processes report what only
    they have seen. `slow` and `errors` in it are requests; `routes` says which were slow, by their rule.
    """

    day: str
    counts: dict[str, int] = Field(default_factory=dict)
    tallies: dict[str, int] = Field(default_factory=dict)
    routes: dict[str, int] = Field(default_factory=dict)
    made_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "days"
        indexes: ClassVar[list[IndexModel]] = [index("day", unique=True), index("made_at", "-day")]

    @classmethod
    async def begin(cls, days: Iterable[str]) -> None:
        """Have these days be known; what is known of them stays."""
        fresh: Raw = {"counts": {}, "tallies": {}, "routes": {}, "made_at": None}
        changes = [UpdateOne({"day": day}, {"$setOnInsert": fresh}, upsert=True) for day in days]
        if changes:
            await cls.raw().bulk_write(changes, ordered=False)

    @classmethod
    async def tally(cls, day: str, numbers: Mapping[str, int]) -> None:
        """Add to what processes have seen; names with a dot go one level down."""
        start: Raw = {"counts": {}, "made_at": None}
        await cls.raw().update_one({"day": day}, {"$inc": dict(numbers), "$setOnInsert": start}, upsert=True)

    @classmethod
    async def make(cls, id: ObjectId, counts: Mapping[str, int], at: datetime) -> bool:
        """Keep what was worked out; False when another was faster."""
        numbers = {f"counts.{name}": count for name, count in counts.items()}
        made = await cls.raw().update_one({"_id": id, "made_at": None}, {"$set": {**numbers, "made_at": at}})
        return bool(made.modified_count)

    @classmethod
    async def since(cls, day: str) -> list[Day]:
        """The days from that one on, the oldest first."""
        return [cls.model_validate(raw) async for raw in cls.raw().find({"day": {"$gte": day}}).sort("day", 1)]

    @classmethod
    async def waiting(cls, before: str, limit: int) -> list[ObjectId]:
        """Days that are over and not worked out, the latest first."""
        found = cls.raw().find({"made_at": None, "day": {"$lt": before}}, {"_id": 1})
        return [raw["_id"] async for raw in found.sort("day", -1).limit(limit)]
