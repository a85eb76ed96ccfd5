"""What is open while the application serves, and whether it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from redis.exceptions import RedisError

ANSWER_SECONDS: Final = 2.0


@dataclass(slots=True)
class Running:
    """Clients and background tasks."""

    mongo: AsyncMongoClient[dict[str, Any]]
    redis: Redis | None
    line: Redis | None
    pool: Any
    jobs: Callable[[], Awaitable[dict[str, Any]]] | None = None
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)


async def answers(running: Running | None) -> dict[str, bool]:
    """Whether the database and Redis answer."""
    if running is None:
        return {"mongodb": False, "redis": False}
    mongo = await _answers(running.mongo.admin.command("ping"))
    return {"mongodb": mongo, "redis": running.redis is not None and await _answers(running.redis.ping())}


async def jobs(running: Running | None) -> dict[str, Any] | None:
    """What the queue of jobs says of itself; None when that cannot be found out."""
    if running is None or running.jobs is None:
        return None
    try:
        return await asyncio.wait_for(running.jobs(), ANSWER_SECONDS)
    except (PyMongoError, TimeoutError):
        return None


async def _answers(question: Any) -> bool:
    try:
        await asyncio.wait_for(question, ANSWER_SECONDS)
    except (PyMongoError, RedisError, OSError, TimeoutError):
        return False
    return True
