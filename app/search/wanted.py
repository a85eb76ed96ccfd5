"""What a search asks for and what an engine answers. Another engine than MongoDB is one more class like `Engine`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bson import ObjectId

from app.text.segment import Term

Kind = Literal["all", "topics", "comments", "people", "tags"]
KINDS: tuple[Kind, ...] = ("all", "topics", "comments", "people", "tags")
Order = Literal["relevance", "newest"]
ORDERS: tuple[Order, ...] = ("relevance", "newest")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search with everything looked up: `boards` are those that the viewer may read, or the one they chose of these.

    `since` is included, `until` is not.
    """

    terms: tuple[Term, ...]
    boards: tuple[ObjectId, ...]
    kind: Kind = "all"
    author: ObjectId | None = None
    since: datetime | None = None
    until: datetime | None = None
    in_title: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every word that a text must have, each once."""
        return tuple(dict.fromkeys(token for term in self.terms for token in term.tokens))

    @property
    def exact(self) -> tuple[str, ...]:
        """What has to stand in a text just so."""
        return tuple(term.text for term in self.terms if term.exact)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of results ends: the last one on it. `score` and `moment` are those of an order by relevance.

    `moment` is when the first page was made, for which all pages are worked out.
    """

    at: datetime
    id: ObjectId
    score: int = 0
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found: a comment, or a topic that has no opening post (`comment` is None)."""

    topic: ObjectId
    comment: ObjectId | None
    number: int
    at: datetime
    score: int = 0
    more_in_topic: int = 0

    @property
    def id(self) -> ObjectId:
        """What tells it from the others."""
        return self.comment or self.topic


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results. `next` leads on; `back_to` says how far was looked when that was not to the end.

    `partly`: nothing has all of what was asked for, these have some of it.
    """

    hits: tuple[Hit, ...] = ()
    next: Place | None = None
    back_to: datetime | None = None
    partly: bool = False


class Engine(Protocol):
    """What finds texts. It gives ids only: what they are, and whether they may be seen, is read from the documents."""

    async def newest(self, wanted: Wanted, after: Place | None, limit: int) -> Found:
        """The texts that have everything, newest first."""

    async def best(self, wanted: Wanted, after: Place | None, limit: int) -> Found:
        """The same, by what one would most probably want; of each topic one text when `kind` is "all"."""

    async def related(self, title: str, boards: Sequence[ObjectId], limit: int) -> tuple[ObjectId, ...]:
        """Topics that seem to be about the same as `title`, the nearest first."""
