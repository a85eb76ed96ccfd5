"""What templates print of topics and the comments in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.boards.pages import BoardRef
from app.comments.pages import CommentView, Tombstone
from app.interest.pages import Eye
from app.markers.pages import TopicFacts
from app.web.pages import Card, KeyPager, Pager

Sort = Literal["active", "new", "hot", "unanswered", "unread"]
# For everybody; "unread" is each one's own.
SORTS: tuple[Sort, ...] = ("active", "new", "hot", "unanswered")


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in a list. `participants` are at most four, the author first. `folded`: the author is blocked."""

    id: str
    title: str
    url: str
    board: BoardRef
    tags: tuple[str, ...]
    author: Card
    last: Card
    last_at: datetime
    last_url: str
    reply_count: int
    view_count: int
    participants: tuple[Card, ...]
    deleted: bool = False
    locked: bool = False
    pinned: bool = False
    folded: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class TopicList:
    """One page of a list of topics. `facts` say of each row whether it is unread."""

    rows: tuple[TopicRow, ...]
    sort: Sort
    sorts: tuple[tuple[Sort, str], ...]
    pager: KeyPager
    show_board: bool = True
    facts: tuple[TopicFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicHead:
    """What stands above the conversation."""

    id: str
    url: str
    title: str
    board: BoardRef
    tags: tuple[str, ...]
    author: Card
    created_at: datetime
    reply_count: int
    view_count: int
    tombstone: Tombstone | None = None
    locked: bool = False
    pinned: bool = False
    slow_seconds: int = 0
    lang: str = ""
    active_at: datetime | None = None
    old: bool = False


@dataclass(frozen=True, slots=True)
class MovedLine:
    """Stands where comments were that have gone: before the comment with number `before`; where that is 0, last."""

    before: int
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class TopicPage:
    """One window of a topic: the part that is the same for everyone who may read it."""

    head: TopicHead
    comments: tuple[CommentView, ...]
    pager: Pager
    version: int = 0
    last_number: int = 0
    per_page: int = 0
    moved: tuple[MovedLine, ...] = ()
    unseen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicActions:
    """What the viewer may do with the topic."""

    id: str
    edit: bool = False
    delete: bool = False
    restore: bool = False
    withdraw: bool = False
    again: bool = False
    arrange: bool = False
    eye: Eye | None = None
    places: tuple[tuple[str, bool], ...] = ()
