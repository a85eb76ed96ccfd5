"""Who may read an upload: its owner, and whoever may read a place where somebody who could read it has used it.

A text counts as a place only for uploads that its writer could read when they wrote it (`usable`), so that nobody opens
a file to all by guessing its address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.boards.access import could_read
from app.boards.directory import all_boards, may_read
from app.errors import NotFound
from app.people.readers import as_viewer
from app.viewer import GUEST, Viewer
from documents import Comment, Membership, Message, Revision, Topic, Upload
from documents.base import Raw
from documents.upload import using

# Of a file that is used everywhere, so many places are looked at.
PLACES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Readable:
    """An upload that somebody may read. `public`: so may everybody."""

    upload: Upload
    public: bool


async def readable(viewer: Viewer, id: ObjectId) -> Readable:
    """The upload, or `NotFound`."""
    upload = await Upload.load(id)
    if upload is None:
        raise NotFound
    if await in_topics(GUEST, id):
        return Readable(upload, public=True)
    if viewer.known and (viewer.id == upload.user or await in_topics(viewer, id) or await _in_messages(viewer, id)):
        return Readable(upload, public=False)
    raise NotFound


async def in_topics(viewer: Viewer, id: ObjectId) -> bool:
    """Whether it is used in a comment, or an earlier text of one, that this person may read."""
    if await _in_comments(viewer, using(id)):
        return True
    comments = await Revision.raw().distinct("comment", using(id))
    return bool(comments) and await _in_comments(viewer, {"_id": {"$in": comments[:PLACES_MAX]}})


async def _in_comments(viewer: Viewer, which: Raw) -> bool:
    """The rule of `app.boards.access.visible_comment`, for many at once."""
    boards = {id: board for id, board in (await all_boards()).items() if may_read(viewer, board)}
    all_seen = [id for id, board in boards.items() if viewer.may("see_deleted", board)]
    shown: Raw = {"$or": [{"deleted_at": None}, {"author": viewer.id or ""}, {"board": {"$in": all_seen}}]}
    query: Raw = {**which, "board": {"$in": list(boards)}, **shown}
    topics = [raw["topic"] async for raw in Comment.raw().find(query, {"topic": 1}).limit(PLACES_MAX)]
    found = await Topic.find({"_id": {"$in": topics}}).to_list() if topics else []
    return any(topic.board in boards and could_read(viewer, topic, boards[topic.board]) for topic in found)


async def _in_messages(viewer: Viewer, id: ObjectId) -> bool:
    """Whether it was sent in a conversation of theirs that they have not deleted since."""
    fields = {"conversation": 1, "number": 1, "hidden_for": 1}
    async for raw in Message.raw().find({**using(id), "deleted_at": None}, fields).limit(PLACES_MAX):
        side = await Membership.find_one({"conversation": raw["conversation"], "user": viewer.me})
        if side is not None and side.covers(raw["number"], raw.get("hidden_for", ())):
            return True
    return False


async def usable(writer: ObjectId, ids: Sequence[ObjectId]) -> list[Upload]:
    """Those of these uploads that this person may read, and so use in a text."""
    if not ids:
        return []
    found = await Upload.find({"_id": {"$in": list(ids)}}).to_list()
    if all(upload.user == writer for upload in found):
        return found
    viewer = await as_viewer(writer)
    return [upload for upload in found if upload.user == writer or await _may(viewer, upload.oid)]


async def _may(viewer: Viewer, id: ObjectId) -> bool:
    try:
        await readable(viewer, id)
    except NotFound:
        return False
    return True
