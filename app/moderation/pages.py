"""What templates print of moderation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class Choosable:
    """A comment that can be ticked."""

    number: int
    author: Card
    at: datetime
    excerpt: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One window of the comments that can be ticked."""

    rows: tuple[Choosable, ...]
    following: str = ""
    first: str = ""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What an operation was done to, and a link to it where there is one."""

    kind: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OperationRow:
    """A line of the log. `actor` is None for a script; `address` is empty for who may not see it.

    `further` are targets that are named when one asks, `more` is how many there are beside all these; `no_way` says why
    it cannot be undone, where that is worth saying.
    """

    id: str
    verb: str
    label: str
    actor: Card | None
    at: datetime
    targets: tuple[TargetRow, ...]
    people: tuple[Card, ...]
    changes: tuple[Change, ...]
    reason: str = ""
    address: str = ""
    further: tuple[TargetRow, ...] = ()
    more: int = 0
    undo: bool = False
    no_way: str = ""
    undone_at: datetime | None = None
    is_undo: bool = False
    is_redo: bool = False
