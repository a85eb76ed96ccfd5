"""What a process that has just come does about what others left."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from bson import ObjectId

from app.jobs import workshop
from app.jobs.queue import Jobs, Kind
from app.jobs.workshop import Workshop
from documents.clock import now
from tests.scripts.processes import LONGEST


async def test_who_has_just_come_looks_at_once_for_what_others_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before anybody looks again, and also for what has only just become due."""
    monkeypatch.setattr(workshop, "SWEEP_SECONDS", 10 * LONGEST)
    left = [ObjectId()]
    due, done = now(), asyncio.Event()

    async def do(id: ObjectId) -> None:
        left.remove(id)
        done.set()

    async def waiting(since: datetime, most: int) -> list[ObjectId]:
        return left[:most] if due <= since else []

    shop = Workshop(Jobs(None, "jobs", (Kind("letter", 60, do, waiting),)), lambda: None)
    working = asyncio.create_task(shop.run())
    try:
        async with asyncio.timeout(LONGEST):
            await done.wait()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert left == []
