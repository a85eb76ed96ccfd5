"""What templates and the feed print of notifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.web.pages import Card

Kind = Literal["mention", "reply", "watch", "message", "follow", "hidden"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of a person's numbered feed. `hidden` stands for one that may not be seen any more."""

    id: str
    seq: int
    kind: Kind
    at: datetime
    read: bool
    actor: Card | None = None
    title: str = ""
    url: str = ""
    excerpt: str = ""
