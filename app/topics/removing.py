"""Topics that go out of sight and come back: deleted, restored, withdrawn, let appear, erased."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from app.boards.access import visible_topic
from app.comments.editing import (
    decided_meanwhile,
)
from app.comments.making import tell_named
from app.comments.marking import is_moderation
from app.errors import Forbidden
from app.events import QueueChanged, TopicChanged
from app.markers.service import note_written
from app.notifications.moderated import tell_each
from app.notifications.service import bring_back, forget, withdraw
from app.operations.service import record, target
from app.topics import policy
from app.viewer import Viewer
from app.work import Work, together
from documents import Board, Bookmark, Comment, Marker, Reaction, Revision, Topic, User, Watch
from documents.base import DECIDABLE, RESTORED, Raw, deletion
from documents.clock import now


async def appear(work: Work, topic: Topic) -> bool:
    """Let a topic that waited, or was turned down, appear; False when it does not wait any more."""
    board = await Board.find_one({"_id": topic.board}, session=work.session)
    if board is None or not await _mark(work, topic, {"deleted_as": {"$in": DECIDABLE}}, RESTORED, 1):
        return False
    await Topic.change(topic.oid, work.session)
    opening = await Comment.find_one({"topic": topic.oid, "number": 1, "deleted_at": None}, session=work.session)
    if opening is not None:
        await note_written(topic.author, topic.oid, 1, work.session)
        await tell_named(work, opening, board, opening.mentions, quoted=opening.quoted or (), watched=True)
    return True


async def mark_unseen(work: Work, topic: Topic, deleted_as: Any, fields: Raw) -> None:
    """Change a topic that only moderators and its author see; `Conflict` when somebody has decided meanwhile."""
    which: Raw = {"_id": topic.oid, "deleted_as": deleted_as}
    change = {"$set": fields, "$inc": {"version": 1}}
    if not (await Topic.raw().update_one(which, change, session=work.session)).modified_count:
        raise decided_meanwhile()
    work.record(TopicChanged(topic.oid, topic.board))
    work.record(QueueChanged())


async def withdraw_topic(viewer: Viewer, id: ObjectId) -> Topic:
    """Take one's own topic out of the queue before anybody decides; `Conflict` when somebody has."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_withdraw(viewer, topic, board):
        raise Forbidden if topic.author != viewer.id else decided_meanwhile()
    marks = deletion(now(), viewer.me, "withdrawn", "")
    await together(lambda work: mark_unseen(work, topic, "held", marks), hot=topic.counts_in)
    return topic


async def delete_topic(viewer: Viewer, id: ObjectId, reason: str) -> Topic:
    """Hide a topic with all its comments."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_delete(viewer, topic, board):
        raise Forbidden
    deleted_as = "author" if viewer.id == topic.author else "moderator"
    marks = deletion(now(), viewer.me, deleted_as, reason)  # type: ignore[arg-type]
    # Somebody may have answered since the policy was asked.
    unanswered: Raw = {"participants": {"$not": {"$elemMatch": {"$ne": topic.author}}}}
    alone: Raw = {} if viewer.may("delete_others", board) else unanswered
    guard = {"deleted_at": None, **alone}
    if not await together(lambda work: _mark(work, topic, guard, marks, -1, viewer), hot=topic.counts_in):
        raise Forbidden
    return topic


async def restore_topic(viewer: Viewer, id: ObjectId) -> Topic:
    """Bring a topic back; comments that were deleted by themselves stay deleted."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_restore(viewer, topic, board):
        raise Forbidden
    guard = {"deleted_at": {"$ne": None}, "merged_into": None}
    await together(lambda work: _mark(work, topic, guard, RESTORED, 1, viewer), hot=topic.counts_in)
    return topic


async def mark_again(work: Work, topic: Topic, marks: Raw) -> None:
    """Set the marks of a deletion, or of none, as they were, with all that follows; `marks` are complete."""
    deleted = marks["deleted_at"] is not None
    await _mark(work, topic, {"deleted_at": None if deleted else {"$ne": None}}, marks, -1 if deleted else 1)


async def delete_within(work: Work, viewer: Viewer, topic: Topic, reason: str) -> None:
    """Delete somebody's topic as a moderator, as part of a larger act that has asked whether it may."""
    marks = deletion(now(), viewer.me, "moderator", reason)
    await _mark(work, topic, {"deleted_at": None}, marks, -1, viewer)


async def restore_within(work: Work, topic: Topic) -> None:
    """Bring it back, as part of a larger act, which is written down by who does it."""
    if topic.unseen:
        await appear(work, topic)
        return
    await _mark(work, topic, {"deleted_at": {"$ne": None}}, RESTORED, 1)


async def erase_topic(topic: Topic) -> None:
    """Remove a topic that nobody else has written in, with all that hangs on it."""

    async def steps(work: Work) -> None:
        marks = deletion(now(), topic.author, "author", "")
        await _mark(work, topic, {"deleted_at": None}, marks, -1)
        await forget(work, {"topic": topic.oid})
        for document in (Revision, Reaction, Bookmark, Comment):
            await document.raw().delete_many({"topic": topic.oid}, session=work.session)
        await User.raw().update_many({"mutes": topic.oid}, {"$pull": {"mutes": topic.oid}}, session=work.session)
        for place in (Watch, Marker):
            await place.raw().delete_many({"place": topic.oid}, session=work.session)
        await Topic.raw().delete_one({"_id": topic.oid}, session=work.session)

    await together(steps, hot=topic.counts_in)


async def _mark(work: Work, topic: Topic, guard: Raw, marks: Raw, by: int, viewer: Viewer | None = None) -> bool:
    """Delete (`by` -1) or restore (`by` 1) what `guard` still fits; False when it does not any more."""
    found = await Topic.raw().find_one_and_update(
        {"_id": topic.oid, **guard},
        {"$set": marks, "$inc": {"version": 1}},
        projection={"comment_count": 1, **dict.fromkeys(RESTORED, 1)},
        session=work.session,
    )
    if found is None:
        return False
    await _count(work, topic, by, found["comment_count"])
    if by < 0:
        await withdraw(work, {"topic": topic.oid}, text=(topic.oid, None))
    else:
        deleted = {"topic": topic.oid, "deleted_at": {"$ne": None}}
        gone = await Comment.raw().distinct("_id", deleted, session=work.session)
        there = {"topic": topic.oid, "subject": {"$nin": gone}}
        await bring_back(work, there, text=(topic.oid, None))
    work.record(TopicChanged(topic.oid, topic.board))
    if viewer is not None and is_moderation(viewer, topic.author, found, marks):
        done = target("topic", topic.oid, {name: found.get(name) for name in RESTORED}, marks)
        verb = "topic.delete" if by < 0 else "topic.restore"
        act = await record(work, viewer, verb, [done], marks["delete_reason"], concerns=[topic.author])
        written = (topic.author, topic.title, f"/topics/{topic.oid}")
        await tell_each(work, viewer, act, verb, [written], reason=marks["delete_reason"])
    return True


async def _count(work: Work, topic: Topic, by: int, comments: int) -> None:
    """What a deleted topic holds counts neither in its board nor for those who wrote it."""
    await Board.add(topic.board, work.session, topic_count=by, comment_count=by * comments)
    await Board.point_to(topic.board, await Topic.last_active(topic.board, work.session), work.session)
    await User.add(topic.author, work.session, topic_count=by)
    written = await Comment.by_author(topic.oid, work.session)
    await User.add_comments({person: by * count for person, count in written.items()}, work.session)
