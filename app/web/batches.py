"""Many things, a few at a time; and what a process gathers in memory and writes now and then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_parts(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Up to `size` of them at a time, in their order."""
    left = iter(things)
    while some := list(islice(left, size)):
        yield some


async def write_every(seconds: float, flush: Callable[[], Awaitable[None]]) -> None:
    """Write every so many seconds until cancelled, and once more then, for no longer than that."""
    try:
        while True:
            await asyncio.sleep(seconds)
            await flush()
    finally:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(flush(), seconds)
