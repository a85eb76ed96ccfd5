"""Who is here: one Redis key a person, which vanishes by itself, and never more exact than a word.

Requests and open websockets only note a name in this process; every few seconds the names are written in one batch.
Without Redis nobody is shown as online, and what remains is the day on which they were last seen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

import structlog
from bson import ObjectId
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.web import pace
from app.web.batches import in_parts
from app.web.i18n import current_zone, zone_of
from documents import User
from documents.clock import now

log = structlog.get_logger()

PRESENCE: Final = "quorum.presence"
WRITE_SECONDS: Final = 5.0
# A person is online for this long after the last sign of them; a tab that is open gives one at least once in `AGAIN`.
ONLINE_SECONDS: Final = 150
AGAIN_SECONDS: Final = 60.0
NOTED_MAX: Final = 50_000
LOOKED_AT_ONCE: Final = 250
# One command for all of those, with one answer.
WRITE: Final = "for _, key in ipairs(KEYS) do redis.call('SET', key, '1', 'EX', ARGV[1]) end"
WEEK: Final = timedelta(days=7)

Seen = Literal["online", "today", "week", ""]


class Presence:
    """Signs of life of this process, and everybody's out of Redis; `connected` names those with a websocket here."""

    def __init__(self, redis: Redis | None, prefix: str, connected: Callable[[], Iterable[ObjectId]]) -> None:
        self._redis = redis
        self._prefix = prefix
        self._connected = connected
        self._noted: set[ObjectId] = set()
        self._written: dict[ObjectId, float] = {}

    def note(self, person: ObjectId) -> None:
        """Somebody has asked for something."""
        if len(self._noted) < NOTED_MAX:
            self._noted.add(person)

    async def run(self) -> None:
        """Write every few seconds until cancelled."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write the signs of those who have given none for a while."""
        moment = time.monotonic()
        waiting = (*self._noted, *self._connected())
        self._noted.clear()
        if self._redis is None:
            return
        await self._forget(moment)
        try:
            for some in in_parts(waiting, LOOKED_AT_ONCE):
                fresh = [person for person in some if person not in self._written]
                if fresh:
                    await self._write(self._redis, fresh)
                    self._written.update(dict.fromkeys(fresh, moment))
                await pace.rest()
        except (RedisError, OSError) as error:
            log.warning("presence.not_written", error=type(error).__name__)

    async def _forget(self, moment: float) -> None:
        """Who was written a while ago is written again when they give another sign."""
        for some in in_parts(list(self._written.items()), LOOKED_AT_ONCE):
            for person, at in some:
                if moment - at >= AGAIN_SECONDS - WRITE_SECONDS:
                    del self._written[person]
            await pace.rest()

    async def _write(self, redis: Redis, people: list[ObjectId]) -> None:
        keys = [self._key(person) for person in people]
        await redis.eval(WRITE, len(keys), *keys, ONLINE_SECONDS)

    async def online_among(self, people: Iterable[ObjectId]) -> set[ObjectId]:
        """Those who are here, asked for in one batch. Who shows it is for the caller to know."""
        wanted = list(people)
        if not wanted or self._redis is None:
            return set()
        try:
            found = await self._redis.mget([self._key(person) for person in wanted])
        except (RedisError, OSError):
            return set()
        return {person for person, sign in zip(wanted, found, strict=True) if sign is not None}

    async def seen(self, person: User) -> Seen:
        """When they were last here, in a word; nothing at all when they do not show it."""
        if not person.shows_online or not person.live:
            return ""
        if person.oid in await self.online_among([person.oid]):
            return "online"
        return _word(person.seen_at)

    def _key(self, person: ObjectId) -> str:
        return f"{self._prefix}:here:{person}"


def _word(seen_at: datetime | None) -> Seen:
    """The day, on the calendar of who is looking, or the week."""
    if seen_at is None or now() - seen_at > WEEK:
        return ""
    zone = zone_of(current_zone.get())
    return "today" if seen_at.astimezone(zone).date() == now().astimezone(zone).date() else "week"
