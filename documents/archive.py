"""Archives of what the forum has of a person: asked for, made by a job, kept for some days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from bson import ObjectId
from pymongo import IndexModel

from documents.base import Id, Raw, Record, index
from documents.clock import now

ArchiveState = Literal["waiting", "ready", "failed"]


class Archive(Record):
    """One archive of one person; one at a time is being made. `file` is where it is in GridFS, in `BUCKET`.

    Nobody guesses `name`, and only its owner may fetch it. `leased_until` belongs to the process that is making it.
    """

    user: Id
    name: str
    locale: str
    state: ArchiveState = "waiting"
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    leased_until: datetime | None = None
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    file: Id | None = None
    bytes: int = 0

    class Settings:
        """Collection and indexes."""

        name = "archives"
        indexes: ClassVar[list[IndexModel]] = [
            index("name", unique=True),
            index("user", "-created_at"),
            index("user", "state", unique=True, where={"state": "waiting"}),
            index("state", "due_at"),
            index("expires_at"),
        ]

    @classmethod
    async def waiting(cls, since: datetime, limit: int) -> list[ObjectId]:
        """Up to `limit` archives that have been due since `since` or longer and that nobody is making."""
        free: Raw = {"$or": [{"leased_until": None}, {"leased_until": {"$lt": now()}}]}
        found = cls.raw().find({"state": "waiting", "due_at": {"$lte": since}, **free}, {"_id": 1})
        return [raw["_id"] async for raw in found.sort("due_at").limit(limit)]

    @classmethod
    async def claim(cls, archive: ObjectId, lease: timedelta) -> Archive | None:
        """Have it to oneself for a while, if nobody else has it."""
        moment = now()
        free: Raw = {"$or": [{"leased_until": None}, {"leased_until": {"$lt": moment}}]}
        raw = await cls.raw().find_one_and_update(
            {"_id": archive, "state": "waiting", "due_at": {"$lte": moment}, **free},
            {"$set": {"leased_until": moment + lease}, "$inc": {"attempts": 1}},
            return_document=True,
        )
        return None if raw is None else cls.model_validate(raw)
