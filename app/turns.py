"""Turns at documents that many write to at once: whoever came first goes first, instead of being in each other's way.

Only for smoothness: MongoDB refuses the second of two transactions that write to one document, so what is stored is
right without turns too, as it has to be for several processes. But the refused one begins again, and among many who do
that the unlucky ones wait for long.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Final
from weakref import WeakValueDictionary

from bson import ObjectId

# Then one goes ahead without: what holds the turn for so long is a database that does not answer.
WAIT_SECONDS: Final = 5.0

# A lock is here as long as somebody has it or waits for it.
_locks: WeakValueDictionary[ObjectId, asyncio.Lock] = WeakValueDictionary()


@contextlib.asynccontextmanager
async def turn_at(documents: Iterable[ObjectId]) -> AsyncIterator[None]:
    """One's turn at all of these, in the order of their ids, so that two cannot wait for each other."""
    async with contextlib.AsyncExitStack() as held:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                for document in sorted(set(documents)):
                    await held.enter_async_context(_locks.setdefault(document, asyncio.Lock()))
        yield
