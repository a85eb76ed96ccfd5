"""What templates print of drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.drafts.places import Kind


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list. `where` is the name of its place; empty when it is not there any more, or not for them."""

    place: str
    kind: Kind
    url: str
    where: str
    title: str
    body: str
    excerpt: str
    at: datetime
    rev: int
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a form says of its draft: the place, the version it was filled from (0: none), and when that was kept.

    `once` is the key of the form that it was kept from; `known`, of one that was refused, what its writer had seen.
    """

    place: str
    rev: int = 0
    at: datetime | None = None
    once: str = ""
    known: str = ""
