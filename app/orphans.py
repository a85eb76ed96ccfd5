"""Transactions that a killed process has left open.

MongoDB keeps one for a minute after its client is gone, and so long nobody can write where it has written. Each process
looks for them and ends them: whoever has sent a form to the killed one can send it again after seconds.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from documents.base import Raw

log = structlog.get_logger()

# Between two commands of a transaction nothing is waited for. One that paused for so long and lives begins again.
IDLE_AFTER: Final = timedelta(seconds=2)
EVERY: Final = timedelta(seconds=2)


async def run(
    client: AsyncMongoClient[Raw], name: str, *, idle: timedelta = IDLE_AFTER, every: timedelta = EVERY
) -> None:
    """End them, until cancelled. `name` is what the clients of all processes of this forum are called."""
    while True:
        try:
            ended = await end_all(client, name, idle)
        except OperationFailure as error:
            log.warning("orphans.not_allowed", code=error.code)
            return
        except PyMongoError as error:
            log.warning("orphans.failed", error=type(error).__name__)
        else:
            if ended:
                log.warning("orphans.ended", count=ended)
        await asyncio.sleep(every.total_seconds())


async def end_all(client: AsyncMongoClient[Raw], name: str, idle: timedelta) -> int:
    """End the transactions of these clients that have done nothing for so long; gives how many."""
    micros = idle / timedelta(microseconds=1)
    which: Raw = {"type": "idleSession", "appName": name, "transaction.timeInactiveMicros": {"$gt": micros}}
    asked = await client.admin.aggregate([{"$currentOp": {"idleSessions": True}}, {"$match": which}])
    sessions = [{"id": raw["lsid"]["id"]} async for raw in asked]
    if sessions:
        await client.admin.command("killSessions", sessions)
    return len(sessions)
