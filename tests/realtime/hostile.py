"""A client that keeps to no rules: frames as bytes, as RFC 6455 lays them out."""

from __future__ import annotations

import asyncio
import os
import struct
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
END, PACKED = 0x80, 0x40


def frame(
    opcode: int, payload: bytes = b"", *, end: bool = True, packed: bool = False, length: int | None = None
) -> bytes:
    """A frame with a mask of zeros. `length` says more than there is."""
    said = len(payload) if length is None else length
    head = bytes([opcode | (END if end else 0) | (PACKED if packed else 0)])
    if said < 126:
        head += bytes([0x80 | said])
    elif said < 1 << 16:
        head += bytes([0x80 | 126]) + struct.pack("!H", said)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", said)
    return head + bytes(4) + payload


def bomb(megabytes: int) -> bytes:
    """What unpacks to that many megabytes of spaces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b" " * 1_000_000
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]


class Raw:
    """A websocket whose bytes are one's own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self.reader = reader
        self.writer = writer
        self.head = head

    async def push(self, *parts: bytes) -> None:
        """Send until it is done or the other end has had enough."""
        try:
            for part in parts:
                self.writer.write(part)
                await self.writer.drain()
        except OSError:
            pass

    async def closing(self) -> tuple[int | None, float]:
        """The code in the server's close frame (None: cut off without one), and the seconds until the end."""
        began, code = time.monotonic(), None
        try:
            while True:
                opcode, payload = await self._read_frame()
                if opcode == CLOSE and code is None:
                    code = int.from_bytes(payload[:2], "big")
        except (asyncio.IncompleteReadError, OSError):
            return code, time.monotonic() - began

    async def _read_frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await self.reader.readexactly(8), "big")
        return first & 0x0F, await self.reader.readexactly(length)


@asynccontextmanager
async def raw(port: int, cookie: str, *, early: bytes = b"") -> AsyncIterator[Raw]:
    """Connect, asking for compression as browsers do; `early` is sent before the answer has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
    head += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    head += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    head += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    writer.write(head.encode() + early)
    try:
        yield Raw(reader, writer, await reader.readuntil(b"\r\n\r\n"))
    finally:
        writer.transport.abort()


def memory_mb(pid: int, which: str = "VmRSS") -> float:
    """What a process has in memory, in MB; `VmHWM` is the most that it ever had since `forget_peak`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) / 1000
    raise LookupError(which)


def forget_peak(pid: int) -> None:
    """The most is what there is now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def has_proc() -> bool:
    """Whether this system says what its processes use."""
    return os.access("/proc/self/clear_refs", os.W_OK)
