"""Stored files: each content once, counted by those who use it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import BaseModel
from pymongo import IndexModel

from documents.base import Field, Raw, Record, Session, index

FileKind = Literal["avatar", "upload"]

# Files that nobody uses, for cleanup. What has no content any more is the memory of one that was taken down.
UNUSED: Final[Raw] = {"references": 0, "variants.0": {"$exists": True}}


class Variant(BaseModel):
    """One form of the content, such as a width. `name` is the end of its path and of its URL."""

    name: str
    type: str
    bytes: int
    width: int = 0
    height: int = 0


class StoredFile(Record):
    """A content that is stored once for all who use it. `sha256` is that of its largest variant.

    `references` is how many documents use it: counted in the transaction that makes them do so. At zero it waits in
    quarantine; used again it comes back. `generation` is part of its path in the storage and never used a second
    time, so that deleting what was there cannot hurt what was stored since: the document is what is deleted, its
    contents follow. What was taken down (`taken_at`) is served to nobody; when its contents go, the document stays,
    so that nobody sends the same again.
    """

    sha256: str
    kind: FileKind
    generation: str
    type: str
    bytes: int
    width: int = 0
    height: int = 0
    variants: list[Variant] = Field(default_factory=list)
    references: int = 0
    created_at: datetime
    quarantined_at: datetime | None = None
    taken_at: datetime | None = None
    taken_reason: str = ""

    class Settings:
        """Collection and indexes."""

        name = "files"
        indexes: ClassVar[list[IndexModel]] = [
            index("sha256", "kind", unique=True),
            index("generation"),
            index("quarantined_at", where={"references": 0}),
            index("taken_at", where={"taken_at": {"$type": "date"}}),
        ]

    @property
    def keys(self) -> Iterator[str]:
        """Where its variants are in the storage."""
        return (key_of(self.sha256, self.generation, variant.name) for variant in self.variants)

    def variant(self, name: str) -> Variant | None:
        """The variant of that name."""
        return next((variant for variant in self.variants if variant.name == name), None)

    @classmethod
    async def named(cls, sha256: str, kind: FileKind, session: Session = None) -> StoredFile | None:
        """The file with this content."""
        raw = await cls.raw().find_one({"sha256": str(sha256), "kind": str(kind)}, session=session)
        return None if raw is None else cls.model_validate(raw)

    @classmethod
    async def use(cls, file: StoredFile, session: Session, *, stored: bool) -> str | None:
        """Count one who uses it more; gives the generation that is used.

        With `stored` its contents are in the storage, and the document is made when there is none. Otherwise None when
        it was deleted in the meantime.
        """
        update: Raw = {"$inc": {"references": 1}, "$set": {"quarantined_at": None}}
        if stored:
            left_alone = {"references", "quarantined_at", "sha256", "kind"}
            update["$setOnInsert"] = {name: value for name, value in file.as_stored().items() if name not in left_alone}
        found = await cls.raw().find_one_and_update(
            {"sha256": file.sha256, "kind": file.kind},
            update,
            {"generation": 1},
            upsert=stored,
            return_document=True,
            session=session,
        )
        return None if found is None else str(found["generation"])

    @classmethod
    async def leave(cls, sha256: str, kind: FileKind, at: datetime, session: Session) -> None:
        """Count one who uses it less; from zero on it waits in quarantine."""
        less: Raw = {"$max": [{"$subtract": ["$references", 1]}, 0]}
        since: Raw = {"$cond": [{"$eq": ["$references", 0]}, at, None]}
        await cls.raw().update_one(
            {"sha256": str(sha256), "kind": kind},
            [{"$set": {"references": less}}, {"$set": {"quarantined_at": since}}],
            session=session,
        )

    @classmethod
    async def delete_unused(cls, id: Raw, before: datetime) -> StoredFile | None:
        """Delete the document of a file that nobody has used since `before`; its contents may go after that."""
        dead: Raw = {**id, **UNUSED, "quarantined_at": {"$lt": before}}
        raw = await cls.raw().find_one_and_delete({**dead, "taken_at": None})
        if raw is None:
            emptied: Raw = {"$set": {"variants": [], "bytes": 0}}
            raw = await cls.raw().find_one_and_update({**dead, "taken_at": {"$type": "date"}}, emptied)
        return None if raw is None else cls.model_validate(raw)


def key_of(sha256: str, generation: str, variant: str) -> str:
    """The path of a variant in the storage, made of nothing that anybody can choose."""
    return f"{sha256[:2]}/{sha256}-{generation}-{variant}"
