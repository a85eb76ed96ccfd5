"""Removals: what one person wrote in a time, taken away as one act, and each thing that was."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from bson import ObjectId

from documents.base import Field, Id, Raw, Record, index

RemovedKind = Literal["like", "message", "comment", "topic"]
# In this order they go; they come back the other way round, topics before what is in them.
REMOVED_KINDS: Final[tuple[RemovedKind, ...]] = ("like", "message", "comment", "topic")


class Removal(Record):
    """What `person` wrote after `since` (None: ever) and up to `until`, as `operation` has taken it away at `at`.

    Texts only in `boards`. `left` are the kinds that are not done yet, the first up to the moment and id of `past`,
    newest first. `returning`: it comes back. While anything is left `due_at` says when somebody should look; then None.
    """

    person: Id
    by: Id
    operation: Id
    at: datetime
    since: datetime | None = None
    until: datetime
    boards: list[Id] = Field(default_factory=list)
    reason: str = ""
    left: list[RemovedKind] = Field(default_factory=list)
    past: Raw | None = None
    total: int = 0
    done: int = 0
    returning: bool = False
    due_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "removals"
        indexes: ClassVar = [
            index("operation", unique=True),
            index("person", "-_id"),
            index("due_at", where={"due_at": {"$type": "date"}}),
        ]

    @classmethod
    async def waiting(cls, since: datetime, limit: int) -> list[ObjectId]:
        """Those that nobody has been at since."""
        found = cls.raw().find({"due_at": {"$type": "date", "$lte": since}}, {"_id": 1}).sort("due_at").limit(limit)
        return [raw["_id"] async for raw in found]


class Removed(Record):
    """One thing that a removal has taken away, and how it was: gone again once it is back.

    `held`: it waited for approval. Of a like `comment` is what was liked, and `liked_at` when; of a message `people`
    are those who had it.
    """

    removal: Id
    kind: RemovedKind
    thing: Id
    held: bool = False
    comment: Id | None = None
    liked_at: datetime | None = None
    people: list[Id] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "removed"
        indexes: ClassVar = [index("removal", "kind", "_id"), index("thing")]


LEASE = timedelta(seconds=20)
