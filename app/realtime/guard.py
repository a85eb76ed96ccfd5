"""Bounds on what a client may push through a websocket, before it is queued anywhere.

Quart puts every frame into a queue without a bound; a client faster than its reader would fill the memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

Scope = dict[str, Any]

FRAMES_PER_SECOND: Final = 50.0
BURST: Final = 100.0
FRAME_MAX: Final = 64 * 1024
POLICY: Final = 1008
TOO_BIG: Final = 1009


class FrameGuard:
    """The ASGI application around the websockets."""

    def __init__(self, inner: Callable[[Scope, Any, Any], Any]) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass on what keeps within the bounds."""
        await self._inner(scope, Bounded(receive, send) if scope["type"] == "websocket" else receive, send)


class Bounded:
    """Receives for one socket, with a bucket that refills; over the bound the socket is closed."""

    def __init__(self, receive: Any, send: Any) -> None:
        self._receive = receive
        self._send = send
        self._left = BURST
        self._at = time.monotonic()

    async def __call__(self) -> dict[str, Any]:
        """The next message; a disconnect when the client has gone too far."""
        message: dict[str, Any] = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        code = self._fault(message)
        if code is None:
            return message
        await self._send({"type": "websocket.close", "code": code, "reason": ""})
        return {"type": "websocket.disconnect", "code": code}

    def _fault(self, message: dict[str, Any]) -> int | None:
        moment = time.monotonic()
        self._left = min(BURST, self._left + (moment - self._at) * FRAMES_PER_SECOND) - 1
        self._at = moment
        if self._left < 0:
            return POLICY
        frame = message.get("bytes") or message.get("text") or ""
        return TOO_BIG if len(frame) > FRAME_MAX else None
