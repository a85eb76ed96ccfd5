"""What somebody has to show beside their password. Apart from `User`, so that no look at a person can give it away."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from pymongo import IndexModel

from documents.base import Field, Id, Raw, Record, Session, index
from documents.clock import now


class Factor(Record):
    """One person's second factor: a secret shared with an app, or their passkeys, and recovery codes for the worst day.

    `secret` and `draft` (one that is being set up) are sealed by app.security.vault and empty where there is none.
    `last_step` is the half minute (since 1970) of the last code that was taken: a code is good once.
    `codes` are hashes of recovery codes under `salt`; a used one is gone.
    """

    user: Id
    draft: str = ""
    secret: str = ""
    since: datetime | None = None
    last_step: int = 0
    asks_passkey: bool = False
    codes: list[str] = Field(default_factory=list)
    salt: str = ""
    codes_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "factors"
        indexes: ClassVar[list[IndexModel]] = [index("user", unique=True)]

    @property
    def asks(self) -> bool:
        """Whether a password alone lets nobody in."""
        return bool(self.secret) or self.asks_passkey

    @classmethod
    async def of(cls, user: ObjectId) -> Factor:
        """This person's, or an empty one that is not stored."""
        raw = await cls.raw().find_one({"user": user})
        return cls(user=Id(user)) if raw is None else cls.model_validate(raw)

    @classmethod
    async def draw(cls, user: ObjectId, draft: str) -> None:
        """Begin to set up an app, unless there is one."""
        await cls.raw().update_one({"user": user}, {"$setOnInsert": {"user": user}}, upsert=True)
        await cls.raw().update_one({"user": user, "secret": {"$in": ["", None]}}, {"$set": {"draft": draft}})

    @classmethod
    async def adopt(cls, user: ObjectId, draft: str, step: int, session: Session) -> bool:
        """The draft has been proved by the code of this step and is the secret now; False when it was not there."""
        known = {"user": user, "draft": draft, "secret": {"$in": ["", None]}}
        change = {"secret": draft, "draft": "", "since": now(), "last_step": step}
        found = await cls.raw().update_one(known, {"$set": change}, session=session)
        return bool(found.modified_count)

    @classmethod
    async def spend_step(cls, user: ObjectId, secret: str, step: int) -> bool:
        """Take the code of this step; False when it, or a later one, was taken already."""
        unspent = {"user": user, "secret": secret, "last_step": {"$lt": step}}
        found = await cls.raw().update_one(unspent, {"$set": {"last_step": step}})
        return bool(found.modified_count)

    @classmethod
    async def spend_code(cls, user: ObjectId, code: str) -> bool:
        """Take the recovery code with this hash; False when it is not there any more."""
        found = await cls.raw().update_one({"user": user, "codes": code}, {"$pull": {"codes": code}})
        return bool(found.modified_count)

    @classmethod
    async def set_codes(cls, user: ObjectId, salt: str, codes: list[str], *, only_first: bool = False) -> bool:
        """Have these recovery codes instead of any others; `only_first`: unless there are some."""
        known = {"user": user, "$or": [{"secret": {"$gt": ""}}, {"asks_passkey": True}]}
        if only_first:
            known["salt"] = {"$in": ["", None]}
        found = await cls.raw().update_one(known, {"$set": {"codes": codes, "salt": salt, "codes_at": now()}})
        return bool(found.modified_count)

    @classmethod
    async def take_turn(cls, user: ObjectId, session: Session) -> None:
        """Have whoever adds up this person's passkeys do so one after the other: of two at once, one begins again."""
        await cls.raw().update_one({"user": user}, {"$inc": {"turns": 1}}, upsert=True, session=session)

    @classmethod
    async def ask_passkey(cls, user: ObjectId, session: Session) -> bool:
        """Ask for a passkey after the password; False when that is so. After `take_turn`."""
        unset = {"user": user, "asks_passkey": {"$ne": True}}
        return bool(
            (await cls.raw().update_one(unset, {"$set": {"asks_passkey": True}}, session=session)).modified_count
        )

    @classmethod
    async def drop_app(cls, user: ObjectId, session: Session) -> bool:
        """Forget the app's secret; False when there was none."""
        known = {"user": user, "secret": {"$gt": ""}}
        found = await cls.raw().update_one(known, {"$set": {"secret": "", "since": None}}, session=session)
        await cls._drop_idle_codes(user, session)
        return bool(found.modified_count)

    @classmethod
    async def drop_passkey(cls, user: ObjectId, session: Session) -> bool:
        """Ask for no passkey after the password any more; False when nobody did."""
        known = {"user": user, "asks_passkey": True}
        found = await cls.raw().update_one(known, {"$set": {"asks_passkey": False}}, session=session)
        await cls._drop_idle_codes(user, session)
        return bool(found.modified_count)

    @classmethod
    async def _drop_idle_codes(cls, user: ObjectId, session: Session) -> None:
        """Recovery codes of nothing are no use, and would be the old ones of what is set up later."""
        idle = {"user": user, "secret": {"$in": ["", None]}, "asks_passkey": {"$ne": True}}
        gone: Raw = {"codes": [], "salt": "", "codes_at": None}
        await cls.raw().update_one(idle, {"$set": gone}, session=session)
