"""Private messages: conversations, who is in them, and what was said."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from documents.base import Field, Id, Record, SoftDeleted, index, only_strings
from documents.upload import by_uploads


class Conversation(Record):
    """A thread of private messages with a title."""

    title: str
    started_by: Id
    members: list[Id]
    created_at: datetime
    active_at: datetime
    last_number: int = 1
    last_author: Id
    excerpt: str = ""
    cleared_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "conversations"
        indexes: ClassVar = [index("members")]


class Membership(Record):
    """A person's side of a conversation: what they have read, and what they have deleted for themselves.

    Messages up to `cleared_to` are gone for this person. `deleted_at` takes the thread out of their lists until
    something new is said.
    """

    conversation: Id
    user: Id
    read_to: int = 0
    unread: int = 0
    cleared_to: int = 0
    received_at: datetime | None = None
    sent_at: datetime | None = None
    deleted_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "memberships"
        indexes: ClassVar = [
            index("conversation", "user", unique=True),
            index("user", "deleted_at", "-received_at", "-_id"),
            index("user", "deleted_at", "-sent_at", "-_id"),
            index("user", "unread", where={"unread": {"$gt": 0}}),
        ]


class Message(SoftDeleted):
    """One numbered text of a conversation. It is soft-deleted once every member has deleted it."""

    conversation: Id
    number: int
    author: Id
    body: str
    html: str
    renderer: int
    created_at: datetime
    once: str | None = None
    uploads: list[Id] = Field(default_factory=list)

    class Settings:
        """Collection and indexes."""

        name = "messages"
        indexes: ClassVar = [
            index("conversation", "number", unique=True),
            index("author", "once", unique=True, where=only_strings("once")),
            index("deleted_at"),
            by_uploads(),
        ]
