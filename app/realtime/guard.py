"""The ASGI application around the websockets: one that the forum has ended is really over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final

Scope = dict[str, Any]

DRAIN_SECONDS: Final = 3.0


class Drained:
    """Takes what still comes after the application has gone."""

    def __init__(self, inner: Callable[[Scope, Any, Any], Any]) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass on; a websocket that is left with the client still there is emptied."""
        if scope["type"] != "websocket":
            await self._inner(scope, receive, send)
            return
        left = False

        async def noting() -> Any:
            nonlocal left
            message = await receive()
            left = message["type"] == "websocket.disconnect"
            return message

        await self._inner(scope, noting, send)
        if not left:
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
