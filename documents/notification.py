"""Notifications: the numbered feed of each person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from bson import ObjectId

from documents.base import Id, Record, index

Reason = Literal["mention", "reply", "watch", "message", "follow"]
BELL: tuple[Reason, ...] = ("mention", "reply", "watch", "follow")


class Notification(Record):
    """One event for one person. (user, subject) is unique: a retry or a second edit tells nobody twice.

    `seq` has no gaps within a person. `subject` is the comment or message it is about, or who follows; `withdrawn_at`
    is set while that is not there. Private messages are numbered here too, but counted and listed in the inbox, not in
    the bell.
    """

    user: Id
    seq: int
    kind: Reason
    reasons: list[Reason]
    subject: Id
    actor: Id
    topic: Id | None = None
    number: int | None = None
    conversation: Id | None = None
    created_at: datetime
    unread: bool = True
    read_at: datetime | None = None
    withdrawn_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "notifications"
        indexes: ClassVar = [
            index("user", "seq", unique=True),
            index("user", "subject", unique=True),
            index("user", "withdrawn_at", "kind", "unread"),
            index("subject"),
            index("topic"),
            index("conversation"),
        ]

    @classmethod
    async def after(cls, user: ObjectId, seq: int, limit: int) -> list[Notification]:
        """Up to `limit` events after `seq`, oldest first."""
        return await cls.find({"user": user, "seq": {"$gt": int(seq)}}).sort("seq").limit(limit).to_list()
