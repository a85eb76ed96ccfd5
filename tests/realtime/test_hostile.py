"""Who sends without measure is closed within two seconds, costs no memory, and nobody else notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat

import pytest

from app.assembly import AUTH_COOKIE
from app.settings import Settings
from tests.people import Forum, Person
from tests.realtime.hostile import (
    BINARY,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    bomb,
    forget_peak,
    frame,
    has_proc,
    memory_mb,
    raw,
)
from tests.realtime.test_processes import Process, near
from tests.realtime.test_push import line

GROWN_MB_MAX = 12.0
CLOSED_SECONDS_MAX = 2.0
SENDING_SECONDS = 6.0

BLOCK = bytes(1 << 20)
ATTACKS: dict[str, tuple[Callable[[], Iterable[bytes]], set[int]]] = {
    "200 MB in one frame": (lambda: [frame(BINARY, length=200 << 20), *repeat(BLOCK, 200)], {1009}),
    "200 MB in frames of 1 MB": (
        lambda: [frame(TEXT, end=False), *repeat(frame(CONTINUATION, BLOCK, end=False), 200)],
        {1009},
    ),
    "a frame over 64 kB": (lambda: [frame(TEXT, b"x" * 65_537)], {1009}),
    "a frame that says it is huge": (lambda: [frame(TEXT, b"{" * 60_000, length=1 << 62)], {1009}),
    "10,000 small frames": (lambda: repeat(frame(TEXT, b'{"type":"pong"}'), 10_000), {1008}),
    "10,000 empty frames at once": (lambda: [frame(TEXT) * 10_000], {1008}),
    "thousands of fragments": (lambda: [frame(TEXT, end=False), frame(CONTINUATION, end=False) * 10_000], {1008}),
    "pings": (lambda: repeat(frame(PING, b"x" * 125), 10_000), {1008}),
    "pongs": (lambda: [frame(PONG, b"x" * 125) * 10_000], {1008}),
    "a deflate bomb": (lambda: [frame(TEXT, bomb(400), packed=True)], {1002}),
    "a deflate bomb within the bounds": (lambda: [frame(TEXT, bomb(15), packed=True)], {1002}),
    "no websocket at all": (lambda: [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 1000], {1002}),
    "no UTF-8": (lambda: [frame(TEXT, b"\xff\xfe")], {1007}),
}


@pytest.fixture(scope="module")
def server(settings: Settings, app: object) -> Iterator[Process]:
    """A process of its own, whose memory is nobody else's."""
    found = Process(settings)
    found.await_ready()
    yield found
    found.child.terminate()
    found.child.wait(20)


@pytest.fixture
async def cookie(forum: Forum, charlie: Person) -> str:
    """The hostile one's."""
    return f"{AUTH_COOKIE}={forum.cookie(charlie.token)}"


async def attacked(server: Process, cookie: str, parts: Iterable[bytes]) -> tuple[int | None, float]:
    """The code with which an attack is closed, and after how many seconds."""
    async with raw(server.port, cookie) as hostile:
        assert b"101" in hostile.head
        began = time.monotonic()
        pushing = asyncio.create_task(hostile.push(*parts))
        code, _ = await asyncio.wait_for(hostile.closing(), SENDING_SECONDS)
        pushing.cancel()
        return code, time.monotonic() - began


@pytest.mark.skipif(not has_proc(), reason="needs /proc")
async def test_every_attack_is_closed_soon_and_costs_nothing(
    forum: Forum, server: Process, cookie: str, bob: Person
) -> None:
    sent = {name: list(parts()) for name, (parts, _) in ATTACKS.items()}
    async with line(near(forum, server), bob) as neighbour:
        forget_peak(server.child.pid)
        before = memory_mb(server.child.pid)
        endings = await asyncio.gather(*(attacked(server, cookie, parts) for parts in sent.values()))
        grown = memory_mb(server.child.pid, "VmHWM") - before
        await neighbour.say(type="hello", seq=0)
        await neighbour.hear("unread")
    for (name, (_, codes)), (code, took) in zip(ATTACKS.items(), endings, strict=True):
        assert code in codes, name
        assert took < CLOSED_SECONDS_MAX, name
    assert grown < GROWN_MB_MAX


async def test_compression_is_not_agreed_to(server: Process, cookie: str) -> None:
    async with raw(server.port, cookie) as tab:
        assert b"deflate" not in tab.head.lower()
