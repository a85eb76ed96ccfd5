"""Uploads: files that somebody has put into texts, each content once for each person.

Texts say themselves which uploads they use (`uploads` of comments, revisions, messages and drafts), so where one is
used is a look at an index and can never be counted wrong. Whoever begins or ends to use one moves its `touched_at`, in
the same transaction: from then on it waits in quarantine when nothing uses it, and a clean-up at the same moment is in
the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final

from bson import ObjectId
from pymongo import IndexModel

from documents.base import Field, Id, Raw, Record, Session, index

# Partial indexes over `uploads` hold texts with uploads alone; a query has to say so too.
IDS: Final[Raw] = {"$type": "objectId"}


class Upload(Record):
    """`sha256` names the stored file (kind "upload"); `widths` are those of its thumbnails; sizes are in pixels.

    `sources` say where imports have found it.
    """

    user: Id
    sha256: str
    name: str
    type: str
    bytes: int
    width: int = 0
    height: int = 0
    widths: list[int] = Field(default_factory=list)
    created_at: datetime
    touched_at: datetime
    sources: list[str] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "uploads"
        indexes: ClassVar[list[IndexModel]] = [
            index("user", "sha256", unique=True),
            index("user", "-_id"),
            index("touched_at"),
            index("sources"),
            index("sha256"),
            index("-bytes", "-_id"),
        ]

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in its place; others are links."""
        return self.width > 0

    @classmethod
    async def touch(cls, ids: Iterable[ObjectId], at: datetime, session: Session = None) -> None:
        """Somebody begins or ends to use these. In the order of their ids, so that no two wait for each other."""
        for id in sorted(set(ids)):
            await cls.raw().update_one({"_id": id}, {"$max": {"touched_at": at}}, session=session)


def using(id: ObjectId) -> Raw:
    """The texts that use an upload."""
    return {"uploads": {"$eq": id, **IDS}}


def by_uploads() -> IndexModel:
    """The index of a document that uses uploads."""
    return index("uploads", where={"uploads": IDS})
