"""Reading an archive from beginning to end, every hash checked on the way; nothing in it is trusted before that."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any, Final

from app.files.storage import KEY
from scripts.backing.format import (
    CHUNK_BYTES,
    FILES,
    FORMAT,
    HEAD,
    MANIFEST,
    PIECE_BYTES,
    SEAL,
    Head,
    Manifest,
    Summary,
)
from scripts.opened import Failure

CHUNK_NAME: Final = re.compile(r"db/([a-z_]{1,60})/\d{6,9}\.bson\.gz")
SMALL_MAX: Final = 1024 * 1024
# A chunk ends with the document that fills it, and one may take 16 MB.
UNPACKED_MAX: Final = CHUNK_BYTES + 17 * 1024 * 1024


class Broken(Failure):
    """The archive is not whole, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Verified:
    """An archive in which everything is as it was written."""

    path: Path
    head: Head
    summary: Summary


def head_of(path: Path) -> Head:
    """What it says of itself; `Broken` when it is no backup, or one of a later format."""
    with _opened(path) as tar:
        entry = tar.next()
        if entry is None or entry.name != HEAD:
            raise Broken(f"{path} is no backup of Quorum")
        head: Head = _parsed(path, _small(tar, entry), Head.of)
    if head.format > FORMAT:
        raise Broken(f"{path} was made by a later version of Quorum ({head.version}), which this one cannot read")
    return head


def verify(path: Path, advance: Callable[[int], None] = lambda _: None) -> Verified:
    """Read all of it and compare every member with the manifest; `Broken` says what is wrong. Writes nothing."""
    head, found, seal = head_of(path), Manifest(), b""
    with _opened(path) as tar:
        for entry in _entries(path, tar):
            if seal:
                raise Broken(f"{path}: {entry.name!r} does not belong there")
            if entry.name == MANIFEST:
                _compare(path, found, _stream(tar, entry))
            elif entry.name == SEAL:
                seal = _small(tar, entry)
            else:
                found.add(entry.name, _hash(tar, entry))
            advance(entry.size)
    if not seal:
        raise Broken(f"{path} ends too early: it was cut off")
    if _parsed(path, seal, lambda raw: str(raw["manifest"])) != found.sha256:
        raise Broken(f"{path}: its manifest was changed")
    return Verified(path, head, _parsed(path, seal, Summary.of))


def _compare(path: Path, found: Manifest, wanted: IO[bytes]) -> None:
    """The first member that is not as the manifest says."""
    found.file.seek(0)
    for there, line in zip_longest(found.file, wanted, fillvalue=b""):
        if there != line:
            name = (line or there)[66:].decode(errors="replace").strip()
            raise Broken(f"{path}: {name} is not as it was written")


def documents(archive: Verified) -> Iterator[tuple[str, bytes]]:
    """Each chunk of documents as collection and BSON, in the order of the archive."""
    with _opened(archive.path) as tar:
        for entry in _entries(archive.path, tar):
            named = CHUNK_NAME.fullmatch(entry.name)
            if named:
                yield named[1], _unpacked(archive.path, entry.name, _stream(tar, entry))


def contents(archive: Verified) -> Iterator[tuple[str, IO[bytes]]]:
    """Each content as path in the storage and stream, which has to be read before the next."""
    with _opened(archive.path) as tar:
        for entry in _entries(archive.path, tar):
            if entry.name.startswith(f"{FILES}/"):
                yield entry.name.removeprefix(f"{FILES}/"), _stream(tar, entry)


def _unpacked(path: Path, name: str, stream: IO[bytes]) -> bytes:
    """Within bounds: a small member that unpacks to gigabytes is none that we wrote."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(stream.read(UNPACKED_MAX), UNPACKED_MAX)
    except zlib.error:
        raise Broken(f"{path}: {name} cannot be unpacked") from None
    if not unpacker.eof:
        raise Broken(f"{path}: {name} is larger than a part may be")
    return found


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError):
        raise Broken(f"{path} is no backup of Quorum, or was cut off") from None
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror or error}") from None


def _entries(path: Path, tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Its members, each seen to be a plain file with a name of ours."""
    while (entry := tar.next()) is not None:
        tar.members = []  # type: ignore[attr-defined]  # tarfile remembers them all
        if not entry.isreg() or not _is_ours(entry.name):
            raise Broken(f"{path}: {entry.name!r} does not belong there")
        yield entry


def _is_ours(name: str) -> bool:
    if name in (HEAD, MANIFEST, SEAL) or CHUNK_NAME.fullmatch(name):
        return True
    return name.startswith(f"{FILES}/") and KEY.fullmatch(name.removeprefix(f"{FILES}/")) is not None


def _stream(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(entry)
    assert stream is not None
    return stream


def _small(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    content = _stream(tar, entry).read(SMALL_MAX)
    if len(content) != entry.size:
        raise EOFError
    return content


def _hash(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    stream, digest, size = _stream(tar, entry), hashlib.sha256(), 0
    while piece := stream.read(PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    if size != entry.size:
        raise EOFError
    return digest.hexdigest()


def _parsed(path: Path, content: bytes, read: Callable[[Any], Any]) -> Any:
    try:
        return read(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Broken(f"{path}: what it says of itself cannot be read") from None
