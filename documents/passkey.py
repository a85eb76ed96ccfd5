"""Passkeys (WebAuthn credentials), and the challenges that they answer."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from bson import ObjectId
from pymongo import ASCENDING, IndexModel

from documents.base import Field, Id, Record, Session, index
from documents.clock import now

Purpose = Literal["register", "login", "second", "confirm"]


class Passkey(Record):
    """One passkey of somebody, good at the domain `rp`. `credential` and `public_key` are base64url.

    `sign_count` is what the authenticator counted last; one that counts and does not go up was copied.
    """

    user: Id
    rp: str
    credential: str
    public_key: str
    sign_count: int
    name: str
    transports: list[str] = Field(default_factory=list)
    synced: bool = False
    created_at: datetime
    used_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "passkeys"
        indexes: ClassVar[list[IndexModel]] = [index("credential", unique=True), index("user", "created_at")]

    @classmethod
    async def all_of(cls, user: ObjectId) -> list[Passkey]:
        """This person's, the oldest first."""
        return [cls.model_validate(raw) async for raw in cls.raw().find({"user": user}).sort("created_at", 1)]

    @classmethod
    async def by_credential(cls, credential: str, rp: str) -> Passkey | None:
        """The one with this credential id at this domain."""
        raw = await cls.raw().find_one({"credential": credential, "rp": rp})
        return None if raw is None else cls.model_validate(raw)

    async def count_use(self, sign_count: int) -> bool:
        """Note a use; False when the passkey was used or removed since it was read."""
        known = {"_id": self.oid, "sign_count": self.sign_count}
        change = {"$set": {"sign_count": sign_count, "used_at": now()}}
        return bool((await self.raw().update_one(known, change)).matched_count)

    @classmethod
    async def rename(cls, id: ObjectId, user: ObjectId, name: str) -> bool:
        """Give one of this person's passkeys a name; False when there is no such one."""
        return bool((await cls.raw().update_one({"_id": id, "user": user}, {"$set": {"name": name}})).matched_count)

    @classmethod
    async def remove(cls, id: ObjectId, user: ObjectId, session: Session) -> str | None:
        """Forget one of this person's passkeys; gives its name, or None when there is no such one."""
        raw = await cls.raw().find_one_and_delete({"_id": id, "user": user}, session=session)
        return None if raw is None else str(raw["name"])


class Challenge(Record):
    """A random number that a passkey has to sign: for one browser (`subject`), one purpose, a few minutes, once.

    Only its hash is stored; the answer brings the number itself.
    """

    hash: str
    subject: str
    purpose: Purpose
    expires_at: datetime

    class Settings:
        """Collection and indexes. MongoDB erases what is over."""

        name = "challenges"
        indexes: ClassVar[list[IndexModel]] = [
            index("hash", unique=True),
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=0),
        ]

    @classmethod
    async def take(cls, hash: str, subject: str, purpose: Purpose) -> bool:
        """Use it up; False when there is no such one for this browser any more."""
        known = {"hash": hash, "subject": subject, "purpose": purpose, "expires_at": {"$gt": now()}}
        return await cls.raw().find_one_and_delete(known, projection={"_id": 1}) is not None
