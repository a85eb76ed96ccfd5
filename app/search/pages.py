"""What templates print of a search."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from app.boards.pages import BoardRef
from app.search.wanted import Kind, Order
from app.web.pages import Card, KeyPager


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A text that was found, with what was searched for marked in its title and in some lines of it."""

    title: Markup
    url: str
    lang: str
    board: BoardRef
    tags: tuple[str, ...]
    author: Card
    at: datetime
    number: int
    snippet: Markup
    snippet_lang: str
    reply_count: int
    like_count: int
    more_in_topic: int = 0
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag and how many topics have it, counted up to a bound."""

    name: str
    topic_count: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results. `back_to` says how far was looked when that was not to the end."""

    rows: tuple[ResultRow, ...] = ()
    people: tuple[Card, ...] = ()
    tags: tuple[TagRow, ...] = ()
    pager: KeyPager = field(default_factory=KeyPager)
    partly: bool = False
    back_to: datetime | None = None

    @property
    def found(self) -> bool:
        """Whether there is anything."""
        return bool(self.rows or self.people or self.tags)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The page: what was asked for, in which ways it can be asked otherwise, and the results (None before a search)."""

    text: str
    kind: Kind
    order: Order
    values: dict[str, str]
    kinds: tuple[tuple[Kind, str], ...]
    orders: tuple[tuple[Order, str], ...]
    boards: tuple[BoardRef, ...]
    notes: tuple[str, ...]
    results: Results | None
    catching_up: int | None = None


@dataclass(frozen=True, slots=True)
class RelatedTopic:
    """A topic that may be about the same as the one that is being written."""

    title: str
    url: str
    lang: str
    board: BoardRef
    at: datetime
    reply_count: int
