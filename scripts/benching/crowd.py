"""Thousands of browser tabs in a process of their own: `python -m scripts.benching.crowd`.

Reads one JSON object a line and answers each with one. Moments are those of the monotonic clock, which processes share.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any, Final

from app.serve import fastest_loop

AT_ONCE: Final = 64
KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="
TEXT_FRAME: Final = 0x81


class Tab(asyncio.Protocol):
    """One websocket, as much of RFC 6455 as our own server says: short frames, whole messages."""

    __slots__ = ("_buffer", "_cookie", "_port", "_transport", "_upgraded", "heard", "ready")

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie = port, cookie
        self._buffer = b""
        self._upgraded = False
        self._transport: Any = None
        self.ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.heard: dict[str, float] = {}

    def connection_made(self, transport: Any) -> None:
        """Ask for a websocket."""
        self._transport = transport
        head = f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: {self._cookie}\r\nUpgrade: websocket\r\n"
        head += f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
        transport.write(head.encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits for the first message waits in vain."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(self._buffer[:80].decode(errors="replace")))

    def data_received(self, data: bytes) -> None:
        """Take whole messages out of what has come."""
        self._buffer += data
        if not self._upgraded:
            if b"\r\n\r\n" not in self._buffer:
                return
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if b" 101 " not in head:
                self._buffer = head
                self._transport.close()
                return
            self._upgraded = True
        while self._take_frame():
            pass

    def _take_frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 4:
            return False
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < start + length:
            return False
        payload, self._buffer = buffer[start : start + length], buffer[start + length :]
        if buffer[0] == TEXT_FRAME:
            self._hear(json.loads(payload))
        return True

    def _hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "ping":
            self.say(type="pong")
        elif kind == "ready":
            self.say(type="hello", seq=message["seq"])
            self.ready.set_result(message["seq"])
        else:
            self.heard.setdefault(kind, time.monotonic())

    def say(self, **message: Any) -> None:
        """Send one message, with a mask of zeros."""
        text = json.dumps(message).encode()
        self._transport.write(bytes([TEXT_FRAME, 0x80 | len(text)]) + bytes(4) + text)

    def leave(self) -> None:
        """As when a tab is closed."""
        self._transport.close()


class Crowd:
    """All tabs, and what can be asked of them."""

    def __init__(self) -> None:
        self._tabs: list[Tab] = []

    async def open(self, port: int, cookies: list[str]) -> dict[str, Any]:
        """A tab for each cookie."""
        gate = asyncio.Semaphore(AT_ONCE)
        loop = asyncio.get_running_loop()

        async def one(cookie: str) -> Tab:
            async with gate:
                _, tab = await loop.create_connection(lambda: Tab(port, cookie), "127.0.0.1", port)
                await tab.ready
                return tab

        self._tabs += await asyncio.gather(*(one(cookie) for cookie in cookies))
        return {"tabs": len(self._tabs)}

    async def watch(self, topic: str, version: int, count: int) -> dict[str, Any]:
        """The first so many tabs have this topic open."""
        for tab in self._tabs[:count]:
            tab.say(type="watch", topic=topic, version=version)
        return {}

    async def forget(self) -> dict[str, Any]:
        """What was heard so far does not count."""
        for tab in self._tabs:
            tab.heard.clear()
        return {}

    async def heard(self, kind: str, count: int, seconds: float) -> dict[str, Any]:
        """When the first message of a kind came to each of so many tabs, once all have it or the time is up."""
        until = time.monotonic() + seconds
        missing = [tab for tab in self._tabs if kind not in tab.heard]
        while len(self._tabs) - len(missing) < count and time.monotonic() < until:
            await asyncio.sleep(0.05)
            missing = [tab for tab in missing if kind not in tab.heard]
        return {"at": sorted(tab.heard[kind] for tab in self._tabs if kind in tab.heard)}

    async def leave(self) -> dict[str, Any]:
        """All tabs are closed."""
        for tab in self._tabs:
            tab.leave()
        self._tabs.clear()
        return {}


async def main() -> None:
    """Do what is told until there is nothing more."""
    crowd = Crowd()
    reader = asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked = json.loads(line)
        answer = await getattr(crowd, asked.pop("do"))(**asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(main())
