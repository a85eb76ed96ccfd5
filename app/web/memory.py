"""What is remembered for minutes, such as a captcha's answer: in Redis for all processes, in this one without it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

T = TypeVar("T")
log = structlog.get_logger()

# After Redis has failed, this long is not spent on asking it again.
PAUSE_SECONDS: Final = 2.0
KEPT_ALONE: Final = 20_000


class Alone:
    """Values with an end, in this process; those not touched for longest go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Any, float]] = OrderedDict()

    def get(self, key: str) -> Any:
        """The value, or None."""
        value, until = self._kept.get(key, (None, 0.0))
        return value if until > time.monotonic() else None

    def put(self, key: str, value: Any, seconds: float) -> None:
        """Keep a value for so long."""
        self._kept[key] = (value, time.monotonic() + seconds)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_ALONE:
            self._kept.popitem(last=False)

    def pop(self, key: str) -> Any:
        """The value, which is then gone."""
        value = self.get(key)
        self._kept.pop(key, None)
        return value

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


class Memory:
    """Short-lived values of this forum. Everything is one atomic command or script, so that it is exact for all."""

    def __init__(self, redis: Redis | None, prefix: str) -> None:
        self.prefix = prefix
        self.alone = Alone()
        self._redis = redis
        self._paused_until = 0.0

    async def put(self, key: str, value: str, seconds: int) -> None:
        """Keep a value for so long."""
        await self.either(
            lambda redis: redis.set(self._named(key), value, ex=seconds),
            lambda: self.alone.put(key, value, seconds),
        )

    async def take(self, key: str) -> str | None:
        """The value for whoever is first; None for everybody after that."""
        found = await self.either(lambda redis: redis.getdel(self._named(key)), lambda: self.alone.pop(key))
        return found.decode() if isinstance(found, bytes) else found

    async def script(self, text: str, keys: list[str], *args: int) -> Any:
        """Run a Lua script in Redis; raises `RedisError` or `OSError`. For use within `either`."""
        assert self._redis is not None
        named = [self._named(key) for key in keys]
        return await self._redis.eval(text, len(named), *named, *map(str, args))

    async def either(self, shared: Callable[[Redis], Awaitable[T]], alone: Callable[[], T]) -> T:
        """What Redis says; what this process knows while Redis does not answer, or when there is none."""
        if self._redis is not None and time.monotonic() >= self._paused_until:
            try:
                return await shared(self._redis)
            except (RedisError, OSError) as error:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                log.warning("memory.alone", error=type(error).__name__)
        return alone()

    def forget(self) -> None:
        """As in a new process."""
        self.alone.clear()
        self._paused_until = 0.0

    def _named(self, key: str) -> str:
        return f"{self.prefix}:{key}"
