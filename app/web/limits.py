"""Rate limits that hold across processes and under concurrency: counted atomically in Redis, in memory without it."""

from __future__ import annotations

import time
from enum import Enum
from typing import Final

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from app.errors import TooMany

log = structlog.get_logger()

REDIS_TIMEOUT_SECONDS: Final = 0.5
# After Redis has failed, this long is not spent on asking it again.
PAUSE_SECONDS: Final = 2.0


class Limit(Enum):
    """What is limited, and how often it may happen."""

    REGISTER = ("register", "20/hour")
    LOGIN_ADDRESS = ("login-address", "60/10minutes")
    RESEND = ("resend", "5/hour")
    FORGOT = ("forgot", "10/hour")
    RESET = ("reset", "3/hour")
    CAPTCHA = ("captcha", "60/10minutes")
    PASSWORD = ("password", "10/10minutes")
    PROOF = ("proof", "10/10minutes")
    SECOND = ("second", "10/10minutes")
    SECOND_ALL = ("second-all", "60/hour")
    PASSKEY = ("passkey", "300/10minutes")
    FACTORS = ("factors", "30/10minutes")
    TOPIC = ("topic", "10/10minutes")
    COMMENT = ("comment", "20/minute")
    EDIT = ("edit", "30/minute")
    LIKE = ("like", "60/minute")
    MESSAGE = ("message", "20/minute")
    STRANGER = ("stranger", "15/hour")
    ARCHIVE = ("archive", "5/day")
    TEST_LETTER = ("test-letter", "20/hour")
    UPLOAD = ("upload", "60/10minutes")
    AVATAR = ("avatar", "20/10minutes")
    SEARCH = ("search", "60/minute")
    RELATED = ("related", "120/minute")
    PREVIEW = ("preview", "120/minute")
    SUGGEST = ("suggest", "240/minute")
    PROFILE = ("profile", "20/10minutes")
    DRAFT = ("draft", "120/minute")
    RESCUE = ("rescue", "30/10minutes")
    FOLLOW = ("follow", "60/minute")
    REPORT = ("report", "30/hour")
    APPEAL = ("appeal", "10/hour")
    READ = ("read", "300/minute")

    @property
    def item(self) -> RateLimitItem:
        """The rule as the library takes it."""
        return _ITEMS[self]


_ITEMS: Final = {limit: parse(limit.value[1]) for limit in Limit}


class Limits:
    """The counters of this forum."""

    def __init__(self, redis_url: str | None, prefix: str, *, enabled: bool) -> None:
        self.enabled = enabled
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_storage(redis_url, prefix)) if redis_url else None
        self._paused_until = 0.0

    async def spend(self, limit: Limit, who: str) -> None:
        """Count one more; raise `TooMany` with the seconds to wait when it is one too many."""
        if not self.enabled:
            return
        limiter = self._shared if self._shared is not None and time.monotonic() >= self._paused_until else self._alone
        try:
            await self._spend(limiter, limit, who)
        except TooMany:
            raise
        except Exception as error:
            if limiter is self._alone:
                raise
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("limits.alone", error=type(error).__name__)
            await self._spend(self._alone, limit, who)

    async def _spend(self, limiter: MovingWindowRateLimiter, limit: Limit, who: str) -> None:
        name = limit.value[0]
        if not await limiter.hit(limit.item, name, who):
            window = await limiter.get_window_stats(limit.item, name, who)
            raise TooMany(int(window.reset_time - time.time()) + 1)


def _storage(redis_url: str, prefix: str) -> Storage:
    url = redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
    return RedisStorage(
        f"async+{url}",
        implementation="redispy",
        key_prefix=f"{prefix}:limits",
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
