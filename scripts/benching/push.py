"""How long after the sender's response a private message is in the receiver's socket."""

from __future__ import annotations

import asyncio
import html
import json
import re
import statistics
import time
import urllib.parse
from dataclasses import dataclass
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

from scripts.benching.load import answer_of

MESSAGES: Final = 60
TOKEN: Final = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
HEAR_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Push:
    """Milliseconds from the response to the frame; negative when the frame was faster than the response."""

    p50: float
    p95: float
    count: int


async def measure_push(port: int, sender_cookie: str, receiver_cookie: str, receiver: str, token: str) -> Push:
    """One message after the other, each heard before the next is sent."""
    found = []
    headers = {"Cookie": receiver_cookie}
    async with connect(f"ws://127.0.0.1:{port}/ws", additional_headers=headers, proxy=None) as line:
        ready = json.loads(await line.recv())
        await line.send(json.dumps({"type": "hello", "seq": ready["seq"]}))
        for number in range(MESSAGES):
            hearing = asyncio.create_task(_heard(line))
            answered = await _send(port, sender_cookie, receiver, token, number)
            found.append((await hearing - answered) * 1000)
    cuts = statistics.quantiles(found, n=20)
    return Push(statistics.median(found), cuts[18], len(found))


async def _heard(line: ClientConnection) -> float:
    async with asyncio.timeout(HEAR_SECONDS):
        while json.loads(await line.recv())["type"] != "notification":
            pass
    return time.perf_counter()


async def _send(port: int, cookie: str, receiver: str, token: str, number: int) -> float:
    fields = {"csrf_token": html.unescape(token), "to": receiver, "title": f"Number {number}", "body": "How are you?"}
    body = urllib.parse.urlencode(fields).encode()
    head = f"POST /messages/new HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body)
    status = await answer_of(reader)
    answered = time.perf_counter()
    writer.close()
    if status != 303:
        raise RuntimeError(f"a message was answered with {status}")
    return answered
