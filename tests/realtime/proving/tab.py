"""A page that somebody has open: the protocol of static/js/live.js, with everything that it heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin

# As in live.js, at a tenth of the time.
PATIENCE_SECONDS: Final = 45.0
ANSWER_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.5
POLLED_AFTER: Final = 2
RETRY_SECONDS: Final = (0.03, 0.1, 0.2, 0.5, 1.0)
POLICY: Final = 1008

BROKEN: Final = (OSError, WebSocketException, TimeoutError, EOFError, httpx.HTTPError)

Where = Callable[[], int]


class Tab:
    """`last` is what the page has; `taken` what it has shown, `events` as they came, `faults` what must never be.

    With `blocked`, websockets do not get through and the feed is polled.
    """

    def __init__(self, name: str, cookie: str, where: Where, *, blocked: bool = False) -> None:
        self.name = name
        self.blocked = blocked
        self.last = 0
        self.taken: list[int] = []
        self.events: dict[int, dict[str, Any]] = {}
        self.unread: dict[str, int] = {}
        self.faults: list[str] = []
        self.lines = 0
        self._where = where
        self._cookie = cookie
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Future[None] | None = None
        self._sent = 0
        self._failures = 0
        self._refused = False
        self._awake = asyncio.Event()
        self._running = asyncio.Event()
        self._running.set()
        self._abandoned: list[ClientConnection] = []
        self._target = 0
        self._catching: asyncio.Task[None] | None = None
        self._heard = 0
        self._browser = httpx.AsyncClient(headers={"Cookie": cookie}, timeout=10, trust_env=False, verify=False)

    # What the page does by itself

    async def live(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await (self._poll() if self.blocked else self._connection())
        finally:
            if self._catching is not None:
                self._catching.cancel()
            for socket in (*self._abandoned, self._socket):
                if socket is not None:
                    socket.transport.abort()
            await self._browser.aclose()

    async def _connection(self) -> None:
        self._reader = asyncio.ensure_future(self._line())
        try:
            await asyncio.wait({self._reader})
        finally:
            self._reader.cancel()
        if not self._reader.cancelled() and not isinstance(self._reader.exception(), BROKEN):
            self._reader.result()
        self._socket = None
        await self._pause()

    async def _pause(self) -> None:
        """1008 may mean that one is logged out, which the feed says; several failures, that nothing gets through."""
        self._failures += 1
        if self._refused or self._failures > POLLED_AFTER:
            self._refused = False
            with suppress(httpx.HTTPError, ValueError):
                await self._read_feed()
        self._awake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS)) - 1]):
                await self._awake.wait()

    async def _line(self) -> None:
        port = self._where()
        url, origin = f"ws://127.0.0.1:{port}/ws", f"http://127.0.0.1:{port}"
        self._socket = await connect(
            url,
            additional_headers={"Cookie": self._cookie},
            origin=Origin(origin),
            proxy=None,
            open_timeout=5,
        )
        self.lines += 1
        self._sent = 0
        try:
            while True:
                await self._running.wait()
                async with asyncio.timeout(PATIENCE_SECONDS):
                    text = await self._socket.recv()
                await self._running.wait()
                await self._hear(json.loads(text))
        except ConnectionClosed as closed:
            self._refused = closed.rcvd is not None and closed.rcvd.code == POLICY
            raise

    async def _hear(self, message: dict[str, Any]) -> None:
        self._heard += 1
        self._target = max(self._target, message.get("seq", 0))
        if "unread" in message:
            self.unread = message["unread"]
        if message["type"] == "ready":
            self._failures = 0
            await self._say(type="hello", seq=self.last)
        elif message["type"] == "notification":
            self._note_sent(message["seq"])
            self._take(message)
        elif message["type"] == "ping":
            await self._say(type="pong")
        elif message["type"] == "resync" or self.last < self._target:
            self._catch_up()

    def _note_sent(self, seq: int) -> None:
        """Whatever a page would make of it: on one line everything comes once, in order."""
        if seq <= self._sent:
            self.faults.append(f"{self.name}: event {seq} was sent after {self._sent} on one line")
        self._sent = seq

    def _take(self, event: dict[str, Any]) -> None:
        """What has been seen is not taken again; what does not follow the last means that something is missing."""
        if event["seq"] <= self.last:
            return
        if event["seq"] > self.last + 1 or self._catching is not None:
            self._catch_up()
        else:
            self._accept(event)

    def _accept(self, event: dict[str, Any]) -> None:
        self.last = event["seq"]
        self.taken.append(event["seq"])
        self.events[event["seq"]] = event

    def _catch_up(self) -> None:
        if self._catching is None:
            self._catching = asyncio.create_task(self._caught_up())

    async def _caught_up(self) -> None:
        try:
            await self._read_feed()
            self._catching = None
        except (httpx.HTTPError, ValueError):
            await asyncio.sleep(RETRY_SECONDS[0])
            self._catching = None
            if self._socket is not None:
                self._catch_up()

    async def _read_feed(self) -> None:
        """Everything after `last`, page by page."""
        more = True
        while more:
            before, known = self._heard, self._target
            url = f"http://127.0.0.1:{self._where()}/notifications/feed?after={self.last}"
            answer = await self._browser.get(url, headers={"Accept": "application/json"})
            if answer.status_code != 200:
                raise ValueError(answer.status_code)
            feed = answer.json()
            for event in feed["events"]:
                if event["seq"] > self.last:
                    self._accept(event)
            if not feed["more"]:
                self.last = max(self.last, feed["seq"], known)
            if before == self._heard:
                self.unread = feed["unread"]
            more = feed["more"] or self.last < self._target

    async def _poll(self) -> None:
        await self._running.wait()
        with suppress(httpx.HTTPError, ValueError):
            await self._read_feed()
        await asyncio.sleep(POLL_SECONDS)

    async def _say(self, **message: Any) -> None:
        assert self._socket is not None
        await self._socket.send(json.dumps(message))

    # What happens to it

    def drop(self) -> None:
        """The network is gone, as everybody notices."""
        if self._socket is not None:
            self._socket.transport.abort()

    def abandon(self) -> None:
        """The network is gone, and the server does not hear of it: the page connects anew."""
        socket = self._socket
        if socket is None:
            return
        socket.transport.pause_reading()
        self._abandoned.append(socket)
        if self._reader is not None:
            self._reader.cancel()

    def freeze(self, seconds: float) -> None:
        """A laptop that sleeps: nothing is read, nothing is answered."""
        self._running.clear()
        asyncio.get_running_loop().call_later(seconds, self._running.set)

    async def wake(self) -> None:
        """Somebody looks at the page: it asks whether there is news."""
        self._running.set()
        self._awake.set()
        if self._socket is not None:
            with suppress(ConnectionClosed):
                await self._say(type="hello", seq=self.last)
