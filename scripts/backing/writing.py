"""Writing an archive: member after member into one tar file, in memory that does not grow with the forum."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Self

from scripts.backing.format import (
    DATABASE,
    FILES,
    HEAD,
    MANIFEST,
    SEAL,
    SPOOL_BYTES,
    Head,
    Manifest,
    Summary,
    as_bytes,
)

# Hardly slower than no compression at all, and a third of the bytes.
LEVEL = 3


class Writer:
    """One archive on its way. It appears under its name only when it is whole, for its owner alone to read."""

    def __init__(self, path: Path, head: Head) -> None:
        self.path = path
        self.summary = Summary()
        self._head = head
        self._manifest = Manifest()
        self._part = path.with_name(f".{path.name}.part")

    def __enter__(self) -> Self:
        handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        content = as_bytes(self._head.as_json())
        self._put(HEAD, io.BytesIO(content), len(content))
        self._manifest.add(HEAD, hashlib.sha256(content).hexdigest())
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        self._manifest.file.seek(0)
        self._put(MANIFEST, self._manifest.file, self._manifest.bytes)
        seal = as_bytes({"manifest": self._manifest.sha256, **self.summary.as_json()})
        self._put(SEAL, io.BytesIO(seal), len(seal))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._part.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _put(self, name: str, content: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(self._head.moment.timestamp())
        self._tar.addfile(entry, content)
        self._tar.members = []  # type: ignore[attr-defined]  # tarfile remembers them all, for a list that we do not ask for
        self.summary.bytes += size

    def add_documents(self, collection: str, number: int, documents: bytes, count: int) -> None:
        """A chunk of documents, one BSON after the other."""
        content = gzip.compress(documents, LEVEL, mtime=0)
        name = f"{DATABASE}/{collection}/{number:06}.bson.gz"
        self._put(name, io.BytesIO(content), len(content))
        self._manifest.add(name, hashlib.sha256(content).hexdigest())
        self.summary.documents[collection] += count

    async def add_file(self, key: str, pieces: AsyncIterator[bytes]) -> None:
        """A content of the storage. Its size stands before it, so a large one waits on disk until it is known."""
        digest, size, name = hashlib.sha256(), 0, f"{FILES}/{key}"
        with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as spool:
            async for piece in pieces:
                spool.write(piece)
                digest.update(piece)
                size += len(piece)
            spool.seek(0)
            self._put(name, spool, size)
        self._manifest.add(name, digest.hexdigest())
        self.summary.files += 1
