"""What templates print of private messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from markupsafe import Markup

from app.text.diff import Row
from app.web.pages import Card
from documents.message import MessageKind


@dataclass(frozen=True, slots=True)
class Line:
    """What has happened in a group: who did it, with whom, or the new title."""

    kind: MessageKind
    who: Card
    whom: tuple[Card, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in one of the lists. `faces` are the people to draw, `more` how many are not among them."""

    id: str
    title: str
    faces: tuple[Card, ...]
    more: int
    excerpt: str
    at: datetime
    message_count: int
    unread: int
    mine: bool
    last: Card | None = None
    line: Line | None = None
    group: bool = False
    muted: bool = False
    blocked: bool = False
    left: bool = False

    @property
    def url(self) -> str:
        """The thread."""
        return f"/messages/{self.id}"


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a thread. `line` stands for a text where something has happened; `folded`: by somebody blocked.
    `removed`: moderators have, and the text is left out.
    """

    id: str
    number: int
    author: Card
    mine: bool
    at: datetime
    html: Markup
    fresh: bool = False
    lang: str = ""
    edited_at: datetime | None = None
    may_edit: bool = False
    line: Line | None = None
    folded: bool = False
    removed: bool = False

    @property
    def mark(self) -> str:
        """What tells one look of a message from another, the same in every process."""
        looks = (self.author, self.html, self.edited_at, self.may_edit, self.line, self.folded, self.removed)
        return f"{crc32(repr(looks).encode()) & 0xFFFFFF:x}"


@dataclass(frozen=True, slots=True)
class Seen:
    """Up to which of one's own messages others have read, and who; nothing where nobody shows it."""

    number: int
    who: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation with one window of its messages, oldest first. `last` is its last number that the viewer may see.

    `other` is the other person where it is none of a `group`; `inviter` sent a `request`, which may be `declined`.
    """

    id: str
    title: str
    other: Card
    members: tuple[Card, ...]
    messages: tuple[MessageView, ...]
    version: int
    last: int
    group: bool = False
    started_by: str = ""
    manages: bool = False
    left: bool = False
    muted: bool = False
    archived: bool = False
    declined: bool = False
    request: bool = False
    inviter: Card | None = None
    seen: Seen | None = None
    older: str | None = None
    newer: str | None = None
    may_reply: bool = True
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that was searched for; `title` and `snippet` are marked."""

    url: str
    title: Markup
    snippet: Markup
    author: Card
    at: datetime
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One text that a message had, counted from 1, and how it differs from the one before."""

    number: int
    at: datetime
    html: Markup
    rows: tuple[Row, ...] = ()
    lang: str = ""
