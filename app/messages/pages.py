"""What templates print of private messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in the inbox or among the sent ones."""

    id: str
    title: str
    other: Card
    excerpt: str
    at: datetime
    message_count: int
    unread: int
    mine: bool
    blocked: bool = False

    @property
    def url(self) -> str:
        """The thread."""
        return f"/messages/{self.id}"


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a thread."""

    id: str
    number: int
    author: Card
    mine: bool
    at: datetime
    html: Markup
    fresh: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation with one window of its messages, oldest first."""

    id: str
    title: str
    other: Card
    messages: tuple[MessageView, ...]
    older: str | None = None
    newer: str | None = None
    may_reply: bool = True
    blocked: bool = False
