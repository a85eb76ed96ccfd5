"""What may be read: loading a thing through here is the permission to see it. Hidden and missing are the same."""

from __future__ import annotations

from bson import ObjectId

from app.boards.directory import may_read, visible_board
from app.errors import NotFound
from app.viewer import Viewer
from documents import Board, Comment, Topic


async def visible_topic(viewer: Viewer, id: ObjectId) -> tuple[Topic, Board]:
    """The topic and its board. A deleted topic is there for its author and for moderators."""
    topic = await Topic.get(id)
    if topic is None or not _shows(viewer, topic.live, topic.author):
        raise NotFound
    return topic, await visible_board(viewer, topic.board)


async def visible_comment(viewer: Viewer, id: ObjectId) -> tuple[Comment, Topic, Board]:
    """The comment with its topic and board. A deleted one is there for its author and for moderators."""
    comment = await Comment.get(id)
    if comment is None or not _shows(viewer, comment.live, comment.author):
        raise NotFound
    return comment, *await visible_topic(viewer, comment.topic)


def _shows(viewer: Viewer, live: bool, author: ObjectId) -> bool:
    return live or viewer.moderates or (viewer.known and viewer.id == author)


def could_read(viewer: Viewer, topic: Topic, board: Board) -> bool:
    """The same rule for things that are loaded already."""
    return _shows(viewer, topic.live, topic.author) and may_read(viewer, board)
