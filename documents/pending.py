"""Log-ins between their two steps: the password was right, and nobody is logged in yet."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pymongo import ASCENDING, IndexModel

from documents.base import Id, Record, index
from documents.clock import now


class Pending(Record):
    """One browser that has to show the second factor before `expires_at`, in at most so many `tries`, once.

    The cookie carries a random token, of which this is the hash. `stamp` stands for the password that was right: a
    new password ends it.
    """

    token_hash: str
    user: Id
    stamp: str
    remembered: bool
    next: str
    tries: int = 0
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    class Settings:
        """Collection and indexes. MongoDB erases what is over."""

        name = "pending_logins"
        indexes: ClassVar[list[IndexModel]] = [
            index("token_hash", unique=True),
            index("user"),
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=0),
        ]

    @classmethod
    async def by_hash(cls, token_hash: str) -> Pending | None:
        """The one of this token, while it is good."""
        raw = await cls.raw().find_one({"token_hash": token_hash, "used_at": None, "expires_at": {"$gt": now()}})
        return None if raw is None else cls.model_validate(raw)

    async def spend_try(self, most: int) -> bool:
        """Count one try; False when there were `most` already."""
        left = {"_id": self.oid, "used_at": None, "tries": {"$lt": most}}
        return bool((await self.raw().update_one(left, {"$inc": {"tries": 1}})).modified_count)

    async def use(self) -> bool:
        """Use it; False when somebody was first, or its time is over."""
        good = {"_id": self.oid, "used_at": None, "expires_at": {"$gt": now()}}
        return bool((await self.raw().update_one(good, {"$set": {"used_at": now()}})).modified_count)
