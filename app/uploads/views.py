"""The list of one's files, with where each is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from bson import ObjectId

from app.drafts.places import place_from
from app.errors import NotFound
from app.uploads.kinds import ending_of
from app.uploads.pages import Place, UploadRow, markdown_of, size_query, url_of
from app.uploads.taken import decisions_on, down_among
from app.viewer import Viewer
from app.web.pages import KeyPager
from app.web.routing import as_id
from documents import Comment, Conversation, Draft, EarlierMessage, Message, Revision, Topic, Upload, User
from documents.base import Raw, Record
from documents.upload import IDS

ROWS: Final = 24
PLACES_SHOWN: Final = 5
PLACES_READ: Final = 500
Places = dict[ObjectId, list[Place]]


async def upload_rows(viewer: Viewer, after: str | None) -> tuple[tuple[UploadRow, ...], KeyPager]:
    """A page of somebody's own files, newest first."""
    which: Raw = {"user": viewer.me}
    if after is not None:
        key = as_id(after)
        if key is None:
            raise NotFound
        which["_id"] = {"$lt": key}
    found = await Upload.find(which).sort("-_id").limit(ROWS + 1).to_list()
    uploads, more = found[:ROWS], len(found) > ROWS
    places = await _places(viewer, [upload.oid for upload in uploads])
    down = await down_among([upload.sha256 for upload in uploads])
    decisions = await decisions_on(viewer.me, down)
    rows = tuple(_row(upload, places.get(upload.oid, []), down, decisions) for upload in uploads)
    following = f"/uploads?after={uploads[-1].oid}" if more else None
    return rows, KeyPager(first="/uploads" if after else None, next=following)


async def bytes_of(viewer: Viewer) -> int:
    """What somebody's files take."""
    raw = await User.raw().find_one({"_id": viewer.me}, {"upload_bytes": 1})
    return int(raw.get("upload_bytes", 0)) if raw else 0


def _row(
    upload: Upload, places: Sequence[Place], down: Mapping[str, Raw], decisions: Mapping[str, ObjectId]
) -> UploadRow:
    each = list(dict.fromkeys(places))
    url = url_of(upload)
    taken, decision = down.get(upload.sha256, {}), decisions.get(upload.sha256)
    small = size_query(min(upload.widths)) if upload.widths else ""
    return UploadRow(
        id=str(upload.oid),
        name=upload.name,
        url=url,
        thumbnail=url + small if upload.is_picture and not taken else "",
        ending=ending_of(upload.name),
        bytes=upload.bytes,
        width=upload.width,
        height=upload.height,
        at=upload.created_at,
        markdown=markdown_of(upload),
        places=tuple(each[:PLACES_SHOWN]),
        more=max(0, len(each) - PLACES_SHOWN),
        taken_at=taken.get("taken_at"),
        taken_reason=taken.get("taken_reason", ""),
        decision=f"/decisions/{decision}" if decision else "",
    )


async def _places(viewer: Viewer, ids: Sequence[ObjectId]) -> Places:
    """Where these are used, as their owner sees it: what others have made of them is named where they may read it."""
    found: Places = defaultdict(list)
    comments = await _texts(Comment, ids, "topic", "number", "author")
    revisions = await _texts(Revision, ids, "topic", "comment", "author")
    messages = await _texts(Message, ids, "conversation", "author")
    messages += await _texts(EarlierMessage, ids, "conversation", "author")
    titles = await _titles(Topic, {raw["topic"] for raw in (*comments, *revisions)}, {})
    members = {"members": viewer.me}
    subjects = await _titles(Conversation, {raw["conversation"] for raw in messages}, members)
    for raw in comments:
        _add(found, raw, Place("comment", f"/topics/{raw['topic']}/n/{raw['number']}", titles.get(raw["topic"], "")))
    for raw in revisions:
        _add(found, raw, Place("revision", f"/comments/{raw['comment']}/history", titles.get(raw["topic"], "")))
    for raw in messages:
        label = subjects.get(raw["conversation"], "")
        _add(found, raw, Place("message", f"/messages/{raw['conversation']}" if label else "", label))
    for raw in await _texts(Draft, ids, "place", "user"):
        if raw["user"] == viewer.me:
            _add(found, raw, Place("draft", place_from(raw["place"]).url))
        else:
            _add(found, raw, Place("other", ""))
    return found


def _add(places: Places, raw: Raw, place: Place) -> None:
    for id in raw["uploads"]:
        places[id].append(place)


async def _texts(document: type[Record], ids: Sequence[ObjectId], *fields: str) -> list[Raw]:
    query: Raw = {"uploads": {"$in": list(ids), **IDS}}
    return await document.raw().find(query, dict.fromkeys(("uploads", *fields), 1)).limit(PLACES_READ).to_list()


async def _titles(document: type[Record], ids: set[ObjectId], also: Raw) -> dict[ObjectId, str]:
    found = document.raw().find({"_id": {"$in": list(ids)}, **also}, {"title": 1})
    return {raw["_id"]: raw["title"] async for raw in found}
