"""What templates print of comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from markupsafe import Markup

from app.text.diff import Row
from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Why a text is not there (any more). `unseen` is `held` or `rejected` for what nobody else has seen."""

    by_moderator: bool
    reason: str
    at: datetime
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class ReplyRef:
    """The comment that one answers; without a number where it stands in another topic."""

    number: int | None
    url: str
    who: Card


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as drawn in its topic. `html` is empty where `tombstone` is set."""

    id: str
    number: int
    url: str
    author: Card
    created_at: datetime
    html: Markup
    edited_at: datetime | None = None
    reply_to: ReplyRef | None = None
    like_count: int = 0
    tombstone: Tombstone | None = None
    lang: str = ""

    @property
    def mark(self) -> str:
        """What tells one look of a comment from another, the same in every process."""
        looks = (self.author, self.html, self.edited_at, self.reply_to, self.like_count, self.tombstone)
        return f"{crc32(repr(looks).encode()) & 0xFFFFFF:x}"

    @property
    def opens(self) -> bool:
        """Whether this is the opening post."""
        return self.number == 1


@dataclass(frozen=True, slots=True)
class ModeratorMenu:
    """What a moderator may do with somebody else's comment, beside deleting and restoring it."""

    hold: bool = False
    decide: bool = False
    split: bool = False
    sanction: bool = False
    logins: bool = False


@dataclass(frozen=True, slots=True)
class CommentActions:
    """What the viewer may do with one comment: the same policy as the routes ask. `again`: editing sends it again."""

    id: str
    number: int
    like: bool = False
    liked: bool = False
    reply: bool = False
    edit: bool = False
    again: bool = False
    withdraw: bool = False
    delete: bool = False
    restore: bool = False
    history: bool = False
    bookmark: bool = False
    bookmarked: bool = False
    report: bool = False
    menu: ModeratorMenu | None = None


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A version of a comment, counted from 1, and how it differs from the one before."""

    number: int
    who: Card
    at: datetime
    html: Markup
    body: str
    title: str | None = None
    lang: str = ""
    reason: str = ""
    restored_from: int | None = None
    rows: tuple[Row, ...] = ()
    title_rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The names of those who will be told of a text, who cannot see where it will stand, and who want to hear less."""

    told: tuple[str, ...]
    unseen: tuple[str, ...]
    quiet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text will look like, and who will be told of it."""

    html: Markup
    ledger: Ledger | None = None
