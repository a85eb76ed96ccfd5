"""Deleting and restoring comments, letting them appear, and erasing them; with all that counts or tells of them."""

from __future__ import annotations

from bson import ObjectId

from app.boards.access import visible_comment
from app.comments import policy
from app.comments.making import tell_named
from app.errors import Forbidden
from app.events import TopicChanged
from app.files.links import touch
from app.notifications.moderated import tell_each
from app.notifications.service import bring_back, forget, withdraw
from app.operations.service import record, target
from app.viewer import Viewer
from app.work import Work, together
from documents import Board, Bookmark, Comment, Reaction, Revision, Topic, User
from documents.base import DECIDABLE, LIVE, RESTORED, Raw, Session, deletion
from documents.clock import now


async def delete_comment(viewer: Viewer, id: ObjectId, reason: str) -> Comment:
    """Leave a tombstone in its place."""
    comment, _, board = await visible_comment(viewer, id)
    if not policy.may_delete(viewer, comment, board):
        raise Forbidden
    deleted_as = "author" if viewer.id == comment.author else "moderator"
    marks = deletion(now(), viewer.me, deleted_as, reason)  # type: ignore[arg-type]
    await together(lambda work: _mark(work, comment, marks, -1, viewer), hot=comment.counts_in)
    return comment


async def restore_comment(viewer: Viewer, id: ObjectId) -> Comment:
    """Bring a deleted comment back to its place."""
    comment, _, board = await visible_comment(viewer, id)
    if not policy.may_restore(viewer, comment, board):
        raise Forbidden
    await together(lambda work: _mark(work, comment, RESTORED, 1, viewer), hot=comment.counts_in)
    return comment


async def mark_again(work: Work, comment: Comment, marks: Raw) -> None:
    """Set the marks of a deletion, or of none, as they were, with all that follows; `marks` are complete."""
    await _mark(work, comment, marks, 1 if marks["deleted_at"] is None else -1)


async def erase_comment(comment: Comment) -> None:
    """Remove it with all that hangs on it, as if it had never been; its number stays free."""

    async def steps(work: Work) -> None:
        await _mark(work, comment, deletion(now(), comment.author, "author", ""), -1)
        await Topic.change(comment.topic, work.session, inc={"like_count": -comment.like_count})
        for document in (Revision, Reaction, Bookmark):
            await document.raw().delete_many({"comment": comment.oid}, session=work.session)
        await forget(work, {"subject": comment.oid})
        await Comment.raw().delete_one({"_id": comment.oid}, session=work.session)
        await touch(comment.uploads, work.session)
        work.record(TopicChanged(comment.topic, comment.board))

    await together(steps, hot=comment.counts_in)


async def delete_within(work: Work, viewer: Viewer, comment: Comment, reason: str) -> None:
    """Delete somebody's comment as a moderator, as part of a larger act that has asked whether it may."""
    await _mark(work, comment, deletion(now(), viewer.me, "moderator", reason), -1, viewer)


async def restore_within(work: Work, comment: Comment) -> None:
    """Bring it back, as part of a larger act, which is written down by who does it."""
    if comment.unseen:
        await appear(work, comment)
        return
    await _mark(work, comment, RESTORED, 1)


async def appear(work: Work, comment: Comment) -> bool:
    """Let a comment that waited, or was turned down, appear; False when it does not wait any more."""
    waiting = await Comment.raw().find_one({"_id": comment.oid, "deleted_as": {"$in": DECIDABLE}}, session=work.session)
    board = await Board.find_one({"_id": waiting["board"]}, session=work.session) if waiting else None
    if waiting is None or board is None:
        return False
    found: Comment = Comment.model_validate(waiting)
    await _mark(work, found, RESTORED, 1)
    await Topic.join(found.topic, found.author, work.session)
    topic = await Topic.raw().find_one({"_id": found.topic, **LIVE}, {"_id": 1}, session=work.session)
    if topic is not None:
        parent = await Comment.find_one({"_id": found.reply_to}, session=work.session) if found.reply_to else None
        await tell_named(work, found, board, found.mentions, parent, quoted=found.quoted or (), watched=True)
    return True


async def _mark(work: Work, comment: Comment, marks: Raw, by: int, viewer: Viewer | None = None) -> None:
    """Delete (`by` -1) or restore (`by` 1); nothing happens when somebody was faster.

    What is in a deleted topic counts nowhere and tells nobody, so there only the topic's own numbers change.
    """
    guard = {"_id": comment.oid, "deleted_at": None if by < 0 else {"$ne": None}}
    fields = dict.fromkeys(RESTORED, 1)
    found = await Comment.raw().find_one_and_update(guard, {"$set": marks}, projection=fields, session=work.session)
    if found is None:
        return
    if viewer is not None and is_moderation(viewer, comment.author, found, marks):
        done = target("comment", comment.oid, {name: found.get(name) for name in RESTORED}, marks)
        verb = "comment.delete" if by < 0 else "comment.restore"
        act = await record(work, viewer, verb, [done], marks["delete_reason"], concerns=[comment.author])
        await _tell_author(work, viewer, act, verb, comment, marks["delete_reason"])
    standing = await standing_of(comment.topic, work.session)
    board = await Topic.change(comment.topic, work.session, inc={"comment_count": by}, **standing)
    if board is not None:
        active = await Topic.last_active(board, work.session)
        await Board.add(board, work.session, last=active, comment_count=by)
        await User.add(comment.author, work.session, comment_count=by)
        await (withdraw if by < 0 else bring_back)(work, {"subject": comment.oid}, text=(comment.topic, comment.oid))
    work.record(TopicChanged(comment.topic, comment.board))


def is_moderation(viewer: Viewer, author: ObjectId, before: Raw, marks: Raw) -> bool:
    """Whether deleting or restoring is an act of staff; what authors do with their own is no operation."""
    return viewer.id != author or "moderator" in (before.get("deleted_as"), marks["deleted_as"])


async def _tell_author(work: Work, viewer: Viewer, act: ObjectId, verb: str, comment: Comment, reason: str) -> None:
    topic = await Topic.raw().find_one({"_id": comment.topic}, {"title": 1}, session=work.session)
    if topic is not None:
        own = (comment.author, topic["title"], f"/comments/{comment.oid}")
        await tell_each(work, viewer, act, verb, [own], reason=reason)


async def standing_of(topic: ObjectId, session: Session) -> Raw:
    """Who was the last to write in a topic, and when; nothing when it is empty."""
    last = await Comment.last_live(topic, session)
    if last is None:
        return {}
    mixed = await Topic.raw().find_one({"_id": topic, "mixed": True}, {"_id": 1}, session=session) is not None
    latest = (await Comment.latest_live(topic, session) if mixed else None) or last
    return {"active_at": latest.created_at, "last_author": latest.author, "last_visible": last.number}
