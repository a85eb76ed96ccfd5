"""Stored files that nobody uses any more, contents without a document, and documents without contents."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bson import ObjectId

from app.files.storage import KEY, Storage
from app.uploads.service import used
from documents import StoredFile, Upload
from documents.base import Raw
from documents.clock import now
from documents.file import UNUSED
from scripts.cleaning.plan import BATCH, Plan
from scripts.cleaning.registry import FILES

# Contents are stored before the document that names them.
YOUNG: Final = timedelta(days=1)


async def find_files(plan: Plan, storage: Storage, unused_since: datetime) -> None:
    """Everything that is wrong between the documents and the storage, or has waited long enough."""
    began = now()
    await find_unused_uploads(plan, unused_since)
    await find_unused(plan, unused_since)
    await find_orphans(plan, storage)
    await find_lost(plan, began)


async def find_unused_uploads(plan: Plan, since: datetime) -> None:
    """Uploads that no text has begun or ended to use since, and that none uses. Their contents are counted as files."""
    query: Raw = {"touched_at": {"$lt": since}}
    async for raw in Upload.raw().find(query, {"_id": 1}, batch_size=BATCH):
        if not await used(raw["_id"]):
            plan.add("uploads", "uploads", [(str(raw["_id"]), str(raw["_id"]), 0)])


async def find_unused(plan: Plan, since: datetime) -> None:
    """Files in quarantine since before `since`, with the bytes of their contents."""
    query: Raw = {**UNUSED, "quarantined_at": {"$lt": since}}
    found = StoredFile.raw().find(query, {"sha256": 1, "kind": 1, "bytes": 1}, batch_size=BATCH)
    async for raw in found:
        if not await named_anywhere(raw):
            plan.add("files", "files", [(str(raw["_id"]), str(raw["_id"]), raw["bytes"])])


async def named_anywhere(file: Raw) -> bool:
    """Whether some document names the file. One that does is counted, so this only guards against a wrong count."""
    for document, field, kind in FILES:
        if kind == file["kind"] and await document.raw().find_one({field: file["sha256"]}, {"_id": 1}):
            return True
    return False


async def remove_files(storage: Storage, ids: Sequence[ObjectId], since: datetime) -> list[ObjectId]:
    """Delete those that are still unused, documents first (see app.files.service); gives them."""
    gone = []
    for id in ids:
        file = await StoredFile.delete_unused({"_id": id}, since)
        if file is not None:
            await storage.delete(file.keys)
            gone.append(id)
    return gone


async def find_orphans(plan: Plan, storage: Storage) -> None:
    """Contents that are older than a day and that no document names."""
    latest = now() - YOUNG
    async for blobs in storage.blobs():
        plan.see(blob.key for blob in blobs)
        old = [blob for blob in blobs if blob.put_at < latest]
        named = await still_named([blob.key for blob in old])
        plan.add("orphans", "orphans", ((blob.key, blob.key, blob.bytes) for blob in old if blob.key not in named))


async def still_named(keys: Sequence[str]) -> set[str]:
    """Those of these paths where a document has its contents."""
    generations = [key.split("-")[1] for key in keys if KEY.fullmatch(key)]
    found = StoredFile.raw().find({"generation": {"$in": generations}})
    return {key async for raw in found for key in StoredFile.model_validate(raw).keys}


async def remove_orphans(storage: Storage, keys: Sequence[str]) -> list[str]:
    """Delete those that no document names now; gives them."""
    named = await still_named(keys)
    gone = [key for key in keys if key not in named]
    await storage.delete(gone)
    return gone


async def find_lost(plan: Plan, began: datetime) -> None:
    """Count the documents from before `began` some of whose contents were not seen."""
    async for raw in StoredFile.raw().find({"created_at": {"$lt": began}}, batch_size=BATCH):
        plan.lost_files += plan.unseen(StoredFile.model_validate(raw).keys)
