"""Oneself: who the token stands for, and what one says about oneself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from quart import g

from app.api import tokens
from app.api.parsing import checked
from app.api.shapes import Cursor, Line, Prose, Sent, Shape, checked_cursor
from app.api.table import Given, operation
from app.api.users import PeoplePage, UserOut, people_page, user_out
from app.errors import NotFound
from app.users import circle, profile
from app.users.forms import ProfileForm
from app.web.context import spend, viewer
from app.web.limits import Limit
from documents import User

FIELDS = ("display_name", "signature", "bio", "website", "place")


class Unread(Shape):
    """Absolute unread numbers."""

    notifications: int
    messages: int


class Privacy(Shape):
    """Who may write, and what others see."""

    messages_from: Literal["everyone", "followed", "nobody"]
    shows_online: bool
    shows_likes: bool
    shows_read: bool


class MeOut(UserOut):
    """Your profile with what only you see. `scopes` are those of this token, `seq` is the last number of your feed."""

    display_name: str
    bio: str
    language: str
    confirmed: bool
    privacy: Privacy
    unread: Unread
    seq: int
    scopes: list[str]


class MeChange(Sent):
    """What is different from now on; what is not named stays."""

    display_name: Line | None = None
    signature: Line | None = None
    bio: Prose | None = None
    website: Line | None = None
    place: Line | None = None


class PrivacyChange(Sent):
    """The same of what others may see of you, and who may write."""

    messages_from: Literal["everyone", "followed", "nobody"] | None = None
    shows_online: bool | None = None
    shows_likes: bool | None = None
    shows_read: bool | None = Field(None, description="Read receipts, where both sides show them.")


async def _me() -> User:
    person = await User.load(viewer().me)
    if person is None:
        raise NotFound
    return person


def _privacy(person: User) -> Privacy:
    return Privacy(**{name: getattr(person, name) for name in Privacy.model_fields})


@operation("GET", "/me", "Read who you are", gives=MeOut)
async def get_me() -> MeOut:
    """Who the token stands for."""
    found, person = viewer(), await _me()
    return MeOut(
        **(await user_out(person)).model_dump(),
        display_name=person.display_name,
        bio=person.bio,
        language=person.locale,
        confirmed=found.confirmed,
        privacy=_privacy(person),
        unread=Unread(notifications=found.unread.notifications, messages=found.unread.messages),
        seq=found.seq,
        scopes=sorted(g.api_scopes),
    )


@operation("PATCH", "/me", "Change your profile", scope="write", takes=MeChange, gives=MeOut)
async def edit_me(body: MeChange) -> MeOut:
    """With the rules of the page."""
    person = await _me()
    given = body.model_dump(exclude_none=True)
    form = checked(ProfileForm, **{name: given.get(name, getattr(person, name)) for name in FIELDS})
    await spend(Limit.PROFILE)
    await profile.save(viewer(), form.written())
    return await get_me()


@operation(
    "PATCH",
    "/me/privacy",
    "Change who may write to you and what others see",
    scope="write",
    takes=PrivacyChange,
    unconfirmed=True,
    gives=Privacy,
)
async def edit_privacy(body: PrivacyChange) -> Privacy:
    """What is not named stays."""
    wanted = _privacy(await _me()).model_dump() | body.model_dump(exclude_none=True)
    await spend(Limit.PROFILE)
    await profile.save_privacy(viewer(), **wanted)
    return _privacy(await _me())


@operation("GET", "/me/blocked", "List whom you have blocked", asks=Cursor, gives=PeoplePage)
async def list_blocked(query: Cursor) -> Given:
    """The latest first."""
    return people_page(await circle.blocked(viewer(), checked_cursor(query.cursor)))


@operation("DELETE", "/me/token", "Revoke the token that is used", unconfirmed=True)
async def revoke_token() -> None:
    """It is over with this answer."""
    await tokens.revoke(viewer().me, g.api_token)
