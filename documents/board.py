"""Boards."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from bson import ObjectId

from documents.base import Field, Id, Raw, Session, SoftDeleted, index, only_strings


class Board(SoftDeleted):
    """A place for topics. A `staff_only` one is closed: it exists for who may read closed boards, and for roles that it
    names. `overrides` say for a role, by its key, what it may here and what not, by area: read, post, reply, upload,
    moderate.
    It may stand below a `parent`, which then stands below none. Since `archived_at` it can only be read.
    """

    name: str
    name_key: str
    description: str = ""
    position: int = 0
    parent: Id | None = None
    archived_at: datetime | None = None
    staff_only: bool = False
    overrides: dict[str, dict[str, bool]] = Field(default_factory=dict)
    created_at: datetime
    topic_count: int = 0
    comment_count: int = 0
    last_topic: Id | None = None
    source: str | None = None

    class Settings:
        """Collection and indexes."""

        name = "boards"
        indexes: ClassVar = [
            index("name_key", unique=True, where={"deleted_at": None}),
            index("source", unique=True, where=only_strings("source")),
            index("position"),
        ]

    @classmethod
    async def add(cls, board: ObjectId, session: Session, *, last: ObjectId | None = None, **by: int) -> None:
        """Add to the counters named in `by`; `last` is the topic just written in."""
        change: Raw = {"$inc": by}
        if last is not None:
            change["$set"] = {"last_topic": last}
        await cls.raw().update_one({"_id": board}, change, session=session)

    @classmethod
    async def point_to(cls, board: ObjectId, last: ObjectId | None, session: Session) -> None:
        """Name the topic last written in, after one was deleted or restored."""
        await cls.raw().update_one({"_id": board}, {"$set": {"last_topic": last}}, session=session)
