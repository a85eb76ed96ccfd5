"""Operations: what moderators, administrators and scripts have done. Written with the act itself, and never changed.

The one thing that is added later is that an operation was undone, and by which.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from bson import ObjectId
from pydantic import BaseModel

from documents.base import Field, Id, Raw, Record, Session, index

TargetKind = Literal[
    "topic", "comment", "board", "person", "role", "setting", "network", "upload", "message", "forum", "report", "tag"
]


class Target(BaseModel):
    """What an operation was done to: of what changed, how it was `before` and is `after`; equal fields stand nowhere.

    `id` is that of its document; what has none (a setting, a network) is named by `name`.
    """

    kind: TargetKind
    id: Id | None = None
    name: str = ""
    before: Raw = Field(default_factory=dict)
    after: Raw = Field(default_factory=dict)


class Operation(Record):
    """One act. `actor` is None for a script; `concerns` are the people it is about, `address` is where it came from.

    `undo_of` is the operation that it takes back, `undone_by` the one that has taken it back. `redo` says that what it
    takes back had taken something back itself, so that it is done again.
    """

    actor: Id | None
    verb: str
    targets: list[Target]
    concerns: list[Id] = Field(default_factory=list)
    reason: str = ""
    address: str = ""
    at: datetime
    undo_of: Id | None = None
    redo: bool = False
    undone_by: Id | None = None
    undone_at: datetime | None = None

    class Settings:
        """Collection and indexes: the log is read newest first, by any one of these."""

        name = "operations"
        indexes: ClassVar = [
            index("-at", "-_id"),
            index("actor", "-at", "-_id"),
            index("verb", "-at", "-_id"),
            index("targets.id", "-at", "-_id"),
            index("concerns", "-at", "-_id"),
            index("address", "-at", "-_id"),
            index("undo_of"),
        ]

    @classmethod
    async def append(cls, operation: Operation, session: Session) -> ObjectId:
        """Write it down; gives its id."""
        raw = operation.as_stored()
        await cls.raw().insert_one(raw, session=session)
        return ObjectId(raw["_id"])

    @classmethod
    async def mark_undone(cls, operation: ObjectId, by: ObjectId, at: datetime, session: Session) -> bool:
        """Note that `by` has taken it back; False when another was faster."""
        undone = {"$set": {"undone_by": by, "undone_at": at}}
        found = await cls.raw().update_one({"_id": operation, "undone_by": None}, undone, session=session)
        return bool(found.modified_count)
