"""Whom people follow, and whom they want to hear nothing of."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Id, Record, index


class Follow(Record):
    """`user` follows `person`."""

    user: Id
    person: Id
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "follows"
        indexes: ClassVar[list[IndexModel]] = [
            index("user", "person", unique=True),
            index("person", "-created_at", "-_id"),
            index("user", "-created_at", "-_id"),
        ]


class Block(Record):
    """`user` has blocked `person`: no mention or message of theirs gets through, and what they write is folded away."""

    user: Id
    person: Id
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "blocks"
        indexes: ClassVar[list[IndexModel]] = [
            index("user", "person", unique=True),
            index("person"),
            index("user", "-created_at", "-_id"),
        ]
