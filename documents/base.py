"""What all documents share: plain ObjectIds, soft-delete marks and a collection to update atomically.

Beanie's own soft delete, links, hooks and `save()` are not used: they hard-delete through queries, scan `door.$id`,
skip query-level writes and overwrite concurrent edits. Changes are `$set`/`$inc` with the guard in the selector.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, Self

from beanie import Document, PydanticObjectId
from bson import ObjectId
from pydantic import ConfigDict, Field
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection

Id = PydanticObjectId
Session = AsyncClientSession | None
Raw = dict[str, Any]
# `held` waits for approval, `rejected` was turned down, `withdrawn` was taken out of the queue by its author: but for
# them and moderators nobody sees it. What was not withdrawn, moderators can let appear.
DeletedAs = Literal["author", "moderator", "held", "rejected", "withdrawn"]
UNSEEN: Final = ("held", "rejected", "withdrawn")
DECIDABLE: Final = ("held", "rejected")

LIVE: Final[Raw] = {"deleted_at": None}
# Sorts after whatever a name can go on with.
LAST_CHAR: Final = "\U0010ffff"


class Record(Document):
    """A document of ours."""

    model_config = ConfigDict(extra="ignore")
    # Beanie's own looks at each access whether the field is still to be parsed, which ours never are.
    __getattribute__ = object.__getattribute__

    @classmethod
    def raw(cls) -> AsyncCollection[Raw]:
        """The collection itself, for atomic updates and projected reads."""
        return cls.get_pymongo_collection()

    @classmethod
    async def load(cls, id: ObjectId) -> Self | None:
        """The document of this id. Beanie's `get` builds a type adapter each time, which costs as much as the query."""
        raw = await cls.raw().find_one({"_id": id})
        return None if raw is None else cls.model_validate(raw)

    @classmethod
    def as_read(cls, raw: Raw) -> Self:
        """The document, read whole and as we wrote it: where there are thousands, checking them takes longest."""
        fields: Raw = {**_left_out(cls), **raw, "id": raw["_id"]}
        found: Self = cls.model_construct(**fields)
        return found

    @property
    def oid(self) -> ObjectId:
        """The id of a stored document."""
        if self.id is None:
            raise ValueError(f"{type(self).__name__} has not been stored yet")
        return self.id

    def as_stored(self) -> Raw:
        """The document as MongoDB takes it, for inserts within a transaction or in bulk."""
        raw: Raw = self.model_dump(by_alias=True)
        if raw.get("_id") is None:
            raw["_id"] = ObjectId()
        return raw


def _left_out(document: type[Record]) -> Raw:
    """What fields are that were not written. Pydantic would look for how a factory is called, each time anew."""
    plain, factories = _defaults(document)  # type: ignore[arg-type]  # which has a hash, as a class
    return plain | {name: factory() for name, factory in factories.items()}


@lru_cache
def _defaults(document: type[Record]) -> tuple[Raw, dict[str, Callable[[], Any]]]:
    fields = {name: field for name, field in document.model_fields.items() if not field.is_required()}
    factories: Any = {name: field.default_factory for name, field in fields.items() if field.default_factory}
    return {name: field.default for name, field in fields.items() if name not in factories}, factories


class Due(Record):
    """Work for a job, gone when it is done. `due_at` says when somebody should look: later, while somebody is at it."""

    due_at: datetime

    @classmethod
    async def waiting(cls, since: datetime, limit: int) -> list[ObjectId]:
        """Those that nobody has been at since."""
        found = cls.raw().find({"due_at": {"$lte": since}}, {"_id": 1}).sort("due_at").limit(limit)
        return [raw["_id"] async for raw in found]


class SoftDeleted(Record):
    """A document that is hidden instead of erased, and remembers by whom and why."""

    deleted_at: datetime | None = None
    deleted_by: Id | None = None
    deleted_as: DeletedAs | None = None
    delete_reason: str = ""

    @property
    def live(self) -> bool:
        """Whether it is there for everyone."""
        return self.deleted_at is None

    @property
    def unseen(self) -> bool:
        """Whether it waits for approval, was turned down, or was withdrawn before anybody decided."""
        return self.deleted_as in UNSEEN


def deletion(at: datetime, by: ObjectId, deleted_as: DeletedAs, reason: str) -> Raw:
    """The fields that mark a document as deleted, for `$set`."""
    return {"deleted_at": at, "deleted_by": by, "deleted_as": deleted_as, "delete_reason": reason}


# What is deleted, as the partial index of `by_deletion` knows it.
GONE: Final[Raw] = {"deleted_at": {"$type": "date"}}
RESTORED: Final[Raw] = {"deleted_at": None, "deleted_by": None, "deleted_as": None, "delete_reason": ""}


def beginning(text: str) -> Raw:
    """Values that begin with `text`: one range of an index. Of a list of values, say `$elemMatch`."""
    return {"$gte": text, "$lt": text + LAST_CHAR}


def index(*keys: str, unique: bool = False, where: Raw | None = None) -> IndexModel:
    """An index over `keys` in order; a leading `-` means descending. `where` makes it partial."""
    fields = [(key.removeprefix("-"), DESCENDING if key.startswith("-") else ASCENDING) for key in keys]
    name = "_".join(key.replace("-", "desc_").replace(".", "_") for key in keys)
    options: Raw = {"name": name[:100], "unique": unique}
    if where is not None:
        options["partialFilterExpression"] = where
    return IndexModel(fields, **options)


def by_deletion() -> IndexModel:
    """The index by which the recycle bin finds what was deleted last; it holds nothing else."""
    return index("-deleted_at", "-_id", where=GONE)


def only_strings(field: str) -> Raw:
    """Partial filter: documents in which `field` is a string, so that a unique index leaves the others alone."""
    return {field: {"$type": "string"}}


__all__ = [
    "DECIDABLE",
    "GONE",
    "LIVE",
    "RESTORED",
    "UNSEEN",
    "DeletedAs",
    "Field",
    "Id",
    "Raw",
    "Record",
    "Session",
    "SoftDeleted",
    "beginning",
    "by_deletion",
    "deletion",
    "index",
]
