"""All files, for administrators. What is in no topic that they may read has neither name nor picture here.

So nobody looks into private messages and drafts: of those, size, kind and owner are all that is said.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bson import ObjectId

from app.boards.directory import all_boards, may_read
from app.people.cards import cards
from app.uploads.access import in_topics
from app.uploads.kinds import amount, ending_of
from app.uploads.service import USERS
from app.uploads.sums import KINDS
from app.uploads.taken import down_among
from app.viewer import Viewer
from app.web.i18n import N_
from app.web.pages import Card
from documents import Comment, Revision, StoredFile, Topic, Upload
from documents.base import LIVE, Raw
from documents.clock import now
from documents.upload import IDS

Order = Literal["newest", "largest"]
ROWS: Final = 24
PLACES_SHOWN: Final = 5
PLACES_READ: Final = 200
# Of those that might be unused, so many are looked at for one page.
LOOKED_AT: Final = 2_000
CHUNK: Final = 200
DAY: Final = timedelta(days=1)
MIB: Final = 1024 * 1024
STATES: Final[dict[str, str]] = {
    "unused": N_("not used"),
    "taken": N_("taken down"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: all of these. `larger` is in MiB, `until` not included."""

    owner: ObjectId | None = None
    kind: str = ""
    state: str = ""
    larger: int = 0
    since: datetime | None = None
    until: datetime | None = None
    order: Order = "newest"


@dataclass(frozen=True, slots=True)
class Spot:
    """A text that uses a file."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file. `name` and `thumbnail` are empty where they are not for this viewer to see.

    `places` are topics that they may read, `hidden` is how many more texts use it; `days` until it may be purged, None
    for one that is used.
    """

    id: str
    owner: Card
    name: str
    ending: str
    thumbnail: str
    size: str
    width: int
    height: int
    at: datetime
    places: tuple[Spot, ...]
    hidden: int
    days: int | None
    taken_at: datetime | None = None
    taken_reason: str = ""


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page of files; `after` is the key of the next one."""

    rows: tuple[FileRow, ...]
    after: str = ""


async def file_page(viewer: Viewer, asked: Asked, after: str, kept_days: int) -> FilePage:
    """Files that fit, newest or largest first."""
    which: list[Raw] = [_asked(asked), _older(asked.order, after)]
    if asked.state == "taken":
        which.append({"sha256": {"$in": await StoredFile.raw().distinct("sha256", {"taken_at": {"$type": "date"}})}})
    order = [("_id", -1)] if asked.order == "newest" else [("bytes", -1), ("_id", -1)]
    cursor = Upload.raw().find({"$and": which}).sort(order)
    if asked.state == "unused":
        found, last = await _unused(cursor.limit(LOOKED_AT), kept_days)
    else:
        found = await cursor.limit(ROWS + 1).to_list()
        last = found[ROWS - 1] if len(found) > ROWS else None
    rows = await file_rows(viewer, found[:ROWS], kept_days)
    return FilePage(rows, _key(asked.order, last) if last else "")


async def _unused(cursor: object, kept_days: int) -> tuple[list[Raw], Raw | None]:
    """The first few that nothing uses, and after which the next page goes on."""
    found: list[Raw] = []
    chunk: list[Raw] = []
    looked = 0
    async for raw in cursor:  # type: ignore[attr-defined]
        chunk.append(raw)
        looked += 1
        if len(chunk) == CHUNK:
            found, chunk = found + await _without_use(chunk), []
            if len(found) > ROWS:
                return found, found[ROWS - 1]
    found += await _without_use(chunk)
    if len(found) > ROWS:
        return found, found[ROWS - 1]
    return found, (chunk or found)[-1] if looked == LOOKED_AT else None


async def _without_use(raws: Sequence[Raw]) -> list[Raw]:
    used = await used_among([raw["_id"] for raw in raws])
    return [raw for raw in raws if raw["_id"] not in used]


async def used_among(ids: Collection[ObjectId]) -> set[ObjectId]:
    """Those of these uploads that some text uses."""
    which: Raw = {"uploads": {"$in": list(ids), **IDS}}
    found = await asyncio.gather(*(document.raw().distinct("uploads", which) for document in USERS))
    return {id for each in found for id in each}


def _asked(asked: Asked) -> Raw:
    which: Raw = {}
    if asked.owner is not None:
        which["user"] = asked.owner
    if asked.kind in KINDS:
        which["type"] = {"$regex": KINDS[asked.kind][1]}
    if asked.larger:
        which["bytes"] = {"$gt": asked.larger * MIB}
    made: Raw = {}
    if asked.since is not None:
        made["$gte"] = asked.since
    if asked.until is not None:
        made["$lt"] = asked.until
    return {**which, **({"created_at": made} if made else {})}


def _key(order: Order, raw: Raw) -> str:
    return str(raw["_id"]) if order == "newest" else f"{raw['bytes']}_{raw['_id']}"


def _older(order: Order, key: str) -> Raw:
    """What comes after a key; everything for what is none."""
    found = re.fullmatch(r"(?:(\d{1,15})_)?([0-9a-f]{24})", key)
    if found is None or (found[1] is None) != (order == "newest"):
        return {}
    if order == "newest":
        return {"_id": {"$lt": ObjectId(found[2])}}
    size = int(found[1])
    return {"bytes": {"$lte": size}, "$or": [{"bytes": {"$lt": size}}, {"_id": {"$lt": ObjectId(found[2])}}]}


async def file_rows(viewer: Viewer, raws: Sequence[Raw], kept_days: int) -> tuple[FileRow, ...]:
    """These files with their owners, and where they are used."""
    uploads = [Upload.model_validate(raw) for raw in raws]
    ids = [upload.oid for upload in uploads]
    people, places = await cards(upload.user for upload in uploads), await _places(viewer, ids)
    used, counts = await used_among(ids), await _counts(ids)
    down = await down_among([upload.sha256 for upload in uploads])
    shown = await asyncio.gather(*(may_look(viewer, upload) for upload in uploads))
    rows = []
    for upload, look in zip(uploads, shown, strict=True):
        spots = places.get(upload.oid, [])
        ends = upload.touched_at + kept_days * DAY
        file = down.get(upload.sha256, {})
        rows.append(
            FileRow(
                id=str(upload.oid),
                owner=people[upload.user],
                name=upload.name if look else "",
                ending=ending_of(upload.name),
                thumbnail=f"/admin/uploads/{upload.oid}/preview" if look and upload.is_picture else "",
                size=amount(upload.bytes),
                width=upload.width,
                height=upload.height,
                at=upload.created_at,
                places=tuple(spots[:PLACES_SHOWN]),
                hidden=max(0, counts.get(upload.oid, 0) - min(len(spots), PLACES_SHOWN)),
                days=None if upload.oid in used else max(0, math.ceil((ends - now()) / DAY)),
                taken_at=file.get("taken_at"),
                taken_reason=file.get("taken_reason", ""),
            )
        )
    return tuple(rows)


async def may_look(viewer: Viewer, upload: Upload) -> bool:
    """Whether they may see name and picture: of their own, and of what is in a topic that they may read."""
    return upload.user == viewer.id or await in_topics(viewer, upload.oid)


async def _places(viewer: Viewer, ids: Sequence[ObjectId]) -> dict[ObjectId, list[Spot]]:
    """The topics where these are used, as far as the viewer may read there."""
    boards = [id for id, board in (await all_boards()).items() if may_read(viewer, board)]
    which: Raw = {"uploads": {"$in": list(ids), **IDS}, "board": {"$in": boards}, **LIVE}
    fields: Raw = {"uploads": 1, "topic": 1, "number": 1}
    texts = await Comment.raw().find(which, fields).sort("_id", -1).limit(PLACES_READ).to_list()
    topics = [raw["topic"] for raw in texts]
    titles = {
        raw["_id"]: raw["title"] async for raw in Topic.raw().find({"_id": {"$in": topics}, **LIVE}, {"title": 1})
    }
    found: dict[ObjectId, list[Spot]] = {}
    for raw in texts:
        if raw["topic"] in titles:
            spot = Spot(f"/topics/{raw['topic']}/n/{raw['number']}", titles[raw["topic"]])
            for id in raw["uploads"]:
                found.setdefault(id, []).append(spot)
    return found


async def _counts(ids: Sequence[ObjectId]) -> dict[ObjectId, int]:
    """How many texts use each of these; earlier versions of one are not counted."""
    which: Raw = {"uploads": {"$in": list(ids), **IDS}}
    stages: list[Raw] = [
        {"$match": which},
        {"$unwind": "$uploads"},
        {"$match": {"uploads": {"$in": list(ids)}}},
        {"$group": {"_id": "$uploads", "n": {"$sum": 1}}},
    ]
    counts: dict[ObjectId, int] = {}
    for document in USERS:
        if document is not Revision:
            async for row in await document.raw().aggregate(stages):
                counts[row["_id"]] = counts.get(row["_id"], 0) + row["n"]
    return counts
