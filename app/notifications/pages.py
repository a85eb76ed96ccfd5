"""What templates and the feed print of notifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.web.pages import Card
from documents.notification import EmailWhen, Reason
from documents.notification import Kind as StoredKind

Kind = Reason | Literal["hidden"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of a person's numbered feed. `hidden` stands for one that may not be seen (any more).

    `besides` are the further reasons for it. Of likes, `people` are named and `others` counted; what moderators did has
    nobody, and a `text`. `topic` is the id of the topic it is about.
    """

    id: str
    seq: int
    kind: Kind
    at: datetime
    read: bool
    actor: Card | None = None
    title: str = ""
    url: str = ""
    excerpt: str = ""
    besides: tuple[Reason, ...] = ()
    people: tuple[Card, ...] = ()
    others: int = 0
    text: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Notices about one topic, or about none: the newest, and how many there are besides. `more` leads to all."""

    topic: str
    title: str
    notices: tuple[Notice, ...]
    unread: int
    others: int
    more: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of somebody's feed, with how it was told. `gone`: what it is about is not there (any more)."""

    notice: Notice
    kind: StoredKind
    site: bool
    gone: bool
    read_at: datetime | None
    pushed_at: datetime | None
    email: EmailWhen
    emailed_at: datetime | None
    email_skipped: str
    awaits_email: bool
    gathered: bool
    moved_to: int | None
