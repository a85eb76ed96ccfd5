"""Between the two steps of a log-in. Kept in MongoDB, not in Redis: it says that a password was right."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from app.accounts.logins import TOKEN_BYTES, hashed
from documents import Pending, User
from documents.clock import now

COOKIE: Final = "quorum_pending"
COOKIE_PATH: Final = "/login"
LASTS: Final = timedelta(minutes=10)


async def pend(user: User, *, remembered: bool, next_: str) -> str:
    """Remember that this person's password was right; gives the token for the browser's cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    raw = Pending(
        token_hash=hashed(token),
        user=user.oid,
        stamp=stamp_of(user),
        remembered=remembered,
        next=next_,
        created_at=moment,
        expires_at=moment + LASTS,
    ).as_stored()
    await Pending.raw().insert_one(raw)
    return token


def stamp_of(user: User) -> str:
    """What changes with the password."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()


async def who_waits(token: str) -> tuple[Pending, User] | None:
    """The log-in that waits for its second step, and whose it is; None when it is over, or the password is another."""
    pending = await Pending.by_hash(hashed(token)) if token else None
    user = await User.load(pending.user) if pending else None
    if pending is None or user is None or not user.live or stamp_of(user) != pending.stamp:
        return None
    return pending, user
