"""Topics that are opened."""

from __future__ import annotations

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.directory import may_post, visible_board
from app.comments.flooding import Repeated, look, trace_of
from app.comments.holding import mark, waits
from app.comments.making import footnote_prefix, new_comment, tell_named
from app.comments.posting import SAME_WITHIN
from app.comments.quoting import write_text
from app.comments.rendering import Written
from app.comments.screening import flag, screen
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Forbidden
from app.events import QueueChanged, TopicChanged
from app.files.links import touch
from app.interest.service import watch_if_wanted
from app.markers.service import note_written
from app.text.segment import SEGMENTER_VERSION, words_of
from app.topics.rewriting import opening_post
from app.topics.tagging import standing_tags
from app.viewer import Viewer
from app.work import Work, together
from documents import Board, Comment, Topic, User
from documents.base import Raw
from documents.clock import now


async def open_topic(
    viewer: Viewer,
    board_id: ObjectId,
    *,
    title: str,
    body: str,
    tags: list[str],
    once: str | None = None,
    draft: Sending | None = None,
) -> Topic:
    """A new topic with its opening post, number 1. The same `once` key again gives the topic that is there already."""
    board = await visible_board(viewer, board_id)
    if not may_post(viewer, board):
        raise Forbidden
    sent = await sent_before(viewer, once, board_id, title, body)
    if sent is not None:
        await drafts.finish(viewer, draft, body)
        return sent
    tags = await standing_tags(tags)
    comment_id = ObjectId()
    screened = await screen(viewer, board, title, body)
    title, shown = screened.texts
    written = await write_text(viewer, board, shown, footnote_prefix(comment_id), title, *tags)
    topic = new_topic(viewer.me, board_id, title, tags, once)
    opening = new_comment(comment_id, viewer.me, topic, shown, written, at=topic.created_at)
    held = screened.hold or await waits(viewer, board)
    trace = await trace_of(viewer, body, title)

    async def steps(work: Work) -> None:
        flood = await look(work, trace, topic)
        mark(topic, held=held or bool(flood), why=flood)
        await (_store_held if topic.unseen else _store)(work, topic, opening, board, written)
        await flag(work, screened, topic)
        await drafts.sent(work, viewer, draft, body)

    try:
        await together(steps, hot=(board_id, viewer.me, *written.named, *written.quoted))
    except (DuplicateKeyError, Repeated):
        sent = await sent_before(viewer, once, board_id, title, body)
        if sent is None:
            raise
        await drafts.finish(viewer, draft, body)
        return sent
    return topic


async def sent_before(viewer: Viewer, once: str | None, board: ObjectId, title: str, body: str) -> Topic | None:
    """The topic that this form has made, or a moment ago another with the same text: see `post_comment`."""
    if once is None:
        return None
    sent = await Topic.find_one({"author": viewer.me, "once": once})
    if sent is not None:
        return sent
    live: Raw = {"author": viewer.me, "deleted_at": None, "created_at": {"$gt": now() - SAME_WITHIN}}
    same = await Topic.find_one({**live, "board": board, "title": title})
    return same if same is not None and (await opening_post(same)).body == body else None


def new_topic(author: ObjectId, board: ObjectId, title: str, tags: list[str], once: str | None) -> Topic:
    """A topic that is not stored yet."""
    moment = now()
    return Topic(
        id=ObjectId(),
        board=board,
        author=author,
        title=title,
        tags=tags,
        words=words_of(title, *tags),
        segmented=SEGMENTER_VERSION,
        created_at=moment,
        active_at=moment,
        last_author=author,
        participants=[author],
        once=once,
    )


async def _store(work: Work, topic: Topic, opening: Comment, board: Board, written: Written) -> None:
    await Board.add(topic.board, work.session, last=topic.oid, topic_count=1, comment_count=1)
    await Topic.raw().insert_one(topic.as_stored(), session=work.session)
    await Topic.change(topic.oid, work.session)
    await Comment.raw().insert_one(opening.as_stored(), session=work.session)
    await touch(written.uploads, work.session)
    await User.add(topic.author, work.session, topic_count=1)
    await note_written(topic.author, topic.oid, 1, work.session)
    await watch_if_wanted(topic.author, topic.oid, work.session)
    await tell_named(work, opening, board, written.named, quoted=written.quoted, watched=True)
    work.record(TopicChanged(topic.oid, topic.board))


async def _store_held(work: Work, topic: Topic, opening: Comment, board: Board, written: Written) -> None:
    """As a deleted topic hides its comments, what waits in one counts nowhere and tells nobody."""
    await Topic.raw().insert_one(topic.as_stored(), session=work.session)
    await Topic.change(topic.oid, work.session)
    await Comment.raw().insert_one(opening.as_stored(), session=work.session)
    await touch(written.uploads, work.session)
    await watch_if_wanted(topic.author, topic.oid, work.session)
    work.record(QueueChanged())
