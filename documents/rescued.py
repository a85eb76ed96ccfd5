"""Texts that were sent when their log-in had ended. They wait for whoever wrote them to log in again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

from bson import ObjectId
from pymongo import ASCENDING, IndexModel

from documents.base import Field, Id, Raw, Record, index
from documents.clock import now

RESCUED_KEPT: Final = timedelta(days=7)
# Of one person; the oldest goes.
RESCUED_MAX: Final = 20


class Rescued(Record):
    """One form that was not accepted, with all that was in it.

    `browser` is the hash of a random cookie: only there it comes back, and only to its `user`. `key` is the form's own,
    so that sending it again replaces it. `place` says where the text would go; `rev` is the version of its draft.
    """

    user: Id
    browser: str
    key: str
    place: str
    fields: dict[str, str] = Field(default_factory=dict)
    rev: int = 0
    created_at: datetime
    expires_at: datetime

    class Settings:
        """Collection and indexes. MongoDB erases what nobody has come back for."""

        name = "rescued"
        indexes: ClassVar[list[IndexModel]] = [
            index("user", "browser", "key", unique=True),
            index("browser"),
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=0),
        ]

    @classmethod
    async def keep(
        cls,
        user: ObjectId,
        browser: str,
        key: str,
        place: str,
        fields: Mapping[str, str],
        *,
        rev: int,
    ) -> None:
        """Store it, or what it holds now; of too many the oldest go."""
        moment = now()
        found: Raw = {"place": place, "fields": dict(fields), "rev": rev}
        found |= {"created_at": moment, "expires_at": moment + RESCUED_KEPT}
        await cls.raw().update_one({"user": user, "browser": browser, "key": key}, {"$set": found}, upsert=True)
        newest = [raw["_id"] async for raw in cls.raw().find({"user": user}, {"_id": 1}).sort("created_at", -1)]
        if len(newest) > RESCUED_MAX:
            await cls.raw().delete_many({"_id": {"$in": newest[RESCUED_MAX:]}})

    @classmethod
    async def waiting(cls, user: ObjectId, browser: str) -> list[Rescued]:
        """What this person has sent from this browser, the oldest first."""
        good: Raw = {"user": user, "browser": browser, "expires_at": {"$gt": now()}}
        return await cls.find(good).sort("created_at", "_id").to_list()

    @classmethod
    async def any_in(cls, browser: str) -> bool:
        """Whether something waits in this browser, for whomever."""
        good: Raw = {"browser": browser, "expires_at": {"$gt": now()}}
        return await cls.raw().find_one(good, {"_id": 1}) is not None

    @classmethod
    async def at(cls, user: ObjectId, browser: str, place: str) -> Rescued | None:
        """The last that this person has sent to a place from this browser."""
        good: Raw = {"user": user, "browser": browser, "place": place, "expires_at": {"$gt": now()}}
        raw = await cls.raw().find_one(good, sort=[("created_at", -1)])
        return None if raw is None else cls.model_validate(raw)

    @classmethod
    async def drop(cls, user: ObjectId, browser: str, place: str) -> None:
        """Forget what was sent to a place."""
        await cls.raw().delete_many({"user": user, "browser": browser, "place": place})

    async def done(self) -> None:
        """It is where it belongs; one that was sent again meanwhile stays."""
        await self.raw().delete_one({"_id": self.oid, "created_at": self.created_at})
