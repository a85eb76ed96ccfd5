"""E-mail that is to be sent: written down with what causes it, so that it is never lost, and under a key, so that it is
never sent twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pymongo import IndexModel

from documents.base import Field, Id, Record, index

LetterState = Literal["waiting", "sent", "failed", "dropped"]


class Letter(Record):
    """One e-mail to one address. `facts` are what its template prints; secrets in them are erased once it is sent.

    `once` is what makes it the same letter however often it is asked for, such as `confirm:<token id>`.
    `leased_until` belongs to the process that is sending it now; `due_at` is when to try (again).
    """

    once: str
    kind: str
    to: str
    locale: str
    user: Id | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    state: LetterState = "waiting"
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    error: str = ""

    class Settings:
        """Collection and indexes."""

        name = "letters"
        indexes: ClassVar[list[IndexModel]] = [
            index("once", unique=True),
            index("state", "due_at"),
            index("user", "-created_at"),
            index("-created_at"),
        ]
