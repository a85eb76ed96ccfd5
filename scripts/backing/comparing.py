"""Comparing an archive with the forum as it is, document by document and content by content. Writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from app.files.storage import Missing, Storage
from documents import Record
from scripts.backing.contents import ONLY, PASSWORDS, by_collection
from scripts.backing.format import split
from scripts.backing.reading import Broken, Verified, contents, documents
from scripts.backing.restoring import pieces_of
from scripts.backing.snapshot import stripped

RAW: Final = CodecOptions(document_class=RawBSONDocument)
NAMED_MAX: Final = 5
FILES: Final = "files in the storage"


@dataclass(slots=True)
class Difference:
    """Of one collection: how many are in the archive, how many of these are gone or different, and how many are new."""

    archived: int = 0
    gone: int = 0
    changed: int = 0
    new: int = 0
    named: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether there is none."""
        return not (self.gone or self.changed or self.new)

    def name(self, id: object) -> None:
        """Name some of those that differ."""
        if len(self.named) < NAMED_MAX:
            self.named.append(str(id))


class Comparing:
    """One archive beside the open forum."""

    def __init__(self, archive: Verified, storage: Storage, advance: Callable[[str, int], None]) -> None:
        self._archive = archive
        self._storage = storage
        self._advance = advance
        self._known = by_collection()
        self.found: dict[str, Difference] = {name: Difference() for name in self._known}
        self.found[FILES] = Difference()

    async def run(self) -> dict[str, Difference]:
        """All differences, by collection."""
        for collection, content in documents(self._archive):
            if collection not in self._known:
                raise Broken(f"{self._archive.path}: this version of Quorum knows no {collection}")
            await self._documents(collection, content)
        for name, document in self._known.items():
            there = await document.raw().count_documents(ONLY.get(document, {}))
            found = self.found[name]
            found.new = max(0, there - (found.archived - found.gone))
        for key, stream in contents(self._archive):
            await self._content(key, await _hash(pieces_of(stream)))
        return self.found

    async def _documents(self, collection: str, content: bytes) -> None:
        document, found = self._known[collection], self.found[collection]
        archived = {raw["_id"]: bytes(raw.raw) for raw in map(RawBSONDocument, split(content))}
        here = await self._here(document, list(archived))
        for id, raw in archived.items():
            if id not in here:
                found.gone += 1
            elif here[id] != raw:
                found.changed += 1
            else:
                continue
            found.name(id)
        found.archived += len(archived)
        self._advance(collection, len(archived))

    async def _here(self, document: type[Record], ids: list[object]) -> dict[object, bytes]:
        without = {} if self._archive.head.passwords else PASSWORDS.get(document, {})
        raw = document.raw().with_options(codec_options=RAW)
        rows = {each["_id"]: bytes(each.raw) async for each in raw.find({"_id": {"$in": ids}})}
        return {id: stripped(row, without) for id, row in rows.items()} if without else rows

    async def _content(self, key: str, sha256: str) -> None:
        found = self.found[FILES]
        found.archived += 1
        try:
            if await _hash(self._storage.stream(key)) != sha256:
                found.changed += 1
                found.name(key)
        except Missing:
            found.gone += 1
            found.name(key)
        self._advance(FILES, 1)


async def _hash(pieces: AsyncIterator[bytes]) -> str:
    digest = hashlib.sha256()
    async for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
