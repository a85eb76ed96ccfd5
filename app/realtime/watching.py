"""Which sockets have which topic or conversation open, and what they are told: that it has another version."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.boards.access import shows
from app.boards.directory import all_boards, may_read
from app.realtime.socket import Glance, Socket
from app.viewer import Viewer
from app.web import pace
from app.web.batches import in_parts
from documents import Board, Conversation, Topic
from documents.base import Raw

log = structlog.get_logger()

FIELDS: Final[Raw] = {"version": 1, "last_number": 1, "deleted_at": 1, "author": 1, "board": 1}
TALK: Final[Raw] = {"version": 1, "last_number": 1, "members": 1}
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Topic:
    glance: Glance
    live: bool
    author: ObjectId
    board: ObjectId


class Watch:
    """The watched topics and conversations of this process. However many watch one, its version is read once."""

    def __init__(self) -> None:
        self._sockets: dict[ObjectId, set[Socket]] = defaultdict(set)
        self._changed: set[ObjectId] = set()
        self._awake = asyncio.Event()

    def move(self, socket: Socket, before: ObjectId | None) -> None:
        """The socket has another topic open than `before`: one at a time, or none."""
        if before is not None:
            self._sockets[before].discard(socket)
            if not self._sockets[before]:
                del self._sockets[before]
        if socket.topic is not None:
            self._sockets[socket.topic].add(socket)
            self.stir((socket.topic,))

    def stir(self, topics: Iterable[ObjectId]) -> None:
        """These may have changed; those that nobody watches are none of ours."""
        watched = [topic for topic in topics if topic in self._sockets]
        if watched:
            self._changed.update(watched)
            self._awake.set()

    def stir_all(self) -> None:
        """Something may have been missed."""
        self.stir(list(self._sockets))

    async def run(self) -> None:
        """Look at what has changed, for ever. What comes meanwhile is looked at together."""
        while True:
            await self._awake.wait()
            self._awake.clear()
            changed, self._changed = self._changed, set()
            try:
                await self.look(changed)
            except PyMongoError as error:  # the patrol looks again
                log.warning("watch.failed", error=type(error).__name__)

    async def look(self, topics: Iterable[ObjectId] | None = None) -> None:
        """Read the versions of these topics, or of all, and show them to who watches."""
        for ids in in_parts(list(self._sockets if topics is None else topics), BATCH):
            await self._look(ids)

    async def _look(self, ids: list[ObjectId]) -> None:
        found = {raw["_id"]: _topic(raw) async for raw in Topic.raw().find({"_id": {"$in": ids}}, FIELDS)}
        boards = await all_boards()
        await self._look_at_talks([id for id in ids if id not in found])
        for id, topic in found.items():
            board, seen = boards.get(topic.board), dict[Hashable, bool]()
            for number, socket in enumerate(list(self._sockets.get(id, ())), 1):
                await pace.rest_after(number)
                rights = _rights(socket.viewer, topic)
                if rights not in seen:
                    seen[rights] = board is not None and _sees(socket.viewer, topic, board)
                socket.glance(id, topic.glance if seen[rights] else None)

    async def _look_at_talks(self, ids: list[ObjectId]) -> None:
        """Conversations, for those who are in them now; whatever is neither topic nor conversation is not there."""
        found = {raw["_id"]: raw async for raw in Conversation.raw().find({"_id": {"$in": ids}}, TALK)} if ids else {}
        for id in ids:
            raw = found.get(id)
            for socket in self._sockets.get(id, ()):
                seen = raw is not None and socket.user in raw["members"]
                socket.glance(id, Glance(raw.get("version", 0), raw["last_number"]) if seen and raw else None)


def _sees(viewer: Viewer, topic: _Topic, board: Board) -> bool:
    return may_read(viewer, board) and shows(viewer, topic.live, topic.author, board)


def _rights(viewer: Viewer, topic: _Topic) -> Hashable:
    """The same for all who see the topic, or do not, for the same reasons."""
    return viewer.known, viewer.held, viewer.kept_from, viewer.withheld, viewer.id == topic.author


def _topic(raw: Raw) -> _Topic:
    return _Topic(Glance(raw["version"], raw["last_number"]), raw["deleted_at"] is None, raw["author"], raw["board"])
