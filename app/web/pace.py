"""Work for many people at once, in slices: between two of them, whoever asks for a page has their turn."""

from __future__ import annotations

import asyncio
import time
from typing import Final

# Of a thousand who are told of something, a request in the same moment waits for one slice at each of its own steps.
SLICE_SECONDS: Final = 0.001
# So many are handed something in one slice, where what they do with it cannot be timed from here.
TOLD_AT_ONCE: Final = 8

_rested_at = 0.0


async def rest() -> None:
    """A turn for everybody else, if there was none for a slice; called after each piece of the work."""
    global _rested_at
    if time.perf_counter() - _rested_at > SLICE_SECONDS:
        await asyncio.sleep(0)
        _rested_at = time.perf_counter()


async def rest_after(told: int) -> None:
    """A turn for everybody else after every few who were told, for what they do with it."""
    if told % TOLD_AT_ONCE == 0:
        await asyncio.sleep(0)
