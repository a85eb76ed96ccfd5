"""Making a backup: the documents of one moment, then the contents that they name."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import bson
from pymongo.asynchronous.client_session import AsyncClientSession

from app.files.storage import Missing, Storage
from documents import Record, StoredFile
from documents.base import Raw
from scripts.backing.contents import PASSWORDS, kept
from scripts.backing.format import SPOOL_BYTES
from scripts.backing.snapshot import chunks, one_moment
from scripts.backing.writing import Writer

Advance = Callable[[str, int], None]


class Backup:
    """One backup of the open forum. `advance` hears what was just packed (a collection, or files) and how many."""

    def __init__(self, writer: Writer, storage: Storage, *, passwords: bool, advance: Advance) -> None:
        self._writer = writer
        self._storage = storage
        self._without = {} if passwords else PASSWORDS
        self._advance = advance

    async def run(self) -> None:
        """Pack everything. Contents never change and wait for days before they are deleted, so they may come last."""
        with _list() as keys:
            async with one_moment(StoredFile.raw().database.client) as session:
                for document in kept():
                    await self._documents(document, session, keys)
            for key in _read(keys):
                await self._content(key)

    async def _documents(self, document: type[Record], session: AsyncClientSession, keys: IO[str]) -> None:
        name, number = document.raw().name, 0
        async for content, count in chunks(document, session, self._without.get(document, {})):
            number += 1
            self._writer.add_documents(name, number, content, count)
            self._advance(name, count)
            if document is StoredFile:
                keys.writelines(f"{key}\n" for raw in bson.decode_all(content) for key in _keys(raw))

    async def _content(self, key: str) -> None:
        """One that is not there is named in the seal: `doctor.py` and `cleanup.py` tell of it as well."""
        try:
            await self._writer.add_file(key, self._storage.stream(key))
        except Missing:
            self._writer.summary.miss(key)
        self._advance("files in the storage", 1)


def _keys(raw: Raw) -> Iterator[str]:
    yield from StoredFile.model_validate(raw).keys


@contextmanager
def _list() -> Iterator[IO[str]]:
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES, "w+", encoding="ascii") as keys:
        yield keys


def _read(keys: IO[str]) -> Iterator[str]:
    keys.seek(0)
    for line in keys:
        yield line.rstrip("\n")
