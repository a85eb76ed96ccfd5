"""Stored files: who uses them, that their contents are there, and contents that nothing names."""

import hashlib
from collections import Counter
from typing import Any, Final

from app.files.storage import Missing, Storage
from app.work import Work
from documents import StoredFile
from documents.base import Raw, Session
from documents.clock import now
from documents.file import key_of
from scripts.cleaning.files import YOUNG, remove_orphans, still_named
from scripts.cleaning.registry import FILES
from scripts.doctoring.check import Check, Fault, Mend, Whole, found, setting
from scripts.doctoring.looking import Examination, pages


async def look_at_references(ids: list[Any], session: Session) -> list[Fault]:
    """As many references as documents that name the file; in quarantine since some moment when there is none."""
    said = await found(
        StoredFile, {"_id": {"$in": ids}}, {"sha256": 1, "kind": 1, "references": 1, "quarantined_at": 1}, session
    )
    counted: Counter[tuple[str, str]] = Counter()
    for document, field, kind in FILES:
        hashes = [raw["sha256"] for raw in said if raw["kind"] == kind]
        if hashes:
            grouped: Raw = {"$group": {"_id": f"${field}", "n": {"$sum": 1}}}
            stages: list[Raw] = [{"$match": {field: {"$in": hashes}}}, grouped]
            async for row in await document.raw().aggregate(stages, session=session):
                counted[kind, row["_id"]] += row["n"]
    faults = []
    for raw in said:
        right = counted[raw["kind"], raw["sha256"]]
        if raw["references"] != right or (raw["quarantined_at"] is None) != (right > 0):
            since = None if right else raw["quarantined_at"] or now()
            mend = setting(StoredFile, raw["_id"], references=right, quarantined_at=since)
            faults.append(Fault(raw["_id"], f"references is {raw['references']}, not {right}", mend))
    return faults


async def look_at_contents(examination: Examination) -> list[Fault]:
    """Every content that a document names is in the storage; looked at `deep`, it is also what its hash says."""
    faults = []
    async for ids in pages(StoredFile, {}):
        for raw in await found(StoredFile, {"_id": {"$in": ids}}, {}, None):
            file = StoredFile.model_validate(raw)
            faults += await _missing(examination.storage, file)
            if examination.deep and file.variants:
                faults += await _wrong_hash(examination.storage, file)
    return faults


async def _missing(storage: Storage, file: StoredFile) -> list[Fault]:
    keys = [key for key in file.keys if not await storage.has(key)]
    if not keys or await StoredFile.load(file.oid) is None:
        return []
    return [Fault(file.oid, f"{key} is not in the storage") for key in keys]


async def _wrong_hash(storage: Storage, file: StoredFile) -> list[Fault]:
    key = key_of(file.sha256, file.generation, file.variants[0].name)
    digest = hashlib.sha256()
    try:
        async for piece in storage.stream(key):
            digest.update(piece)
    except Missing:
        return []
    return [] if digest.hexdigest() == file.sha256 else [Fault(file.oid, f"{key} is not what its hash says")]


async def look_at_orphans(examination: Examination) -> list[Fault]:
    """Contents that no document names, older than it takes to store a file and name it."""
    latest, faults = now() - YOUNG, []
    async for blobs in examination.storage.blobs():
        old = [blob for blob in blobs if blob.put_at < latest]
        named = await still_named([blob.key for blob in old]) if old else set()
        faults += [
            Fault(blob.key, f"{blob.bytes} bytes", _removing(examination.storage, blob.key))
            for blob in old
            if blob.key not in named
        ]
    return faults


def _removing(storage: Storage, key: str) -> Mend:
    async def mend(work: Work) -> None:
        await remove_orphans(storage, [key])

    return mend


async def look_at_names(examination: Examination) -> list[Fault]:
    """Documents name only files that there are."""
    faults = []
    for document, field, kind in FILES:
        async for ids in pages(document, {field: {"$gt": ""}}):
            raws = await found(document, {"_id": {"$in": ids}}, {field: 1}, None)
            hashes = {raw[field] for raw in raws if raw.get(field)}
            there = await found(StoredFile, {"kind": kind, "sha256": {"$in": list(hashes)}}, {"sha256": 1}, None)
            gone = hashes - {raw["sha256"] for raw in there}
            faults += [Fault(raw["_id"], f"{field} names no file") for raw in raws if raw.get(field) in gone]
    return faults


CHECKS: Final = (
    Check("references", "files are counted wrong", StoredFile, look_at_references),
    Whole("contents", "contents of files are missing or damaged", look_at_contents),
    Whole("orphans", "contents in the storage have no document", look_at_orphans),
    Whole("names", "documents name files that are not there", look_at_names),
)
