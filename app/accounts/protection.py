"""How often one may try: failed log-ins per address and account, sign-ups per address.

A try is counted before the password is looked at, by one atomic script, so that of fifty at once exactly as many get
through as may; it is taken back when it turns out right. Accounts are counted by what was typed, a name or an address
alike, whether there is such an account or not: that nobody's lock shows whose address belongs to which name.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.web.memory import Memory

Verdict = Literal["go", "captcha", "locked"]


@dataclass(frozen=True, slots=True)
class Rule:
    """After `free` failures a captcha is asked, after `most` nothing goes for `lock` seconds; then the captcha stays.

    All is forgotten `keep` seconds after the last. `everywhere` failures of one account from all addresses together
    make the captcha asked from everybody, who is never locked out by others.
    """

    free: int
    most: int
    lock: int
    keep: int
    everywhere: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try. `failures` count it already; `wait` is in seconds, when it is locked."""

    verdict: Verdict
    failures: int = 0
    wait: int = 0


# The owner's notes: the captcha after 3, five minutes of rest after 5.
LOGIN: Final = Rule(free=3, most=5, lock=300, keep=3600, everywhere=100)
SIGNUP_KEEP_SECONDS: Final = 3600
ENDLESS: Final = 10**9

# KEYS: [1] of this address and account {n, until}, [2] of the account from everywhere. Times are in ms of Redis' clock.
TRY: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local solved, free, most, lock, keep, everywhere =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
local rests = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
if rests > now then return {'locked', n, rests - now} end
if n >= most then n = free end
local all = tonumber(redis.call('GET', KEYS[2]) or '0')
if solved == 0 and (n >= free or all >= everywhere) then return {'captcha', n, 0} end
n = n + 1
redis.call('HSET', KEYS[1], 'n', n, 'until', n >= most and now + lock or 0)
redis.call('PEXPIRE', KEYS[1], keep)
if redis.call('INCR', KEYS[2]) == 1 then redis.call('PEXPIRE', KEYS[2], keep) end
return {'go', n, 0}
"""
# ARGV: 1 when all failures of this address are forgiven, 0 for the last one alone.
FORGIVE: Final = """
local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
local by = ARGV[1] == '1' and n or math.min(n, 1)
if by == n then redis.call('DEL', KEYS[1]) else redis.call('HSET', KEYS[1], 'n', n - by, 'until', 0) end
if by > 0 and tonumber(redis.call('GET', KEYS[2]) or '0') >= by then redis.call('DECRBY', KEYS[2], by) end
return 0
"""
LOOK: Final = "return tonumber(redis.call('HGET', KEYS[1], 'n') or '0')"


class Tries:
    """The counters of one rule. `subject` and `whence` are hashed: nobody's name or address stands in Redis."""

    def __init__(self, memory: Memory, name: str, rule: Rule) -> None:
        self._memory = memory
        self._name = name
        self._rule = rule

    async def begin(self, subject: str, whence: str, *, solved: bool) -> Tried:
        """Count a try, unless it has to wait or a captcha that is not `solved` comes first."""
        rule, keys = self._rule, self._keys(subject, whence)
        args = (int(solved), rule.free, rule.most, rule.lock * 1000, rule.keep * 1000, rule.everywhere)

        async def shared(_: Any) -> Tried:
            verdict, failures, wait = await self._memory.script(TRY, keys, *args)
            return Tried(verdict.decode(), int(failures), -(-int(wait) // 1000))

        return await self._memory.either(shared, lambda: self._begin_alone(keys, solved=solved))

    async def forgive(self, subject: str, whence: str, *, all_of_them: bool = False) -> None:
        """Take the last try back, or every failure of this address when it was the right one."""
        keys = self._keys(subject, whence)

        async def shared(_: Any) -> None:
            await self._memory.script(FORGIVE, keys, int(all_of_them))

        await self._memory.either(shared, lambda: self._forgive_alone(keys, all_of_them=all_of_them))

    async def wants_captcha(self, subject: str, whence: str) -> bool:
        """Whether the next try has to bring a captcha, for showing it in the form at once."""
        keys = self._keys(subject, whence)

        async def shared(_: Any) -> int:
            return int(await self._memory.script(LOOK, keys))

        failures = await self._memory.either(shared, lambda: (self._memory.alone.get(keys[0]) or (0, 0.0))[0])
        return failures >= self._rule.free

    def _keys(self, subject: str, whence: str) -> list[str]:
        # The braces keep both on one node of a cluster.
        account = f"tries:{self._name}:{{{_hashed(subject)}}}"
        return [f"{account}:{_hashed(whence)}", account]

    def _begin_alone(self, keys: list[str], *, solved: bool) -> Tried:
        rule, alone, now = self._rule, self._memory.alone, time.monotonic()
        n, rests = alone.get(keys[0]) or (0, 0.0)
        if rests > now:
            return Tried("locked", n, int(rests - now) + 1)
        n = rule.free if n >= rule.most else n
        everywhere = alone.get(keys[1]) or 0
        if not solved and (n >= rule.free or everywhere >= rule.everywhere):
            return Tried("captcha", n)
        alone.put(keys[0], (n + 1, now + rule.lock if n + 1 >= rule.most else 0.0), rule.keep)
        alone.put(keys[1], everywhere + 1, rule.keep)
        return Tried("go", n + 1)

    def _forgive_alone(self, keys: list[str], *, all_of_them: bool) -> None:
        alone, rule = self._memory.alone, self._rule
        n, _ = alone.get(keys[0]) or (0, 0.0)
        by = n if all_of_them else min(n, 1)
        alone.put(keys[0], (n - by, 0.0), rule.keep)
        alone.put(keys[1], max(0, (alone.get(keys[1]) or 0) - by), rule.keep)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def login_tries(memory: Memory) -> Tries:
    """Failed log-ins. These hold whatever the settings say of limits."""
    return Tries(memory, "login", LOGIN)


def signups(memory: Memory, free: int) -> Tries:
    """Sign-ups of one address: so many an hour without a captcha."""
    return Tries(memory, "signup", Rule(free, ENDLESS, 0, SIGNUP_KEEP_SECONDS, ENDLESS))
