"""A proxy between a browser and the forum that lets everything through but websockets, as some companies have."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

HEAD_MAX = 1 << 16
TAKEN = 1 << 16


@dataclass
class Blocking:
    """Where it listens, what it answers to websockets in turn, and how often it has done so."""

    forum: int
    answers: tuple[int, ...]
    port: int = 0
    refused: int = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"upgrade: websocket" in head.lower():
                status = self.answers[self.refused % len(self.answers)]
                self.refused += 1
                writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                return
            there, back = await asyncio.open_connection("127.0.0.1", self.forum)
            back.write(head)
            both = [asyncio.ensure_future(pump(reader, back)), asyncio.ensure_future(pump(there, writer))]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for one in both:
                one.cancel()
            back.close()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that comes, to the other side."""
    with contextlib.suppress(OSError):
        while data := await reader.read(TAKEN):
            writer.write(data)
            await writer.drain()


@contextlib.asynccontextmanager
async def blocking(forum: int, *answers: int) -> AsyncIterator[Blocking]:
    """Such a proxy before the forum at this port."""
    proxy = Blocking(forum, answers)
    server = await asyncio.start_server(proxy.pass_on, "127.0.0.1", 0, limit=HEAD_MAX)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
