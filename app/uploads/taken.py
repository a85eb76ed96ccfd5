"""Files that were taken down: which of somebody's an operation is about, and putting their contents back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bson import ObjectId

from app.work import Work
from documents import Operation, StoredFile, Upload
from documents.base import Raw, Session
from documents.operation import Target

VERB: Final = "upload.take_down"
BACK: Final[Raw] = {"taken_at": None, "taken_reason": ""}


async def files_of(operation: Operation, person: ObjectId, session: Session = None) -> list[Upload]:
    """Somebody's own files, as far as the operation has taken down what is in them; be they back meanwhile."""
    shas = [sha256 for target in operation.targets if (sha256 := await _content(target, session))]
    which: Raw = {"user": person, "sha256": {"$in": shas}}
    found = Upload.raw().find(which, session=session).sort("_id")
    return [Upload.model_validate(raw) async for raw in found]


async def _content(target: Target, session: Session) -> str:
    """Of what the target was a file; its owner may have deleted it, when others still have the same."""
    upload = await Upload.raw().find_one({"_id": target.id}, {"sha256": 1}, session=session)
    if upload is not None:
        return str(upload["sha256"])
    file = await StoredFile.raw().find_one(_left_so(target), {"sha256": 1}, session=session)
    return str(file["sha256"]) if file else ""


def _left_so(target: Target) -> Raw:
    return {"kind": "upload", **target.after}


async def still_down(operation: Operation, files: Iterable[Upload], session: Session = None) -> list[str]:
    """Their contents that are down as the operation has left them."""
    shas = sorted({file.sha256 for file in files})
    left = [{"taken_at": target.after["taken_at"]} for target in operation.targets if target.after.get("taken_at")]
    if not shas or not left:
        return []
    which: Raw = {"sha256": {"$in": shas}, "kind": "upload", "$or": left}
    return sorted(await StoredFile.raw().distinct("sha256", which, session=session))


async def put_back(work: Work, operation: Operation, person: ObjectId) -> list[ObjectId]:
    """Let everybody see these files of this person again; gives who else has the same ones."""
    shas = await still_down(operation, await files_of(operation, person, work.session), work.session)
    if not shas:
        return []
    await StoredFile.raw().update_many(
        {"sha256": {"$in": shas}, "kind": "upload"}, {"$set": BACK}, session=work.session
    )
    others: Raw = {"sha256": {"$in": shas}, "user": {"$ne": person}}
    return sorted(await Upload.raw().distinct("user", others, session=work.session))


async def down_among(shas: Collection[str]) -> dict[str, Raw]:
    """Of these contents those that are down: since when and why, by their hash."""
    which: Raw = {"sha256": {"$in": list(shas)}, "kind": "upload", "taken_at": {"$type": "date"}}
    fields = {"sha256": 1, "taken_at": 1, "taken_reason": 1}
    return {raw["sha256"]: raw async for raw in StoredFile.raw().find(which, fields)}


async def decisions_on(person: ObjectId, down: Mapping[str, Raw]) -> dict[str, ObjectId]:
    """By which operation each content was taken down, where it is for this person to appeal against."""
    moments = [raw["taken_at"] for raw in down.values()]
    about: Raw = {"verb": VERB, "concerns": person, "actor": {"$ne": person}, "undone_by": None}
    found: dict[str, ObjectId] = {}
    if not moments:
        return found
    async for raw in Operation.raw().find({**about, "targets.after.taken_at": {"$in": moments}}).sort("at", 1):
        operation = Operation.model_validate(raw)
        for sha256 in await still_down(operation, await files_of(operation, person)):
            found[sha256] = operation.oid
    return found
