"""The forum as it was at one moment, read while it goes on: all reads of a snapshot session see the same.

MongoDB keeps the past for as long as `minSnapshotHistoryWindowInSeconds` says, five minutes unless told otherwise. It
is asked to keep it for as long as the backup takes, where we may ask that.
https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final, cast

import bson
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError

from documents import Record
from documents.base import Raw
from scripts.backing.contents import ONLY
from scripts.backing.format import CHUNK_BYTES, split
from scripts.opened import Failure

WINDOW: Final = "minSnapshotHistoryWindowInSeconds"
LONGEST_SECONDS: Final = 6 * 3600
BATCH: Final = 2_000
# SnapshotTooOld, SnapshotUnavailable
TOO_LATE: Final = frozenset({239, 246})


@contextlib.asynccontextmanager
async def one_moment(client: AsyncMongoClient[Raw]) -> AsyncIterator[AsyncClientSession]:
    """A session whose reads all see the same moment; `Failure` when it took longer than MongoDB keeps the past."""
    before = await _keep_longer(client)
    try:
        async with client.start_session(snapshot=True) as session:
            yield session
    except OperationFailure as error:
        if error.code not in TOO_LATE:
            raise
        raise Failure(
            "MongoDB does not keep the past for as long as this backup takes. "
            f"Have an administrator of the database raise {WINDOW}."
        ) from None
    finally:
        if before is not None:
            with contextlib.suppress(PyMongoError):
                await client.admin.command({"setParameter": 1, WINDOW: before})


async def _keep_longer(client: AsyncMongoClient[Raw]) -> Any:
    """Gives the window before, or None when it is long enough or not ours to change (a cluster, or fewer rights)."""
    try:
        before = (await client.admin.command({"getParameter": 1, WINDOW: 1}))[WINDOW]
        if before >= LONGEST_SECONDS:
            return None
        await client.admin.command({"setParameter": 1, WINDOW: LONGEST_SECONDS})
    except PyMongoError:
        return None
    return before


async def chunks(document: type[Record], session: AsyncClientSession, without: Raw) -> AsyncIterator[tuple[bytes, int]]:
    """All documents of a collection in the order of their ids, as BSON of some CHUNK_BYTES and how many they are.

    They come as MongoDB has them, without a look at their fields, unless some are to be left out (`without`).
    """
    found = document.raw().find_raw_batches(ONLY.get(document, {}), session=session, batch_size=BATCH).sort("_id", 1)
    held: list[bytes] = []
    size = count = 0
    async for raw in found:
        batch = cast(bytes, raw)
        documents = stripped(batch, without) if without else batch
        held.append(documents)
        size += len(documents)
        count += len(list(split(documents)))
        if size >= CHUNK_BYTES:
            yield b"".join(held), count
            held, size, count = [], 0, 0
    if held:
        yield b"".join(held), count


def stripped(batch: bytes, without: Raw) -> bytes:
    """The same documents with these values in place of theirs."""
    return b"".join(bson.encode({**raw, **without}) for raw in bson.decode_all(batch))
