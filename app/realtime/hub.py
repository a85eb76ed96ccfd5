"""The sockets of this process, and the line to the other processes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.accounts.logins import still_good
from app.realtime.news import News
from app.realtime.socket import POLICY, Socket
from app.realtime.watching import Watch
from documents import User

log = structlog.get_logger()

# However a hint was lost, the patrol finds what it was about within this time.
PATROL_SECONDS: Final = 3.0
PATROL_BATCH: Final = 1_000
RECONNECT_SECONDS: Final = 0.5
PUBLISH_PAUSE_SECONDS: Final = 2.0


class Hub:
    """Sockets by person, and one Redis subscription for all of them."""

    def __init__(self, redis: Redis | None, line: Redis | None, channel: str) -> None:
        """`redis` publishes and fails fast; `line` listens and may wait for ever."""
        self._redis = redis
        self._line = line
        self._channel = channel
        self._sockets: dict[ObjectId, set[Socket]] = defaultdict(set)
        self._me = secrets.token_hex(8)
        self._paused_until = 0.0
        self.watch = Watch()
        self.connected = False
        self.on_news: Callable[[News], None] = lambda news: None
        self.on_gap: Callable[[bool], None] = lambda connected: None

    @property
    def clients(self) -> tuple[Redis | None, Redis | None]:
        """Both Redis clients, for whoever closes them."""
        return self._redis, self._line

    @contextlib.contextmanager
    def joined(self, socket: Socket) -> Iterator[None]:
        """The socket hears of news while inside."""
        self._sockets[socket.user].add(socket)
        socket.on_watch = lambda before: self.watch.move(socket, before)
        try:
            yield
        finally:
            before, socket.topic = socket.topic, None
            self.watch.move(socket, before)
            self._sockets[socket.user].discard(socket)
            if not self._sockets[socket.user]:
                del self._sockets[socket.user]

    async def publish(self, news: News) -> None:
        """Tell this process at once and the others through Redis. Without Redis their patrols find out."""
        self._deliver(news)
        if self._redis is None or time.monotonic() < self._paused_until:
            return
        try:
            await self._redis.publish(self._channel, replace(news, sender=self._me).pack())
        except (RedisError, OSError) as error:
            self._paused_until = time.monotonic() + PUBLISH_PAUSE_SECONDS
            log.warning("news.not_published", error=type(error).__name__)

    def _deliver(self, news: News) -> None:
        self.on_news(news)
        self.watch.stir(news.topics)
        if news.boards:
            self.watch.stir_all()
            self._wake_all()
        for person in (*news.people, *news.persons):
            for socket in self._sockets.get(person, ()):
                socket.wake()
        if news.logins:
            ended = set(news.logins)
            for socket in self.sockets():
                if socket.login in ended:
                    socket.close(POLICY)

    def sockets(self) -> list[Socket]:
        """Every socket of this process."""
        return [socket for sockets in self._sockets.values() for socket in sockets]

    def people(self) -> list[ObjectId]:
        """Everybody with a socket in this process."""
        return list(self._sockets)

    async def listen(self) -> None:
        """Hear what other processes publish, for ever; each new subscription means that something was missed."""
        while self._line is not None:
            try:
                await self._subscribed()
            except (RedisError, OSError) as error:
                log.warning("news.line_down", error=type(error).__name__)
            self._gap(connected=False)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _subscribed(self) -> None:
        assert self._line is not None
        async with self._line.pubsub() as line:
            await line.subscribe(self._channel)
            while True:
                message = await line.get_message(timeout=None)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    self._gap(connected=True)
                elif message["type"] == "message":
                    self._hear(message["data"])

    def _hear(self, data: str | bytes) -> None:
        try:
            news = News.unpack(data)
        except ValueError:
            log.warning("news.not_understood")
            return
        if news.sender != self._me:
            self._deliver(news)

    def _gap(self, *, connected: bool) -> None:
        """News may have been missed: caches forget and every socket looks for itself."""
        self.connected = connected
        self.on_gap(connected)
        if connected:
            self._wake_all()
            self.watch.stir_all()

    def _wake_all(self) -> None:
        for socket in self.sockets():
            socket.wake()

    async def patrol(self) -> None:
        """Find ended log-ins and unsent events by asking the database, for ever."""
        while True:
            await asyncio.sleep(PATROL_SECONDS)
            try:
                await self._look_round()
            except PyMongoError as error:
                log.warning("patrol.failed", error=type(error).__name__)

    async def _look_round(self) -> None:
        await self.watch.look()
        sockets = self.sockets()
        for start in range(0, len(sockets), PATROL_BATCH):
            batch = sockets[start : start + PATROL_BATCH]
            good = await still_good({socket.login for socket in batch})
            latest = await _latest({socket.user for socket in batch})
            for socket in batch:
                if socket.login not in good:
                    socket.close(POLICY)
                elif latest.get(socket.user, 0) > socket.cursor:
                    socket.wake()

    async def close_all(self, code: int, seconds: float = 3.0) -> None:
        """Ask every socket to close, and wait for that a while."""
        for socket in self.sockets():
            socket.close(code)
        until = time.monotonic() + seconds
        while self._sockets and time.monotonic() < until:  # noqa: ASYNC110 - many sockets, each gone by itself
            await asyncio.sleep(0.02)


async def _latest(users: set[ObjectId]) -> dict[ObjectId, int]:
    found = User.raw().find({"_id": {"$in": list(users)}}, {"notification_seq": 1})
    return {raw["_id"]: raw["notification_seq"] async for raw in found}
