"""Waiting for jobs, and having nobody look for any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from quart import Quart

from app.jobs.queue import Kind
from app.jobs.workshop import WORKSHOP, Workshop
from documents.base import Due


async def until_done(app: Quart, work: type[Due]) -> None:
    """Until nothing of this kind is left to do."""
    async with asyncio.timeout(30):
        while await work.find_all().count():
            await app.extensions[WORKSHOP].sweep(at_once=True)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def idle(app: Quart) -> AsyncIterator[None]:
    """Nobody looks for jobs inside; whoever was looking has finished."""
    shop: Workshop = app.extensions[WORKSHOP]
    look = shop._sweep

    async def later(kind: Kind, *, at_once: bool) -> None:
        """When it is over."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop, "_sweep", later)
        for kind in shop.jobs.kinds.values():
            await look(kind, at_once=False)
        yield
