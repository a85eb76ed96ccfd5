"""Moving the markers: by reading, by writing, and by saying that all is read."""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.markers.pages import Left
from app.markers.unread import marks_of
from app.viewer import Viewer
from app.web.recent import Recent
from documents import Board, Marker, Topic
from documents.base import Session
from documents.clock import now

MARKERS_KEPT: Final = 20_000

# Where people left topics, for the line in the conversation. Markers only grow: what is kept is at worst a bit low.
recent_markers: Recent[tuple[ObjectId, ObjectId], Left] = Recent(MARKERS_KEPT)


async def where_left(viewer: Viewer, topic: Topic, *, fresh: bool = True) -> Left:
    """Where the viewer stopped reading in a topic. Not `fresh`, as it was a moment ago."""

    async def load() -> Left:
        return (await marks_of(viewer, [topic.oid], [topic.board])).left(topic.oid, topic.board)

    return await recent_markers.get((viewer.me, topic.oid), load, fresh=fresh) or await load()


async def note_read(viewer: Viewer, topic: Topic, number: int) -> None:
    """They have read up to `number`; what the topic does not have yet cannot be read."""
    await Marker.grow(viewer.me, topic.oid, now(), number=min(number, topic.last_number))
    recent_markers.drop((viewer.me, topic.oid))


async def note_written(user: ObjectId, topic: ObjectId, number: int, session: Session) -> None:
    """Nobody's own words are new to them; stored with the words."""
    await Marker.grow(user, topic, now(), session, number=number)
    recent_markers.drop((user, topic))


async def read_all(viewer: Viewer, board: Board | None = None) -> None:
    """All that is there now counts as read: everywhere, or in one board."""
    moment = now()
    await Marker.grow(viewer.me, board.oid if board else viewer.me, moment, until=moment)
    recent_markers.forget(lambda key, _: key[0] == viewer.me)
