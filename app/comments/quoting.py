"""A text for a topic: rendered, with the people whose posts it quotes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bson import ObjectId

from app.boards.access import could_read
from app.boards.directory import all_boards
from app.comments.rendering import Written, write
from app.errors import Forbidden
from app.viewer import Viewer
from app.web.i18n import N_, Text
from documents import Board, Comment, Topic


async def write_text(
    viewer: Viewer, board: Board, body: str, prefix: str, *beside: str, had: Collection[ObjectId] = ()
) -> Written:
    """As `app.comments.rendering.write`, with who is quoted, as its writer may write in this board.

    It names people if they may mention; uploads beside those it `had`, without that permission, are `Forbidden`.
    """
    written = await write(viewer.me, body, prefix, *beside)
    if not set(written.uploads) <= set(had) and not viewer.may("upload", board):
        raise Forbidden(
            Text(N_("You cannot put files into texts in this board. Please take them out and send it again."))
        )
    if not viewer.may("mention", board):
        written = replace(written, named=())
    return replace(written, quoted=await quoted_in(viewer, written)) if written.quotes else written


async def quoted_in(viewer: Viewer, written: Written) -> tuple[ObjectId, ...]:
    """Whose posts the text quotes, as far as the writer may read them: an address tells nobody who wrote there."""
    topics = await Topic.find({"_id": {"$in": [topic for topic, _ in written.quotes]}}).to_list()
    boards = await all_boards()
    readable = {
        topic.oid for topic in topics if topic.board in boards and could_read(viewer, topic, boards[topic.board])
    }
    places = [{"topic": topic, "number": number} for topic, number in written.quotes if topic in readable]
    if not places:
        return ()
    found = Comment.raw().find({"$or": places, "deleted_at": None}, {"author": 1})
    return tuple(dict.fromkeys([raw["author"] async for raw in found]))
