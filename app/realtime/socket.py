"""One websocket: woken, it reads the feed from the database, so that nothing is buffered and nothing lost.

`asyncio.timeout` and not `wait_for`: on Python 3.11 the latter swallows a cancellation that comes with the result.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bson import ObjectId

from app.notifications import delivered
from app.permissions.book import Roles
from app.realtime import wire
from app.realtime.feed import Event, Feed
from app.viewer import Viewer
from app.web.pages import Unread

HELLO_SECONDS: Final = 2.0
PING_SECONDS: Final = 20.0
# A peer that has said nothing for this long is gone, whatever TCP believes. With the hub's beat and the time for a
# goodbye, half-open connections last less than a minute.
SILENT_SECONDS: Final = 50.0
SEND_SECONDS: Final = 10.0
FRAMES_MAX: Final = 60
FRAMES_SECONDS: Final = 10.0

GOING_AWAY: Final = 1001
POLICY: Final = 1008
RESTART: Final = 1012


class Closed(Exception):
    """The socket has to close with this code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Glance:
    """How a topic stands: its version, and its last number."""

    version: int
    last: int


class Socket:
    """What the server knows of one browser tab. `cursor` is the last `seq` that was sent, `topic` what it has
    open: a topic, or a conversation, as `place` says.
    """

    def __init__(
        self,
        viewer: Viewer,
        feed: Feed,
        send: Callable[[str], Awaitable[None]],
        receive: Callable[[], Awaitable[Any]],
    ) -> None:
        if viewer.login is None:
            raise ValueError("a socket belongs to a log-in")
        self.user: ObjectId = viewer.me
        self.login: ObjectId = viewer.login
        self.cursor = viewer.seq
        self.viewer = viewer
        self.topic: ObjectId | None = None
        self.place: wire.Place = "topic"
        self.on_watch: Callable[[ObjectId | None], None] = lambda before: None
        self._version: int | None = 0
        self._glance: Glance | None = None
        self._glanced = False
        self._fed = False
        self._numbers = _numbers(viewer)
        self._feed = feed
        self._send_raw = send
        self._receive_raw = receive
        self._awake = asyncio.Event()
        self._greeted = asyncio.Event()
        self._heard_at = time.monotonic()
        self._frames: list[float] = []
        self._close_code: int | None = None
        self._asked = False
        self._pinged_at = 0.0
        self._ping_due = False

    def wake(self) -> None:
        """There may be something new."""
        self._fed = True
        self._awake.set()

    @property
    def looks_soon(self) -> bool:
        """Whether it has been woken, and has not looked yet."""
        return self._fed

    def is_behind(self, seq: int, roles: Roles | None) -> bool:
        """Whether this feed, or these roles if they are known, are not what the tab was told of and judged by."""
        return seq > self.cursor or (roles is not None and roles != self.viewer.roles)

    def glance(self, topic: ObjectId, found: Glance | None) -> None:
        """How the topic stands that this tab has open; None when it is not there for them any more."""
        if topic == self.topic and (found.version if found else None) != self._version:
            self._glance, self._glanced = found, True
            self._awake.set()

    def close(self, code: int) -> None:
        """Close as soon as the socket's own task gets to it."""
        self._close_code = code
        self._awake.set()

    def beat(self, moment: float) -> bool:
        """Called every few seconds: ask a peer that is silent whether it is there, and close one that does not say.

        Gives whether that is something to send.
        """
        silent = moment - self._heard_at
        if silent > SILENT_SECONDS:
            self.close(GOING_AWAY)
        elif silent > PING_SECONDS and moment - self._pinged_at > PING_SECONDS:
            self._pinged_at, self._ping_due = moment, True
            self._awake.set()
        else:
            return False
        return True

    async def serve(self) -> int:
        """Talk until one side ends it; gives the code to close with."""
        await self._send(wire.ready(self.cursor, self.viewer.unread, self.viewer.turn))
        listening = asyncio.ensure_future(self._listen())
        telling = asyncio.ensure_future(self._tell())
        try:
            done, _ = await asyncio.wait((listening, telling), return_when=asyncio.FIRST_COMPLETED)
            return _code(done)
        finally:
            for task in (listening, telling):
                task.cancel()
            await asyncio.gather(listening, telling, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            frame = await self._receive_raw()
            self._count_frame()
            try:
                message = wire.said(frame)
            except ValueError:
                raise Closed(POLICY) from None
            seq, opened = wire.hello_seq(message), wire.watched(message)
            if seq is not None:
                self._greet(seq)
            if opened is not None:
                self._open(*opened)

    def _open(self, place: wire.Place, topic: ObjectId | None, version: int) -> None:
        """The tab shows this version of a topic or conversation: from now on it hears of others."""
        before, self.topic, self.place = self.topic, topic, place
        self._version, self._glanced = version, False
        self.on_watch(before)

    def _greet(self, seq: int) -> None:
        """The first hello says where to go on; later ones ask whether something is new, and are always answered."""
        if self._greeted.is_set():
            self._asked = True
        else:
            self.cursor = min(seq, self.cursor)
            self._greeted.set()
        self.wake()

    def _count_frame(self) -> None:
        self._heard_at = time.monotonic()
        self._frames = [at for at in self._frames if self._heard_at - at < FRAMES_SECONDS]
        self._frames.append(self._heard_at)
        if len(self._frames) > FRAMES_MAX:
            raise Closed(POLICY)

    async def _tell(self) -> None:
        await self._await_hello()
        self.wake()
        while True:
            await self._awake.wait()
            self._awake.clear()
            if self._close_code is not None:
                raise Closed(self._close_code)
            if self._ping_due:
                self._ping_due = False
                await self._send(wire.PING)
            if self._fed:
                self._fed = False
                await self._catch_up()
            if self._glanced:
                await self._send_glance()

    async def _await_hello(self) -> None:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await self._greeted.wait()
        except TimeoutError:
            self._greeted.set()

    async def _catch_up(self) -> None:
        """Send what is new, as far as this person may see it now; a log-in that is over closes the tap."""
        found = await self._feed.after(self.login, self.cursor)
        viewer = found.viewer
        if not viewer.known:
            raise Closed(POLICY)
        before, self.viewer = self.viewer, viewer
        if viewer.held != before.held:  # the topic that is open may not be theirs to see any more
            self.on_watch(self.topic)
        if found.events is None:
            await self._send(wire.resync(viewer.seq, viewer.unread, viewer.turn))
        else:
            await self._send_events(found.events)
            # Events have the numbers with them, but not the turn.
            known = self._numbers if not found.events else (viewer.unread, before.turn)
            if (self._asked and not found.events) or viewer.seq > self.cursor or _numbers(viewer) != known:
                await self._send(wire.numbers(viewer.seq, viewer.unread, viewer.turn))
        self.cursor = max(self.cursor, viewer.seq)  # what is missing in between has been erased
        self._asked = False
        self._numbers = _numbers(viewer)

    async def _send_events(self, events: tuple[Event, ...]) -> None:
        for event in events:
            await self._send(event.text)
            self.cursor = event.seq
        delivered.note(event.notice for event in events)

    async def _send_glance(self) -> None:
        """Versions only grow; one that is read late must not hide a newer one."""
        found, topic, self._glanced = self._glance, self.topic, False
        if topic is None or (found and self._version is not None and found.version < self._version):
            return
        self._version = found.version if found else None
        await self._send(wire.glance(self.place, topic, self._version, found.last if found else None))

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send_raw(text)
        except TimeoutError:
            raise Closed(POLICY) from None


def _numbers(viewer: Viewer) -> tuple[Unread, int]:
    return viewer.unread, viewer.turn


def _code(done: set[asyncio.Task[None]]) -> int:
    """The code out of whichever side ended first; an unexpected error goes on up."""
    for task in done:
        error = task.exception() if not task.cancelled() else None
        if isinstance(error, Closed):
            return error.code
        if error is not None:
            raise error
    return GOING_AWAY
