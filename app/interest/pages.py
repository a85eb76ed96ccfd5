"""What templates print of bookmarks and of places that somebody watches or has muted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.boards.pages import BoardRef
from app.web.pages import Card, KeyPager


@dataclass(frozen=True, slots=True)
class Marked:
    """A bookmark: the comment with its topic."""

    id: str
    title: str
    url: str
    excerpt: str
    who: Card
    board: BoardRef
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """One page of them, the latest first."""

    rows: tuple[Marked, ...]
    pager: KeyPager


@dataclass(frozen=True, slots=True)
class Place:
    """A topic or board that somebody watches or has muted; `verb` ends that."""

    name: str
    url: str
    verb: str


@dataclass(frozen=True, slots=True)
class Eye:
    """The buttons of a place: its path and what is in force there."""

    path: str
    level: str
