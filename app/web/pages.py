"""View objects that every page shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

# The widths of a stored avatar in pixels, largest first: a profile on a fine screen, a profile, a line of text.
AVATAR_SIDES: Final = (384, 192, 96)
FILES_PREFIX: Final = "/files/"

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
Locale = Literal["en", "zh"]
Confirm = Literal["", "asked", "withheld"]
FlashKind = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Card:
    """A person as shown beside what they wrote. `hue` is 0-359 and picks the colour behind the initial.

    `picture` is the hash of their avatar, or empty.
    """

    id: str
    username: str
    name: str
    initial: str
    hue: int
    role: str = "member"
    gone: bool = False
    picture: str = ""

    @property
    def url(self) -> str:
        """The profile."""
        return f"/users/{self.id}"

    @property
    def avatar(self) -> str:
        """The URL of their picture, small; empty when there is none."""
        return self.avatar_at(AVATAR_SIDES[-1])

    def avatar_at(self, side: int) -> str:
        """The URL of their picture, so many pixels wide: one of `AVATAR_SIDES`."""
        return picture_url(self.picture, side) if self.picture else ""


def picture_url(sha256: str, side: int) -> str:
    """Where a picture is served; it can never be another one."""
    return f"{FILES_PREFIX}{sha256}-{side}.webp"


@dataclass(frozen=True, slots=True)
class Unread:
    """Absolute unread numbers of one person."""

    notifications: int = 0
    messages: int = 0

    def as_json(self) -> dict[str, int]:
        """The `unread` object of the websocket and the feed."""
        return {"notifications": self.notifications, "messages": self.messages}


@dataclass(frozen=True, slots=True)
class Flash:
    """One sentence about what just happened, already in the viewer's language."""

    kind: FlashKind
    text: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A bar above every page: safe HTML in the language of the viewer. `mark` differs for every other text."""

    html: str
    mark: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds the main part of a page: everything that depends on the viewer."""

    site_name: str
    locale: Locale
    theme: Theme
    path: str
    origin: str = ""
    csrf: str = ""
    writer: str = ""
    viewer: Card | None = None
    moderates: bool = False
    administers: bool = False
    parts: frozenset[str] = frozenset()
    waiting: int | None = None
    waits: tuple[int, int, int] = (0, 0, 0)
    unread: Unread = field(default_factory=Unread)
    seq: int = 0
    flashes: tuple[Flash, ...] = ()
    registration_open: bool = True
    limits_off: bool = False
    confirm: Confirm = ""
    silenced_until: datetime | None = None
    silence_reason: str = ""
    logo: str = ""
    languages: tuple[Locale, ...] = ("zh", "en")
    announcement: Announcement | None = None
    read_only: bool = False
    read_only_note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a pager; `url` is None where one already is, and `label` "…" is a gap."""

    label: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Pager:
    """Numbered pages: of a topic."""

    page: int
    pages: int
    links: tuple[Link, ...]
    newer: str | None
    older: str | None


@dataclass(frozen=True, slots=True)
class KeyPager:
    """Pages by key: of lists. Each is a URL or None at the end of the list."""

    previous: str | None = None
    next: str | None = None
    first: str | None = None
