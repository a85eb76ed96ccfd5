"""What templates print of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class Profile:
    """The head of a profile page."""

    card: Card
    joined_at: datetime
    seen_at: datetime | None
    topic_count: int
    comment_count: int
    like_count: int
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A comment in someone's list of comments: where it stands and how it begins."""

    topic_title: str
    url: str
    excerpt: str
    at: datetime
    like_count: int
