"""Log-ins. The cookie carries a random token; only its hash is stored."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from documents.base import Id, Record, index


class Login(Record):
    """One browser that is logged in, until `expires_at` or `ended_at`.

    With `idle_seconds` each use moves `expires_at` that far ahead again, up to the bound in app.accounts.logins.
    `authenticated_at` is when the person proved once more who they are, after logging in.
    """

    token_hash: str
    user: Id
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    remembered: bool = False
    idle_seconds: int = 0
    ended_at: datetime | None = None
    authenticated_at: datetime | None = None
    address: str = ""
    agent: str = ""

    class Settings:
        """Collection and indexes."""

        name = "sessions"
        indexes: ClassVar = [index("token_hash", unique=True), index("user", "ended_at"), index("expires_at")]
