"""What templates print of boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class BoardRef:
    """A board by name. `public`: guests can read it."""

    id: str
    name: str
    staff_only: bool = False
    deleted: bool = False
    public: bool = True
    archived: bool = False

    @property
    def url(self) -> str:
        """The board's page."""
        return f"/boards/{self.id}"


@dataclass(frozen=True, slots=True)
class LastTopic:
    """The topic last written in."""

    title: str
    url: str
    at: datetime
    who: Card


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A board in the list of boards. `parent` is the one it stands below, where that is there for who looks."""

    ref: BoardRef
    description: str
    topic_count: int
    comment_count: int
    last: LastTopic | None
    parent: BoardRef | None = None
