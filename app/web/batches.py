"""What a process gathers in memory and writes now and then, many at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable


async def write_every(seconds: float, flush: Callable[[], Awaitable[None]]) -> None:
    """Write every so many seconds until cancelled, and once more then, for no longer than that."""
    try:
        while True:
            await asyncio.sleep(seconds)
            await flush()
    finally:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(flush(), seconds)
