"""Bounds on what a client may push through a websocket, before it is queued anywhere.

Quart puts every frame into a queue without a bound; a client faster than its reader would fill the memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, Final

Scope = dict[str, Any]

FRAMES_PER_SECOND: Final = 50.0
BURST: Final = 100.0
FRAME_MAX: Final = 64 * 1024
POLICY: Final = 1008
TOO_BIG: Final = 1009
DRAIN_SECONDS: Final = 3.0


class FrameGuard:
    """The ASGI application around the websockets."""

    def __init__(self, inner: Callable[[Scope, Any, Any], Any]) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass on what keeps within the bounds."""
        if scope["type"] != "websocket":
            await self._inner(scope, receive, send)
            return
        bounded = Bounded(receive, send)
        await self._inner(scope, bounded, send)
        if not bounded.left:
            await _drain(receive)


async def _drain(receive: Any) -> None:
    """Take what still comes until the client is gone, for a while.

    Hypercorn hands frames over through a queue of ten. Where nobody takes them any more it waits for ever, before it
    has read the client's goodbye, and the connection stays open.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await receive())["type"] != "websocket.disconnect":
                pass


class Bounded:
    """Receives for one socket, with a bucket that refills; over the bound the socket is closed."""

    def __init__(self, receive: Any, send: Any) -> None:
        self._receive = receive
        self._send = send
        self.left = False
        self._tokens = BURST
        self._at = time.monotonic()

    async def __call__(self) -> dict[str, Any]:
        """The next message; a disconnect when the client has gone too far."""
        message: dict[str, Any] = await self._receive()
        if message["type"] != "websocket.receive":
            self.left = message["type"] == "websocket.disconnect"
            return message
        code = self._fault(message)
        if code is None:
            return message
        await self._send({"type": "websocket.close", "code": code, "reason": ""})
        return {"type": "websocket.disconnect", "code": code}

    def _fault(self, message: dict[str, Any]) -> int | None:
        moment = time.monotonic()
        self._tokens = min(BURST, self._tokens + (moment - self._at) * FRAMES_PER_SECOND) - 1
        self._at = moment
        if self._tokens < 0:
            return POLICY
        frame = message.get("bytes") or message.get("text") or ""
        return TOO_BIG if len(frame) > FRAME_MAX else None
