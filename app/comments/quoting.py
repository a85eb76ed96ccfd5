"""A text for a topic: rendered, with the people whose posts it quotes."""

from __future__ import annotations

from dataclasses import replace

from bson import ObjectId

from app.boards.access import could_read
from app.boards.directory import all_boards
from app.comments.rendering import Written, write
from app.viewer import Viewer
from documents import Comment, Topic


async def write_text(viewer: Viewer, body: str, prefix: str, *beside: str) -> Written:
    """As `app.comments.rendering.write`, with who is quoted."""
    written = await write(viewer.me, body, prefix, *beside)
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
