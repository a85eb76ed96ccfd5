"""What administrators have set for the forum: one document, whose values stand before those of the environment."""

from __future__ import annotations

from typing import ClassVar, Final

from bson import ObjectId
from pymongo import IndexModel

from documents.base import Field, Raw, Record, Session

# There is one forum in a database.
SITE_ID: Final = ObjectId("517e" * 6)


class Site(Record):
    """`values` are by the name of the setting, and only of those that were set; see app.site.catalogue. `made` follows
    from them: announcements as HTML, and the `mark` by which people say that they have read them.

    `edits` grows with each change, so that a process sees with one small query whether there is something to read.
    """

    values: Raw = Field(default_factory=dict)
    made: Raw = Field(default_factory=dict)
    edits: int = 0

    class Settings:
        """Collection and indexes."""

        name = "site"
        indexes: ClassVar[list[IndexModel]] = []

    @classmethod
    async def now(cls, session: Session = None) -> Site:
        """As it is; one without values where nothing was ever set."""
        raw = await cls.raw().find_one({"_id": SITE_ID}, session=session)
        return cls(id=SITE_ID) if raw is None else cls.model_validate(raw)

    @classmethod
    async def put(cls, values: Raw, made: Raw, session: Session) -> None:
        """Have these from now on."""
        change = {"$set": {"values": values, "made": made}, "$inc": {"edits": 1}}
        await cls.raw().update_one({"_id": SITE_ID}, change, upsert=True, session=session)
