"""What was written lately, as far as the same again is told by it: gone by itself after a week."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from bson import ObjectId
from pymongo import ASCENDING, IndexModel

from documents.base import Field, Id, Raw, Record, Session, index

KEPT_SECONDS: Final = 7 * 24 * 3600
SEEN_MAX: Final = 100


class Said(Record):
    """That `author` has written the text of a `key`, the last time as `subject`."""

    author: Id
    key: str
    kind: Literal["topic", "comment"]
    subject: Id
    at: datetime

    class Settings:
        """Collection and indexes."""

        name = "said"
        indexes: ClassVar = [
            index("author", "key", unique=True),
            IndexModel([("at", ASCENDING)], name="expires", expireAfterSeconds=KEPT_SECONDS),
        ]

    @classmethod
    async def last(cls, author: ObjectId, key: str, session: Session) -> Raw | None:
        """The last time."""
        return await cls.raw().find_one({"author": author, "key": key}, session=session)

    @classmethod
    async def note(cls, said: Said, session: Session) -> None:
        """This is the last time. Of two at once the second begins again and finds the first."""
        fields = {"kind": said.kind, "subject": said.subject, "at": said.at}
        which: Raw = {"author": said.author, "key": said.key}
        await cls.raw().update_one(which, {"$set": fields}, upsert=True, session=session)


class Spread(Record):
    """Who among new people has lately written something of a `key`, and where: at most the last hundred times.

    `seen` holds `who` and `place`, ids as text, and `at`. It is one document, so that of many at once each sees those
    before it.
    """

    key: str
    seen: list[Raw] = Field(default_factory=list)
    at: datetime

    class Settings:
        """Collection and indexes."""

        name = "spread"
        indexes: ClassVar = [
            index("key", unique=True),
            IndexModel([("at", ASCENDING)], name="expires", expireAfterSeconds=KEPT_SECONDS),
        ]

    @classmethod
    async def add(cls, key: str, entry: Raw, since: datetime, session: Session) -> list[Raw]:
        """One more; gives all since then with it, of the same person at the same place the last alone."""
        same: Raw = {"$and": [{"$eq": [f"$$this.{name}", entry[name]]} for name in ("who", "place")]}
        cond: Raw = {"$and": [{"$gt": ["$$this.at", since]}, {"$not": [same]}]}
        known: Raw = {"$filter": {"input": {"$ifNull": ["$seen", []]}, "cond": cond}}
        grown: Raw = {"$slice": [{"$concatArrays": [known, [entry]]}, -SEEN_MAX]}
        found = await cls.raw().find_one_and_update(
            {"key": key},
            [{"$set": {"key": key, "at": entry["at"], "seen": grown}}],
            upsert=True,
            return_document=True,
            session=session,
        )
        return list(found["seen"]) if found else [entry]
