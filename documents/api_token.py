"""Personal tokens: keys with which programs act in somebody's name. Only their hashes are stored."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from pymongo import ASCENDING, IndexModel

from documents.base import Id, Record, Session, index

KEPT_SECONDS = 30 * 24 * 3600


class ApiToken(Record):
    """What one program may do in the name of `user`: `scopes`, until `expires_at` (None: until it is revoked).

    It is found by `token_hash`, the SHA-256 of 256 random bits; `hint` is how it begins, to tell one from another.
    Revoking it deletes the document.
    """

    user: Id
    name: str
    token_hash: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None

    @classmethod
    async def end_all(cls, user: ObjectId, session: Session = None) -> None:
        """Revoke all tokens of somebody. No process keeps them, so they are over everywhere."""
        await cls.raw().delete_many({"user": user}, session=session)

    class Settings:
        """Collection and indexes. MongoDB erases what has been over for a month; until then its owner sees it."""

        name = "api_tokens"
        indexes: ClassVar[list[IndexModel]] = [
            index("token_hash", unique=True),
            index("user", "-created_at"),
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=KEPT_SECONDS),
        ]
