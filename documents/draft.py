"""Drafts: what people have begun to write, one for each person and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from documents.base import Field, Id, Raw, Record, Session, index
from documents.upload import by_uploads

# The fields of forms that a draft keeps; ids as their digits, or empty.
DRAFT_FIELDS: Final = ("title", "body", "tags", "to", "board", "reply_to", "seen", "reason")
# What its form carries: its key, so that the same text sent from two tabs is one post, and, where it was sent and
# refused, the last number that its writer had seen.
CARRIED_FIELDS: Final = ("once", "known")
# One that nobody has touched for so long is purged by cleanup.
DRAFT_KEPT: Final = timedelta(days=180)


class Draft(Record):
    """A text that is not sent yet. `place` says where it would go; see app.drafts.places.

    `rev` grows with each save and names the version that a browser has: saving over another one is refused.
    """

    user: Id
    place: str
    title: str = ""
    body: str = ""
    tags: str = ""
    to: str = ""
    board: str = ""
    reply_to: str = ""
    seen: str = ""
    reason: str = ""
    once: str = ""
    known: str = ""
    uploads: list[Id] = Field(default_factory=list)
    rev: int = 1
    created_at: datetime
    updated_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "drafts"
        indexes: ClassVar[list[IndexModel]] = [
            index("user", "place", unique=True),
            index("user", "-updated_at", "-_id"),
            index("updated_at"),
            by_uploads(),
        ]

    @property
    def fields(self) -> dict[str, str]:
        """What was typed."""
        return {name: getattr(self, name) for name in DRAFT_FIELDS}

    @classmethod
    async def at(cls, user: ObjectId, place: str) -> Draft | None:
        """The draft of this person for this place."""
        raw = await cls.raw().find_one({"user": user, "place": str(place)})
        return None if raw is None else cls.model_validate(raw)

    @classmethod
    async def begin(
        cls, user: ObjectId, place: str, fields: Mapping[str, str], at: datetime, *, uploads: Sequence[ObjectId] = ()
    ) -> int | None:
        """Store a first version; gives its number, or None when there is a draft for this place already."""
        raw = cls(user=user, place=place, created_at=at, updated_at=at, uploads=list(uploads), **fields).as_stored()
        try:
            await cls.raw().insert_one(raw)
        except DuplicateKeyError:
            return None
        return 1

    @classmethod
    async def change(
        cls,
        user: ObjectId,
        place: str,
        fields: Mapping[str, str],
        at: datetime,
        *,
        rev: int,
        uploads: Sequence[ObjectId] = (),
    ) -> int | None:
        """Store the next version after `rev`; gives its number, or None when there is another one, or none."""
        found = await cls.raw().find_one_and_update(
            {"user": user, "place": str(place), "rev": rev},
            {"$set": {**fields, "uploads": list(uploads), "updated_at": at}, "$inc": {"rev": 1}},
            projection={"rev": 1},
            return_document=True,
        )
        return None if found is None else int(found["rev"])

    @classmethod
    async def discard(cls, user: ObjectId, place: str, *, rev: int | None = None) -> bool:
        """Delete it, or only its version `rev`; gives whether it was there."""
        which: Raw = {"user": user, "place": str(place)} | ({} if rev is None else {"rev": rev})
        return bool((await cls.raw().delete_one(which)).deleted_count)

    @classmethod
    async def sent(cls, user: ObjectId, place: str, body: str, rev: int, session: Session) -> bool:
        """Delete it because its text is posted; one that was written on elsewhere since `rev` stays."""
        which: Raw = {"user": user, "place": str(place), "$or": [{"rev": {"$lte": rev}}, {"body": body}]}
        return bool((await cls.raw().delete_one(which, session=session)).deleted_count)
