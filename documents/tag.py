"""Tags that administrators have said something of, and changes of tags that are on their way through the topics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import ClassVar, Final

from bson import ObjectId

from documents.base import Due, Field, Id, Raw, Record, Session, index, only_strings

HOPS_MAX: Final = 20


class Tag(Record):
    """A tag is a word in `Topic.tags`, and most are nothing else; of these, administrators have said something.

    `leads_to` is the tag that it was renamed to or merged into: its address and whoever types it come there, for ever.
    A `barred` one can be given to no topic. `edits` grows
    with each operation, so that of two at once one sees the other.
    """

    name: str
    description: str = ""
    leads_to: str | None = None
    barred: bool = False
    edits: int = 0
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "tags"
        indexes: ClassVar = [index("name", unique=True), index("leads_to", where=only_strings("leads_to"))]

    @classmethod
    async def ensure(cls, name: str, at: datetime, session: Session) -> Tag:
        """The document of this tag, made if there is none."""
        fresh = cls(name=name, created_at=at).as_stored()
        raw = await cls.raw().find_one_and_update(
            {"name": str(name)}, {"$setOnInsert": fresh}, upsert=True, return_document=True, session=session
        )
        found: Tag = cls.model_validate(raw)
        return found

    @classmethod
    async def put(cls, tag: ObjectId, fields: Raw, session: Session) -> None:
        """Set these fields."""
        change: Raw = {"$inc": {"edits": 1}} | ({"$set": fields} if fields else {})
        await cls.raw().update_one({"_id": tag}, change, session=session)

    @classmethod
    async def named(cls, names: Collection[str], session: Session = None) -> dict[str, Tag]:
        """Those of these tags of which something was said."""
        found = cls.raw().find({"name": {"$in": list(names)}}, session=session)
        return {raw["name"]: cls.model_validate(raw) async for raw in found}

    @classmethod
    async def standing(cls, names: Sequence[str], session: Session = None) -> tuple[list[str], list[str]]:
        """What these tags are called now, each once, and those among them that are barred."""
        barred: list[str] = []
        for _ in range(HOPS_MAX):
            known = await cls.named(names, session) if names else {}
            barred += [name for name in names if name in known and known[name].barred and name not in barred]
            after = [(known[name].leads_to or name) if name in known else name for name in names]
            names, before = list(dict.fromkeys(after)), names
            if names == list(before):
                break
        return list(names), barred


class TagChange(Due):
    """The tag `source` becomes `to` (None: goes) in all topics that have it, batch by batch.

    `operation` is whose `Retagged` rows are written; with `back`, it is the operation whose rows are given back. A
    `lingering` change is done: it waits for what was being sent when it began.
    """

    source: str
    to: str | None
    operation: Id | None = None
    back: bool = False
    lingering: bool = False

    class Settings:
        """Collection and indexes."""

        name = "tag_changes"
        indexes: ClassVar = [index("due_at"), index("source")]

    @classmethod
    async def busy(cls, names: Collection[str], session: Session = None) -> bool:
        """Whether topics with any of these tags are still being changed."""
        either: Raw = {"$or": [{"source": {"$in": list(names)}}, {"to": {"$in": list(names)}}]}
        return await cls.raw().find_one({"lingering": False, **either}, {"_id": 1}, session=session) is not None


class Retagged(Record):
    """The tags of a topic `before` and `after` an operation on a tag; kept as long as that is."""

    operation: Id
    topic: Id
    before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "retagged"
        indexes: ClassVar = [index("operation", "_id")]
