"""Passwords: Argon2id off the event loop, never more at once than the machine can hold."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts import foreign
from app.accounts.common import is_about, is_common
from app.errors import Busy, Invalid
from app.web.i18n import N_, Text

T = TypeVar("T")

PASSWORDS: Final = "quorum.passwords"
MIN_CHARS: Final = 8
MAX_CHARS: Final = 512
# More than these waiting at once is an attack or an outage: better a clear refusal than a minute of silence.
WAITING_MAX: Final = 64


class Passwords:
    """Hashes and checks, at most `concurrency` at a time: each costs 64 MiB and some 50 ms of a core."""

    def __init__(self, concurrency: int, hasher: PasswordHash | None = None) -> None:
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="argon2")
        self._hasher = hasher or PasswordHash((Argon2Hasher(),))
        # A hash that no password has, to compare with when there is no account.
        self._nobody = self._threads.submit(self._hasher.hash, secrets.token_urlsafe())
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """The Argon2id hash of a password."""
        return await self._off_loop(self._hasher.hash, prepared(password))

    async def is_right(self, password: str, stored: str | None, *, slowest: int = 0) -> bool:
        """Whether this is the password; takes as long when there is no account (`stored` is None), or one without.

        `slowest` is the greatest cost of the hashes that came from another forum, while there are any: then every check
        takes as long as one of those.
        """
        # One more than fits is enough to be wrong: nobody's password is that long.
        return await self._off_loop(self._verify, password[: MAX_CHARS + 1], stored or "", slowest)

    def _verify(self, password: str, stored: str, slowest: int) -> bool:
        usable = stored.startswith("$argon2id$")
        right = self._hasher.verify(prepared(password), stored if usable else self._nobody.result())
        brought = foreign.is_right(password, stored, slowest) and len(password) <= MAX_CHARS
        return (usable and right) or brought

    async def _off_loop(self, work: Callable[..., T], *args: str | int) -> T:
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def check_password(password: str, words: Iterable[str] = (), *, field: str = "password") -> None:
    """Long enough, not among the most common ones, not made of `words`: what others know of the person and the forum.

    No rules of composition (OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.11). `Invalid` names the field.
    """
    if len(password) < MIN_CHARS:
        raise Invalid(fields={field: Text(N_("Use at least %(count)s characters."), count=MIN_CHARS)})
    if len(password) > MAX_CHARS:
        raise Invalid(fields={field: Text(N_("Use at most %(count)s characters."), count=MAX_CHARS)})
    if is_common(password):
        raise Invalid(fields={field: Text(N_("This is one of the passwords that are guessed first."))})
    if is_about(password, words):
        text = N_("This is too close to your name, your address or the name of the forum.")
        raise Invalid(fields={field: Text(text)})


def prepared(password: str) -> str:
    """The form that is hashed: NFKC, so that every keyboard gives the same password (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
