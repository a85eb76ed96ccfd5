"""Where contents are kept: a local folder or an S3-compatible service, behind one interface.

A path is made of a SHA-256, a random generation and the name of a variant (`documents.file.key_of`); nothing that a
user has written is ever part of one. Putting is atomic: nobody sees half a content. Blobs are never changed.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from app.errors import Busy
from app.settings import Settings
from app.web.i18n import N_, Text

log = structlog.get_logger()

FOLDER: Final = "files"
KEY: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}-[0-9a-f]{8,32}-[0-9a-z.]{1,40}")
CHUNK_BYTES: Final = 256 * 1024
BATCH: Final = 500
CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 30
RETRIES: Final = 2


class Missing(Exception):
    """There is nothing at this path."""


class StorageFailed(Busy):
    """The storage does not answer, or refuses."""

    default = Text(N_("The file storage is not responding right now. Please try again in a moment."))


@dataclass(frozen=True, slots=True)
class Blob:
    """Something that is stored: path, size in bytes, when it was put."""

    key: str
    bytes: int
    put_at: datetime


class Storage:
    """Contents by path. `folder` is where they are when they are on this machine."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def of(cls, settings: Settings) -> Storage:
        """The storage that the settings name."""
        if settings.storage_url:
            return cls(_s3(settings))
        folder = (settings.data_dir / FOLDER).absolute()
        return cls(LocalStore(folder, mkdir=True), folder)

    @property
    def folder(self) -> Path | None:
        """The folder, where contents are on this machine."""
        return self._folder

    async def put(self, key: str, content: bytes | IO[bytes]) -> None:
        """Store a content, whole or not at all; what was there is replaced."""
        _check(key)
        try:
            await obstore.put_async(self._store, key, content)
            if self._folder is not None:
                await asyncio.to_thread(_to_disk, self._folder / key)
        except (BaseError, OSError) as error:
            raise _failed("put", key, error) from error

    async def get(self, key: str) -> bytes:
        """A content as a whole; `Missing` when there is none."""
        _check(key)
        try:
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())
        except FileNotFoundError:
            raise Missing(key) from None
        except (BaseError, OSError) as error:
            raise _failed("get", key, error) from error

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """A content in pieces, for what is too large for memory; `Missing` before the first when there is none."""
        _check(key)
        try:
            found = await obstore.get_async(self._store, key)
            async for piece in found.stream(CHUNK_BYTES):
                yield bytes(piece)
        except FileNotFoundError:
            raise Missing(key) from None
        except (BaseError, OSError) as error:
            raise _failed("stream", key, error) from error

    async def has(self, key: str) -> bool:
        """Whether there is something."""
        _check(key)
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise _failed("head", key, error) from error
        return True

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete contents; those that are not there are no error. Any path of `blobs` may be given."""
        for key in keys:
            try:
                if self._folder is not None:
                    await asyncio.to_thread((self._folder / key).unlink)
                else:
                    await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue
            except (BaseError, OSError) as error:
                raise _failed("delete", key, error) from error

    async def blobs(self) -> AsyncIterator[Sequence[Blob]]:
        """Everything that is stored, in batches: in a folder also what was never finished."""
        if self._folder is not None:
            found = _below(self._folder)
            while batch := await asyncio.to_thread(lambda: tuple(islice(found, BATCH))):
                yield batch
            return
        try:
            async for listed in obstore.list(self._store, chunk_size=BATCH):
                yield [Blob(meta["path"], meta["size"], meta["last_modified"]) for meta in listed]
        except (BaseError, OSError) as error:
            raise _failed("list", "", error) from error


def _below(folder: Path) -> Iterator[Blob]:
    """Files below a folder; links are not followed."""
    for at, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(at, name)
            stat = path.lstat()
            put_at = datetime.fromtimestamp(stat.st_mtime, UTC)
            yield Blob(path.relative_to(folder).as_posix(), stat.st_size, put_at)


def _check(key: str) -> None:
    if not KEY.fullmatch(key):
        raise ValueError(f"not a path of ours: {key!r}")


def _failed(what: str, key: str, error: Exception) -> StorageFailed:
    log.error("storage.failed", what=what, key=key, error=type(error).__name__, detail=str(error)[:300])
    return StorageFailed()


def _to_disk(path: Path) -> None:
    """Have the content and its name survive a power cut: the document that names it does."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _s3(settings: Settings) -> S3Store:
    """Path-style requests, as every S3-compatible service understands them."""
    where = urlsplit(settings.storage_url)
    secret = settings.storage_secret.get_secret_value() if settings.storage_secret else ""
    endpoint = settings.storage_endpoint or f"https://s3.{settings.storage_region}.amazonaws.com"
    return S3Store(
        where.netloc,
        prefix=where.path.strip("/") or None,
        region=settings.storage_region,
        access_key_id=settings.storage_key,
        secret_access_key=secret,
        endpoint=endpoint,
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=ANSWER_SECONDS),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=ANSWER_SECONDS)},
    )
