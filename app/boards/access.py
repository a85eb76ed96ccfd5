"""What may be read: loading a thing through here is the permission to see it. Hidden and missing are the same."""

from __future__ import annotations

from bson import ObjectId

from app.boards.directory import may_read, visible_board
from app.errors import MovedAway, NotFound
from app.permissions.rules import allows
from app.viewer import Viewer
from app.web.recent import Recent
from documents import Board, Comment, Topic

TOPICS_KEPT = 5_000
recent_topics: Recent[ObjectId, Topic] = Recent(TOPICS_KEPT)


async def visible_topic(viewer: Viewer, id: ObjectId, *, fresh: bool = True) -> tuple[Topic, Board]:
    """The topic and its board. A deleted topic is there for its author and for moderators.

    `MovedAway` says that it was merged into another one, which is for everybody to know whose link leads here.
    Not `fresh`, it may be as it was a moment ago: good enough to read, never to decide what is written.
    """
    topic = await recent_topics.get(id, lambda: Topic.load(id), fresh=fresh)
    if topic is None:
        raise NotFound
    board = await visible_board(viewer, topic.board)
    if topic.merged_into is not None:
        raise MovedAway(id, topic.merged_into)
    if not shows(viewer, topic.live, topic.author, board):
        raise NotFound
    return topic, board


async def visible_comment(viewer: Viewer, id: ObjectId) -> tuple[Comment, Topic, Board]:
    """The comment with its topic and board. A deleted one is there for its author and for moderators."""
    comment = await Comment.load(id)
    if comment is None:
        raise NotFound
    topic, board = await visible_topic(viewer, comment.topic)
    if not shows(viewer, comment.live, comment.author, board):
        raise NotFound
    return comment, topic, board


def shows(viewer: Viewer, live: bool, author: ObjectId, board: Board) -> bool:
    """Whether a topic or comment in a board that they may read is there for somebody: a deleted one for its author and
    for moderators.
    """
    return live or (viewer.known and viewer.id == author) or allows(viewer, "see_deleted", board)


def could_read(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """The same rule for things that are loaded already."""
    return may_read(viewer, board) and shows(viewer, topic.live, topic.author, board)
