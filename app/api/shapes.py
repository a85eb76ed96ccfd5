"""What several parts of the API answer with, and what their queries share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Generic, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.boards.pages import BoardRef
from app.errors import Invalid
from app.web.forms import clean, one_line
from app.web.i18n import N_, Text
from app.web.keys import time_key
from app.web.pages import Card, KeyPager

T = TypeVar("T")
Line = Annotated[str, AfterValidator(one_line)]
Prose = Annotated[str, AfterValidator(clean)]
Id = Annotated[str, Field(pattern="^[0-9a-f]{24}$", examples=["65f1c0ffee65f1c0ffee65f1"])]


class Shape(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sent(BaseModel):
    """A body or a query: a field that there is not is refused, so that a slip of the pen does not pass unseen."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Page(Shape, Generic[T]):
    """One page of a list. `next` is the `cursor` of the next one; null on the last."""

    items: list[T]
    next: str | None = None


class Cursor(Sent):
    """Where a list goes on."""

    cursor: str | None = Field(None, max_length=200, description="The `next` of the page before.")


class Person(Shape):
    """Somebody. Who has left has no name any more (`gone`)."""

    id: Id
    username: str
    name: str
    role: str
    avatar: str | None = None
    gone: bool = False

    @classmethod
    def of(cls, card: Card) -> Self:
        """Out of a card."""
        return cls(
            id=card.id,
            username=card.username,
            name=card.name,
            role=card.role,
            avatar=card.avatar or None,
            gone=card.gone,
        )


class BoardName(Shape):
    """A board by name."""

    id: Id
    name: str
    closed: bool = Field(description="Only for those whose roles read closed boards.")

    @classmethod
    def of(cls, ref: BoardRef) -> Self:
        """Out of what pages show."""
        return cls(id=ref.id, name=ref.name, closed=ref.staff_only)


class Gone(Shape):
    """Why a text is not there any more."""

    by_moderator: bool
    reason: str
    at: datetime


class Error(Shape):
    """A refusal: the status once more, a sentence in the language of Accept-Language, and one for each wrong field."""

    errno: int
    errmsg: str
    fields: dict[str, str] | None = None
    incident: str | None = None


def next_of(pager: KeyPager, name: str = "after") -> str | None:
    """The cursor in the address of a next page."""
    if pager.next is None:
        return None
    return parse_qs(urlsplit(pager.next).query)[name][0]


def checked_cursor(cursor: str | None, fits: Callable[[str], object] = time_key) -> str | None:
    """The cursor; `Invalid` for what is none: the first page again would be a list without an end."""
    if cursor is not None and not fits(cursor):
        raise Invalid(fields={"cursor": Text(N_("This is no cursor of this list."))})
    return cursor
