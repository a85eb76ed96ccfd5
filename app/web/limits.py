"""Rate limits that hold across processes and under concurrency: counted atomically in Redis, in memory without it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final, TypeVar

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from app.errors import TooMany, duration
from app.permissions.allowances import Allowed
from app.web.i18n import N_, Text

T = TypeVar("T")
log = structlog.get_logger()

REDIS_TIMEOUT_SECONDS: Final = 0.5
# After Redis has failed, this long is not spent on asking it again.
PAUSE_SECONDS: Final = 2.0


class Limit(Enum):
    """What is limited. With a rule it is the same for everybody; else roles say how often it may happen."""

    REGISTER = ("register", "")
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
    TOPIC = ("topic", "")
    COMMENT = ("comment", "")
    EDIT = ("edit", "")
    LIKE = ("like", "")
    MESSAGE = ("message", "")
    STRANGER = ("stranger", "")
    ARCHIVE = ("archive", "5/day")
    TEST_LETTER = ("test-letter", "20/hour")
    UPLOAD = ("upload", "")
    AVATAR = ("avatar", "20/10minutes")
    SEARCH = ("search", "")
    RELATED = ("related", "120/minute")
    PREVIEW = ("preview", "120/minute")
    SUGGEST = ("suggest", "240/minute")
    PROFILE = ("profile", "")
    DRAFT = ("draft", "120/minute")
    RESCUE = ("rescue", "30/10minutes")
    FOLLOW = ("follow", "")
    REPORT = ("report", "")
    APPEAL = ("appeal", "10/hour")
    READ = ("read", "300/minute")
    SEND = ("send", "")

    @property
    def kind(self) -> str:
        """What is counted: for one that roles carry, its name in app.permissions.catalogue."""
        return str(self.value[0])

    @classmethod
    def of(cls, kind: str) -> Limit:
        """The one of this kind."""
        return next(limit for limit in cls if limit.kind == kind)

    def item(self, allowed: Allowed | None) -> RateLimitItem:
        """The rule as the library takes it."""
        return _FIXED[self] if allowed is None else ByRole(allowed.most, allowed.allowance.seconds)


class ByRole(RateLimitItemPerSecond):
    """So many in so many seconds. How many is no part of the key: who gets another role goes on where they were."""

    def key_for(self, *identifiers: bytes | str | float) -> str:
        """Where it is counted."""
        return "/".join([self.namespace, *map(str, identifiers), str(self.multiples)])


_FIXED: Final = {limit: parse(limit.value[1]) for limit in Limit if limit.value[1]}


class Limits:
    """The counters of this forum."""

    def __init__(self, redis_url: str | None, prefix: str, *, enabled: bool) -> None:
        self.enabled = enabled
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_storage(redis_url, prefix)) if redis_url else None
        self._paused_until = 0.0

    async def spend(self, limit: Limit, who: str, allowed: Allowed | None = None) -> None:
        """Count one more; raise `TooMany` with the seconds to wait when it is one too many.

        `allowed` is what the roles of `who` say, of a limit that roles carry.
        """
        if self.enabled:
            await self._either(lambda limiter: _spend(limiter, limit, who, allowed))

    async def used(self, limit: Limit, who: str, allowed: Allowed) -> tuple[int, int]:
        """How many of `allowed` are used, and in how many seconds the first of them counts no more."""
        if not self.enabled:
            return 0, 0
        item = limit.item(allowed)
        window = await self._either(lambda limiter: limiter.get_window_stats(item, limit.kind, who))
        used = item.amount - window.remaining
        return used, max(0, int(window.reset_time - time.time()) + 1) if used else 0

    async def _either(self, ask: Callable[[MovingWindowRateLimiter], Awaitable[T]]) -> T:
        """What Redis says; what this process knows while Redis does not answer, or when there is none."""
        limiter = self._shared if self._shared is not None and time.monotonic() >= self._paused_until else self._alone
        try:
            return await ask(limiter)
        except TooMany:
            raise
        except Exception as error:
            if limiter is self._alone:
                raise
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("limits.alone", error=type(error).__name__)
            return await ask(self._alone)


async def _spend(limiter: MovingWindowRateLimiter, limit: Limit, who: str, allowed: Allowed | None) -> None:
    item = limit.item(allowed)
    if not await limiter.hit(item, limit.kind, who):
        window = await limiter.get_window_stats(item, limit.kind, who)
        seconds = int(window.reset_time - time.time()) + 1
        raise TooMany(seconds, _sentence(allowed, seconds) if allowed else None)


def _sentence(allowed: Allowed, seconds: int) -> Text:
    said = N_("%(what)s: at most %(most)s in %(window)s. Please try again in %(wait)s.")
    what, window = Text(allowed.allowance.title), duration(allowed.allowance.seconds)
    return Text(said, what=what, most=allowed.most, window=window, wait=duration(max(1, seconds)))


def _storage(redis_url: str, prefix: str) -> Storage:
    url = redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
    return RedisStorage(
        f"async+{url}",
        implementation="redispy",
        key_prefix=f"{prefix}:limits",
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
