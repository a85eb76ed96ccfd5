"""Waiting for jobs."""

from __future__ import annotations

import asyncio

from quart import Quart

from app.jobs.workshop import WORKSHOP
from documents.base import Due


async def until_done(app: Quart, work: type[Due]) -> None:
    """Until nothing of this kind is left to do."""
    async with asyncio.timeout(30):
        while await work.find_all().count():
            await app.extensions[WORKSHOP].sweep(at_once=True)
            await asyncio.sleep(0.02)
