"""What templates print of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from markupsafe import Markup

from app.people.presence import Seen
from app.web.pages import Card, KeyPager

NOTHING: Final = Markup()
Tab = Literal["topics", "commented", "comments", "likes", "followers", "following"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person shows of themselves. `website` is an http(s) address, `site` how it is read."""

    card: Card
    joined_at: datetime
    seen: Seen
    topic_count: int
    comment_count: int
    like_count: int
    follower_count: int
    following_count: int
    signature: str = ""
    bio: Markup = NOTHING
    website: str = ""
    site: str = ""
    place: str = ""
    shows_likes: bool = True
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How the viewer stands to a person: the same policy as the routes ask."""

    id: str
    known: bool = False
    me: bool = False
    message: bool = False
    follow: bool = False
    following: bool = False
    followed_by: bool = False
    block: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A comment in a list: where it stands and how it begins; `who` wrote it, where that is not said above the list."""

    topic_title: str
    url: str
    excerpt: str
    at: datetime
    like_count: int = 0
    who: Card | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list."""

    card: Card
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """One page of a list of texts."""

    rows: tuple[WrittenRow, ...]
    pager: KeyPager


@dataclass(frozen=True, slots=True)
class People:
    """One page of a list of people."""

    rows: tuple[PersonRow, ...]
    pager: KeyPager
