"""Restoring into an empty forum: documents as they were, then contents; interrupted, it is begun again."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from typing import IO, Final

from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection

from app.web.batches import in_parts
from app.files.storage import Storage
from app.lifecycle import RESTORES
from documents import ALL, Board, Comment, Conversation, Topic, User
from documents.base import Raw
from documents.clock import now
from scripts.backing.contents import by_collection
from scripts.backing.format import PIECE_BYTES, SPOOL_BYTES, split
from scripts.backing.reading import Broken, Verified, contents, documents
from scripts.opened import Failure

# A forum that has any of these is somebody's.
LIFE: Final = (User, Board, Topic, Comment, Conversation)
INSERTED: Final = 1_000
MARK: Final = "restore"


class Restoring:
    """One archive on its way into the open forum. `advance` hears what is there now and how many."""

    def __init__(self, archive: Verified, storage: Storage, advance: Callable[[str, int], None]) -> None:
        self._archive = archive
        self._storage = storage
        self._advance = advance

    async def run(self) -> None:
        """Fill the forum. A mark says that it is not whole, and no process serves it until it is."""
        await self._begin()
        known = by_collection()
        for collection, content in documents(self._archive):
            if collection not in known:
                raise Broken(f"{self._archive.path}: this version of Quorum knows no {collection}")
            await self._insert(collection, content)
        for key, stream in contents(self._archive):
            await self._store(key, stream)
        await self._check()
        await self._marks().delete_one({"_id": MARK})

    def _marks(self) -> AsyncCollection[Raw]:
        return User.raw().database[RESTORES]

    async def _begin(self) -> None:
        """Refuse to mix with what is there; what an interrupted restore of the same archive has left may go."""
        begun = await self._marks().find_one({"_id": MARK})
        if begun is not None and begun["backup"] != self._archive.head.id:
            raise Failure(
                "Another backup was being restored into this forum: restore that one, or begin with an empty database."
            )
        if begun is None:
            await refuse_life()
        mark = {"backup": self._archive.head.id, "began_at": now()}
        await self._marks().update_one({"_id": MARK}, {"$set": mark}, upsert=True)
        for document in ALL:
            await document.raw().delete_many({})

    async def _insert(self, collection: str, content: bytes) -> None:
        target = User.raw().database[collection]
        found = [RawBSONDocument(each) for each in split(content)]
        for batch in in_parts(found, INSERTED):
            await target.insert_many(batch, ordered=False)
            self._advance(collection, len(batch))

    async def _store(self, key: str, stream: IO[bytes]) -> None:
        if not await self._storage.has(key):
            with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
                async for piece in pieces_of(stream):
                    spool.write(piece)
                spool.seek(0)
                await self._storage.put(key, spool)
        self._advance("files in the storage", 1)

    async def _check(self) -> None:
        for collection, count in self._archive.summary.documents.items():
            there = await User.raw().database[collection].count_documents({})
            if there != count:
                raise Failure(f"{collection}: {there} documents are there, {count} should be. Restore once more.")


async def refuse_life() -> None:
    """A restore replaces nothing."""
    for document in LIFE:
        if await document.raw().find_one({}, {"_id": 1}) is not None:
            raise Failure(
                "This forum is not empty: a backup is restored into an empty one. "
                "Name another data folder (--data-dir) or database (MONGODB_DB), or compare it (--compare)."
            )


async def pieces_of(stream: IO[bytes]) -> AsyncIterator[bytes]:
    """A stream of the archive in pieces, read beside the loop."""
    while piece := await asyncio.to_thread(stream.read, PIECE_BYTES):
        yield piece
