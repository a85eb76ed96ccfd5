"""The sockets of this process, and the line to the other processes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.accounts.logins import over_of
from app.permissions import book, trust
from app.permissions.book import Roles
from app.realtime.feed import Feed
from app.realtime.news import News
from app.realtime.socket import POLICY, Socket
from app.realtime.watching import Watch
from app.web import numbers, pace
from app.web.batches import in_parts
from documents import User
from documents.base import Raw
from documents.clock import now

log = structlog.get_logger()

# However a hint was lost, the patrol finds what it was about within this time.
PATROL_SECONDS: Final = 3.0
PATROL_BATCH: Final = 250
PATROL_PAUSE_SECONDS: Final = 0.01
# Every so many rounds each socket reads everything anew: unread numbers have no number of their own.
ROUNDS: Final = 20
ROUNDS_ALONE: Final = 4
BEAT_SECONDS: Final = 4.0
SEQ: Final[Raw] = {"notification_seq": 1}
# Of one person in this process. Further tabs ask the feed instead.
SOCKETS_EACH: Final = 100
# Descriptors that are left for requests, the database and files.
DESCRIPTORS_KEPT: Final = 512
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
        self._count = 0
        self._rounds = 0
        self._room = room()
        self._asleep: OrderedDict[Socket, None] = OrderedDict()
        self._rousing = asyncio.Event()
        self._edition = 0
        self.feed = Feed()
        self.watch = Watch()
        self.connected = False
        self.on_news: Callable[[News], None] = lambda news: None
        self.on_gap: Callable[[bool], None] = lambda connected: None

    @property
    def clients(self) -> tuple[Redis | None, Redis | None]:
        """Both Redis clients, for whoever closes them."""
        return self._redis, self._line

    def has_room(self, person: ObjectId) -> bool:
        """Whether one more socket of this person can be held without harm to the others."""
        return self._count < self._room and len(self._sockets.get(person, ())) < SOCKETS_EACH

    @contextlib.contextmanager
    def joined(self, socket: Socket) -> Iterator[None]:
        """The socket hears of news while inside."""
        self._sockets[socket.user].add(socket)
        self._count += 1
        numbers.websockets(self._count)
        socket.on_watch = lambda before: self.watch.move(socket, before)
        try:
            yield
        finally:
            self._count -= 1
            numbers.websockets(self._count)
            self._asleep.pop(socket, None)
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
        self.watch.stir((*news.topics, *news.conversations))
        if news.boards:
            self.watch.stir_all()
            self._wake_all()
        self._rouse(socket for person in (*news.people, *news.persons) for socket in self._sockets.get(person, ()))
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
        self._rouse(self.sockets())

    def _rouse(self, sockets: Iterable[Socket]) -> None:
        """Have them woken a few at a time: a thousand at once would leave nobody else a turn."""
        self._asleep.update((socket, None) for socket in sockets)
        if self._asleep:
            self._rousing.set()

    async def rouse(self) -> None:
        """Wake who has to be woken, in the order of news, for ever."""
        while True:
            await self._rousing.wait()
            self._rousing.clear()
            for told in itertools.count(1):
                if not self._asleep:
                    break
                socket, _ = self._asleep.popitem(last=False)
                socket.wake()
                await pace.rest_after(told)

    async def patrol(self) -> None:
        """Find ended log-ins and unsent events by asking the database, for ever."""
        while True:
            await asyncio.sleep(PATROL_SECONDS)
            try:
                await pace.InTurn(self._look_round())
            except PyMongoError as error:
                log.warning("patrol.failed", error=type(error).__name__)

    async def _look_round(self) -> None:
        await self._look_at_rights()
        await self.watch.look()
        sockets = self.sockets()
        self._rounds += 1
        rounds = ROUNDS if self.connected else ROUNDS_ALONE
        self._rouse(sockets[self._rounds % rounds :: rounds])
        for batch in in_parts(sockets, PATROL_BATCH):
            await self._look_at(batch)
            await asyncio.sleep(PATROL_PAUSE_SECONDS)

    async def _look_at_rights(self) -> None:
        """Other roles or boards may have come without a word: what is in sight and counts is others then."""
        if not self.connected:
            book.forget()
        edition = (await book.fresh()).edition
        if edition != self._edition:
            self._edition = edition
            self._wake_all()

    async def _look_at(self, batch: list[Socket]) -> None:
        """First by sums, which say of nearly every batch that all is well; then at each."""
        over = await over_of({socket.login for socket in batch})
        for socket in batch:
            if socket.login in over:
                socket.close(POLICY)
        # Who is about to look for themselves need not be looked at.
        idle = [socket for socket in batch if not (socket.login in over or socket in self._asleep or socket.looks_soon)]
        if self.connected and await _all_told(idle):
            return
        found = await _as_they_are({socket.user for socket in idle}, roles=not self.connected)
        self._rouse(socket for socket in idle if socket.user in found and socket.is_behind(*found[socket.user]))

    async def beat(self) -> None:
        """Find the peers that are not there any more, for ever."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            moment, asked = time.monotonic(), 0
            for number, socket in enumerate(self.sockets(), 1):
                if socket.beat(moment):
                    asked += 1
                    await pace.rest_after(asked)
                elif number % PATROL_BATCH == 0:
                    await pace.rest()

    async def close_all(self, code: int, seconds: float = 3.0) -> None:
        """Ask every socket to close, and wait for that a while."""
        for socket in self.sockets():
            socket.close(code)
        until = time.monotonic() + seconds
        while self._sockets and time.monotonic() < until:  # noqa: ASYNC110 - many sockets, each gone by itself
            await asyncio.sleep(0.02)


async def _all_told(sockets: Iterable[Socket]) -> bool:
    """Whether these have all that is in the feeds. Numbers only grow, and no cursor is ahead: so one sum says it."""
    told: dict[ObjectId, int] = {}
    for socket in sockets:
        told[socket.user] = min(socket.cursor, told.get(socket.user, socket.cursor))
    stages: list[Raw] = [
        {"$match": {"_id": {"$in": list(told)}}},
        {"$group": {"_id": None, "people": {"$sum": 1}, "seqs": {"$sum": "$notification_seq"}}},
    ]
    rows = await (await User.raw().aggregate(stages)).to_list() if told else []
    return not told or (bool(rows) and (rows[0]["people"], rows[0]["seqs"]) == (len(told), sum(told.values())))


async def _as_they_are(users: set[ObjectId], *, roles: bool) -> dict[ObjectId, tuple[int, Roles | None]]:
    """The last event of each of their feeds, and their roles where nobody can say that they have changed."""
    fields = {**SEQ, **dict.fromkeys(trust.FIELDS, 1)} if roles else SEQ
    found = await User.raw().find({"_id": {"$in": list(users)}}, fields).to_list()
    return {raw["_id"]: (raw["notification_seq"], trust.roles_of(raw, now()) if roles else None) for raw in found}


def room() -> int:
    """How many sockets a process can hold before it has no descriptors left for anything else."""
    try:
        import resource
    except ImportError:  # Windows, whose limit is far above this
        return 5_000
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft - DESCRIPTORS_KEPT, soft // 2)
