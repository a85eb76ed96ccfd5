"""Single-use tokens that are sent to people; only their hashes are stored."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pymongo import ASCENDING, IndexModel

from documents.base import Id, Record, index

TokenKind = Literal["confirm", "email", "restore", "reset", "undelete", "appeal"]


class Token(Record):
    """One use of one right: confirm the address `email`, change to it or back to it, set a new password. One to
    `appeal` lets somebody who is banned read why, and say something against it, as long as it is good.

    It is found by `token_hash`, is good until `expires_at`, and is used by setting `used_at` where there is none.
    """

    token_hash: str
    kind: TokenKind
    user: Id
    email: str = ""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    class Settings:
        """Collection and indexes. MongoDB erases what has been over for a day."""

        name = "tokens"
        indexes: ClassVar[list[IndexModel]] = [
            index("token_hash", unique=True),
            index("user", "kind"),
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=24 * 3600),
        ]
