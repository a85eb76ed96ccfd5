"""The list of one's drafts, with the names of the places that one may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bson import ObjectId

from app.boards.access import could_read
from app.boards.directory import all_boards, may_read
from app.drafts.pages import DraftRow
from app.drafts.places import Place, place_from
from app.errors import NotFound
from app.text.language import language_of
from app.text.model import folded
from app.viewer import Viewer
from app.web.pages import KeyPager
from app.web.routing import as_id
from documents import Comment, Conversation, Draft, Membership, Topic
from documents.base import Raw

ROWS: Final = 20
Names = dict[str, str]


async def draft_rows(viewer: Viewer, after: str | None) -> tuple[tuple[DraftRow, ...], KeyPager]:
    """A page of the drafts, last written first."""
    found = await _page(viewer, after)
    drafts, more = found[:ROWS], len(found) > ROWS
    places = [place_from(draft.place) for draft in drafts]
    names = await _names(viewer, places)
    rows = tuple(_row(draft, place, names) for draft, place in zip(drafts, places, strict=True))
    return rows, KeyPager(first="/drafts" if after else None, next=f"/drafts?after={drafts[-1].oid}" if more else None)


async def _page(viewer: Viewer, after: str | None) -> list[Draft]:
    which: Raw = {"user": viewer.me}
    if after is not None:
        last = await Draft.raw().find_one({"_id": as_id(after), "user": viewer.me}, {"updated_at": 1})
        if last is None:
            raise NotFound
        at = last["updated_at"]
        which["$or"] = [{"updated_at": {"$lt": at}}, {"updated_at": at, "_id": {"$lt": last["_id"]}}]
    return await Draft.find(which).sort("-updated_at", "-_id").limit(ROWS + 1).to_list()


def _row(draft: Draft, place: Place, names: Names) -> DraftRow:
    return DraftRow(
        place=draft.place,
        kind=place.kind,
        url=place.url,
        where=names.get(draft.place, ""),
        title=draft.title,
        body=draft.body,
        excerpt=folded(draft.body[:2_000]),
        at=draft.updated_at,
        rev=draft.rev,
        lang=language_of(draft.body),
    )


async def _names(viewer: Viewer, places: Iterable[Place]) -> Names:
    """What the places are called, as far as the viewer may know of them: five queries at most."""
    wanted: dict[str, dict[ObjectId, str]] = {}
    for place in places:
        if place.oid is not None:
            wanted.setdefault(place.kind, {})[place.oid] = str(place)
    boards = {id: board.name for id, board in (await all_boards()).items() if may_read(viewer, board)}
    edited = await _topics_of(wanted.get("edit", {}))
    topics = await _titles(viewer, {*wanted.get("reply", {}), *edited.values()})
    found = _under(wanted.get("topic", {}), boards) | _under(wanted.get("reply", {}), topics)
    found |= {key: topics[edited[id]] for id, key in wanted.get("edit", {}).items() if edited.get(id) in topics}
    talks = [place for place in places if place.kind in ("answer", "edit-message") and place.oid]
    titles = await _conversations(viewer, {place.oid for place in talks if place.oid})
    found |= {str(place): titles[place.oid] for place in talks if place.oid in titles}
    return found | {str(place): place.key for place in places if place.kind == "message"}


def _under(keys: Mapping[ObjectId, str], names: Mapping[ObjectId, str]) -> Names:
    return {key: names[id] for id, key in keys.items() if id in names}


async def _topics_of(comments: Iterable[ObjectId]) -> dict[ObjectId, ObjectId]:
    query = {"_id": {"$in": list(comments)}, "deleted_at": None}
    return {raw["_id"]: raw["topic"] async for raw in Comment.raw().find(query, {"topic": 1})}


async def _titles(viewer: Viewer, ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    boards = await all_boards()
    found = await Topic.find({"_id": {"$in": list(ids)}}).to_list()
    return {t.oid: t.title for t in found if t.board in boards and could_read(viewer, t, boards[t.board])}


async def _conversations(viewer: Viewer, ids: Iterable[ObjectId]) -> dict[ObjectId, str]:
    theirs: Raw = {"user": viewer.me, "until": None, "conversation": {"$in": list(ids)}}
    mine = await Membership.raw().distinct("conversation", theirs)
    found = Conversation.raw().find({"_id": {"$in": mine}}, {"title": 1})
    return {raw["_id"]: raw["title"] async for raw in found}
