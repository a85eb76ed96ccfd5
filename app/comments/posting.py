"""Posting comments. Each is one transaction with all that follows from it, and the same again is the same comment."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.access import visible_topic
from app.comments import policy
from app.comments.flooding import Repeated, look, trace_of
from app.comments.holding import mark, waits
from app.comments.making import footnote_prefix, new_comment, tell_named
from app.comments.newer import require_read
from app.comments.quoting import write_text
from app.comments.rendering import Written
from app.comments.screening import flag, screen
from app.drafts import service as drafts
from app.drafts.places import reply_to as reply_place
from app.drafts.service import Sending
from app.errors import Forbidden, Invalid, MovedAway, NotFound, TooMany
from app.events import QueueChanged, TopicChanged
from app.files.links import touch
from app.markers.service import note_written
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Comment, Topic, User
from documents.base import Raw
from documents.clock import now

# The same text again at the same place is the same post, not another one.
SAME_WITHIN: Final = timedelta(minutes=5)


async def post_comment(
    viewer: Viewer,
    topic_id: ObjectId,
    body: str,
    *,
    reply_to: ObjectId | None = None,
    once: str | None = None,
    known: int | None = None,
    draft: Sending | None = None,
) -> Comment:
    """Add a comment to a topic. The same `once` key again gives the comment that is there already.

    `known` is the last number that the writer has seen: what others have said since raises `NewReplies`. When the topic
    has become part of another one meanwhile, the comment goes there.
    """
    sent: Any = {"reply_to": reply_to, "once": once}
    try:
        return await _post(viewer, topic_id, body, **sent, known=known, draft=draft)
    except MovedAway as moved:
        elsewhere = draft and replace(draft, place=reply_place(moved.to))
        return await post_comment(viewer, moved.to, body, **sent, draft=elsewhere)
    except OnTheMove:
        return await post_comment(viewer, topic_id, body, **sent, known=known, draft=draft)


class OnTheMove(NotFound):
    """The topic was moved or merged while the comment was about to be stored."""


async def _post(
    viewer: Viewer,
    topic_id: ObjectId,
    body: str,
    *,
    reply_to: ObjectId | None,
    once: str | None,
    known: int | None,
    draft: Sending | None,
) -> Comment:
    topic, board = await visible_topic(viewer, topic_id)
    if not policy.may_comment(viewer, topic, board):
        closed = topic.locked or not topic.live
        raise Forbidden(Text(N_("This topic no longer takes replies.")) if viewer.known and closed else None)
    sent = await sent_before(viewer, once) or (await _just_said(viewer, topic_id, body, reply_to) if once else None)
    if sent is not None:
        await drafts.finish(viewer, draft, body)
        return sent
    await require_read(viewer, topic, known)
    parent = await _parent(topic_id, reply_to)
    screened = await screen(viewer, board, body)
    comment_id, shown = ObjectId(), screened.texts[0]
    written = await write_text(viewer, board, shown, footnote_prefix(comment_id))
    comment = new_comment(comment_id, viewer.me, topic, shown, written, parent=parent, once=once)
    held = screened.hold or await waits(viewer, board)
    trace = await trace_of(viewer, body)

    paced = not viewer.may("slow_mode", board)

    async def steps(work: Work) -> Comment:
        flood = await look(work, trace, comment)
        mark(comment, held=held or bool(flood), why=flood)
        await _store(work, comment, parent, board, written, paced=paced)
        await flag(work, screened, comment)
        await drafts.sent(work, viewer, draft, body)
        return comment

    hot = {topic_id, board.oid, viewer.me, *written.named, *written.quoted} | ({parent.author} if parent else set())
    try:
        return await together(steps, hot=hot)
    except NotFound:
        raise (NotFound if await _stands_as(topic) else OnTheMove) from None
    except (DuplicateKeyError, Repeated):
        sent = await sent_before(viewer, once) or (await _just_said(viewer, topic_id, body, reply_to) if once else None)
        if sent is None:
            raise
        await drafts.finish(viewer, draft, body)
        return sent


async def _stands_as(topic: Topic) -> bool:
    """Whether the topic is where it was: one that was moved or merged meanwhile takes comments at its new place."""
    now_there = await Topic.load(topic.oid)
    return now_there is None or (now_there.board, now_there.merged_into) == (topic.board, topic.merged_into)


async def sent_before(viewer: Viewer, once: str | None) -> Comment | None:
    """The comment that this form has made already."""
    return await Comment.find_one({"author": viewer.me, "once": once}) if once else None


async def _just_said(viewer: Viewer, topic: ObjectId, body: str, reply_to: ObjectId | None) -> Comment | None:
    """The same from another form, a moment ago: a browser that goes back may put the old text into a fresh form."""
    where: Raw = {"author": viewer.me, "topic": topic, "created_at": {"$gt": now() - SAME_WITHIN}}
    return await Comment.find_one({**where, "body": body, "reply_to": reply_to, "deleted_at": None})


async def _parent(topic: ObjectId, reply_to: ObjectId | None) -> Comment | None:
    if reply_to is None:
        return None
    parent = await Comment.find_one({"_id": reply_to, "topic": topic, "deleted_at": None})
    if parent is None:
        raise Invalid(Text(N_("The comment you are replying to is no longer there.")))
    return parent


async def _store(
    work: Work, comment: Comment, parent: Comment | None, board: Board, written: Written, *, paced: bool
) -> None:
    """What most others write to comes first, so that one who is in the way shows before the work is done."""
    if comment.unseen:
        await _store_held(work, comment, written, paced=paced)
        return
    await Board.add(comment.board, work.session, last=comment.topic, comment_count=1)
    topic = await Topic.take_number(comment.topic, board.oid, comment.author, comment.created_at, work.session)
    if topic is None:
        raise NotFound
    await _insert(work, comment, topic, written, paced=paced)
    await User.add(comment.author, work.session, comment_count=1)
    await note_written(comment.author, comment.topic, comment.number, work.session)
    await tell_named(work, comment, board, written.named, parent, quoted=written.quoted, watched=True)
    work.record(TopicChanged(comment.topic, comment.board))


async def _store_held(work: Work, comment: Comment, written: Written, *, paced: bool) -> None:
    """It has its number, but counts nowhere and tells nobody before it is approved."""
    topic = await Topic.take_hidden_number(comment.topic, comment.board, work.session)
    if topic is None:
        raise NotFound
    await _insert(work, comment, topic, written, paced=paced)
    work.record(TopicChanged(comment.topic, comment.board))
    work.record(QueueChanged())


async def _insert(work: Work, comment: Comment, topic: Raw, written: Written, *, paced: bool) -> None:
    """Put the comment in its place, the last number of the topic."""
    comment.number = topic["last_number"]
    if paced:
        await _require_slowly(work, comment, topic)
    await Comment.raw().insert_one(comment.as_stored(), session=work.session)
    await touch(written.uploads, work.session)


async def _require_slowly(work: Work, comment: Comment, topic: Raw) -> None:
    """In slow mode each person waits between two comments. Whoever writes here changes the topic: so one at a time."""
    slow = timedelta(seconds=topic.get("slow_seconds", 0))
    if not slow:
        return
    which: Raw = {"author": comment.author, "topic": comment.topic, "created_at": {"$gt": now() - slow}}
    last = await Comment.raw().find_one(which, {"created_at": 1}, sort=[("created_at", -1)], session=work.session)
    if last is not None:
        seconds = math.ceil((last["created_at"] + slow - now()).total_seconds())
        text = N_("Slow mode: in this topic you can write again in %(seconds)s s. Your text is still here.")
        raise TooMany(seconds, Text(text, seconds=max(1, seconds)))
