"""Tries to log in, as "my log-ins" shows them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pymongo import ASCENDING, IndexModel

from documents.base import Id, Record, index


class Attempt(Record):
    """One try to log in, with the right password or not. `user` is None where nobody has the name that was typed.

    `device` is the hash of the token that a browser keeps after a log-in, `agent` its User-Agent header.
    """

    user: Id | None
    succeeded: bool
    at: datetime
    expires_at: datetime
    address: str = ""
    agent: str = ""
    device: str = ""

    class Settings:
        """Collection and indexes. MongoDB erases what is over."""

        name = "attempts"
        indexes: ClassVar[list[IndexModel]] = [
            index("user", "-at"),
            IndexModel([("expires_at", ASCENDING)], name="expires", expireAfterSeconds=0),
        ]
