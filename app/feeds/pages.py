"""What a feed says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class Entry:
    """A text in a feed. `id` names it for ever, `url` is a path, `html` is as it was rendered for our own pages."""

    id: str
    title: str
    url: str
    html: str
    author: Card
    published: datetime
    updated: datetime
    tags: tuple[str, ...] = ()
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, newest first: `path` is its own, `page` that of the same for people. `since`: it has been there since."""

    path: str
    page: str
    title: str
    entries: tuple[Entry, ...]
    since: datetime

    @property
    def updated(self) -> datetime:
        """When anything in it was last changed."""
        return max((entry.updated for entry in self.entries), default=self.since)
