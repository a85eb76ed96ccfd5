"""The archive: a tar file that ordinary tools can open, written and read from beginning to end.

    quorum.json                     what this is: format, version of the forum, of which moment
    db/COLLECTION/000001.bson.gz    documents, one BSON after the other, some CHUNK_BYTES of them
    files/KEY                       contents, by their path in the storage
    manifest.sha256                 a line for every member above, as `sha256sum --check` reads them
    seal.json                       what was counted, and the SHA-256 of the manifest

What was cut off has no seal; what was changed has another hash.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

FORMAT: Final = 1
HEAD: Final = "quorum.json"
MANIFEST: Final = "manifest.sha256"
SEAL: Final = "seal.json"
DATABASE: Final = "db"
FILES: Final = "files"
CHUNK_BYTES: Final = 8 * 1024 * 1024
# What is smaller stays in memory until it is packed; what is larger waits in a temporary file.
SPOOL_BYTES: Final = 8 * 1024 * 1024
PIECE_BYTES: Final = 256 * 1024
# So many contents that were not there are named; the others are counted.
NAMED_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Head:
    """What the archive says of itself. `moment` is the time that it shows the forum at; `id` names the backup."""

    id: str
    version: str
    moment: datetime
    passwords: bool = True
    format: int = FORMAT

    def as_json(self) -> dict[str, Any]:
        """As it is written."""
        return {
            "what": "a backup of a Quorum forum",
            "format": self.format,
            "id": self.id,
            "version": self.version,
            "moment": self.moment.isoformat(),
            "passwords": self.passwords,
        }

    @classmethod
    def of(cls, found: Any) -> Head:
        """Out of JSON; ValueError, KeyError or TypeError for anything else."""
        return cls(
            id=str(found["id"]),
            version=str(found["version"]),
            moment=datetime.fromisoformat(found["moment"]),
            passwords=bool(found["passwords"]),
            format=int(found["format"]),
        )


@dataclass(slots=True)
class Summary:
    """What is in the archive: documents by collection, contents, bytes; contents that the storage did not have."""

    documents: Counter[str] = field(default_factory=Counter)
    files: int = 0
    bytes: int = 0
    missing: int = 0
    missing_named: list[str] = field(default_factory=list)

    def miss(self, key: str) -> None:
        """The database names a content that is not in the storage."""
        self.missing += 1
        if len(self.missing_named) < NAMED_MAX:
            self.missing_named.append(key)

    def as_json(self) -> dict[str, Any]:
        """As the seal has it."""
        return {
            "documents": dict(self.documents),
            "files": self.files,
            "bytes": self.bytes,
            "missing_files": self.missing,
            "missing_named": self.missing_named,
        }

    @classmethod
    def of(cls, found: Any) -> Summary:
        """Out of JSON; ValueError, KeyError or TypeError for anything else."""
        documents = Counter({str(name): int(count) for name, count in found["documents"].items()})
        named = [str(key) for key in found["missing_named"]]
        return cls(documents, int(found["files"]), int(found["bytes"]), int(found["missing_files"]), named)


class Manifest:
    """The lines of the manifest, on disk when they are many."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - gone with the last reference
        self._digest = hashlib.sha256()
        self.bytes = 0

    def add(self, name: str, sha256: str) -> None:
        """One more member, in the order of the archive."""
        line = f"{sha256}  {name}\n".encode()
        self.file.write(line)
        self._digest.update(line)
        self.bytes += len(line)

    @property
    def sha256(self) -> str:
        """Of all its lines so far."""
        return self._digest.hexdigest()


def as_bytes(value: Any) -> bytes:
    """JSON for people to read as well."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def split(documents: bytes) -> Iterator[bytes]:
    """BSON documents that stand one after the other, each beginning with its length (https://bsonspec.org)."""
    start = 0
    while start < len(documents):
        end = start + int.from_bytes(documents[start : start + 4], "little", signed=True)
        if not start + 5 <= end <= len(documents):
            raise ValueError("no BSON")
        yield documents[start:end]
        start = end
