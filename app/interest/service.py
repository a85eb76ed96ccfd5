"""Watching, muting, bookmarking. Each is one transaction, and doing it twice does it once."""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.boards.access import visible_comment, visible_topic
from app.boards.directory import visible_board
from app.errors import Conflict, Forbidden
from app.events import PeopleTold
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell, together
from documents import Bookmark, Comment, User, Watch
from documents.base import Session
from documents.clock import now
from documents.interest import Level, PlaceKind

# They are part of what is known of who is looking, and of every guard before a notice.
MUTES_MAX: Final = 500


async def keep_eye(viewer: Viewer, kind: PlaceKind, place: ObjectId, level: Level) -> None:
    """Watch or mute a place that they may read; the other of the two ends with it."""
    if kind == "topic":
        await visible_topic(viewer, place)
    else:
        await visible_board(viewer, place)

    async def steps(work: Work) -> None:
        await set_level(viewer.me, kind, place, level, work.session)
        await _note_mute(viewer.me, place, work, muted=level == "mute")

    await together(steps, hot=(viewer.me,))


async def set_level(user: ObjectId, kind: PlaceKind, place: ObjectId, level: Level, session: Session) -> None:
    """Store how much somebody wants to hear of a place."""
    fields = {"kind": kind, "level": level, "created_at": now()}
    await Watch.raw().update_one({"user": user, "place": place}, {"$set": fields}, upsert=True, session=session)


async def look_away(viewer: Viewer, place: ObjectId, level: Level) -> None:
    """Watch or mute it no longer, whether it is still there or not."""

    async def steps(work: Work) -> None:
        gone = await Watch.raw().delete_one({"user": viewer.me, "place": place, "level": level}, session=work.session)
        if gone.deleted_count:
            await _note_mute(viewer.me, place, work, muted=False)

    await together(steps, hot=(viewer.me,))


async def _note_mute(user: ObjectId, place: ObjectId, work: Work, *, muted: bool) -> None:
    if muted:
        room = {"_id": user, "$or": [{"mutes": place}, {f"mutes.{MUTES_MAX - 1}": {"$exists": False}}]}
        found = await User.raw().update_one(room, {"$addToSet": {"mutes": place}}, session=work.session)
        if not found.matched_count:
            raise Conflict(Text(N_("You have muted %(count)s places. Bring one back first."), count=MUTES_MAX))
    else:
        await User.raw().update_one({"_id": user}, {"$pull": {"mutes": place}}, session=work.session)
    work.record(PeopleTold((user,)))


async def bookmark(viewer: Viewer, id: ObjectId) -> Comment:
    """Keep a comment to find it again."""
    comment, _, _ = await visible_comment(viewer, id)
    if not comment.live:
        raise Forbidden
    fields = {"topic": comment.topic, "number": comment.number, "created_at": now()}
    mark = {"user": viewer.me, "comment": id}

    async def steps(work: Work) -> None:
        await Bookmark.raw().update_one(mark, {"$setOnInsert": fields}, upsert=True, session=work.session)
        work.record(PeopleTold((viewer.me,)))

    await together(steps, hot=(viewer.me,))
    return comment


async def let_go(viewer: Viewer, id: ObjectId) -> None:
    """Take a bookmark away, whether what it marks is still there or not."""
    gone = await Bookmark.raw().delete_one({"user": viewer.me, "comment": id})
    if gone.deleted_count:
        await tell(PeopleTold((viewer.me,)))


async def watch_own(viewer: Viewer, *, wanted: bool) -> None:
    """Whether they watch the topics that they open from now on."""
    await User.raw().update_one({"_id": viewer.me}, {"$set": {"watches_own": wanted}})


async def watch_if_wanted(user: ObjectId, topic: ObjectId, session: Session) -> None:
    """Somebody opens a topic; stored with it."""
    found = await User.raw().find_one({"_id": user, "watches_own": True}, {"_id": 1}, session=session)
    if found is not None:
        await set_level(user, "topic", topic, "watch", session)
