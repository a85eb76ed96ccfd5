"""One's own settings: of what one wants to hear and how, how one reads, and one's picture."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from quart import current_app, request

from app.api.errors import NoForm
from app.api.shapes import Line, Sent, Shape
from app.api.table import PREFIX, Given, operation
from app.avatars import routes as avatars
from app.avatars import service as pictures
from app.errors import Invalid, NotFound
from app.notifications import letters, mail_settings, settings
from app.notifications.preferences import Wish, wish_of
from app.notifications.schedule import Schedule
from app.people import look
from app.web.context import spend, viewer
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.pages import AVATAR_SIDES, picture_url
from app.web.uploads import takes_files
from documents import User
from documents.base import Raw
from documents.notification import REASONS

AVATAR = "/me/avatar"
takes_files(PREFIX + AVATAR, avatars.most)


class WishOut(Shape):
    """How you hear of one kind of thing."""

    site: bool
    email: Literal["never", "at_once", "digest"]


class WishChange(Sent):
    """What is different; what is not named stays."""

    site: bool | None = None
    email: Literal["never", "at_once", "digest"] | None = None


class DigestOut(Shape):
    """When your digests come, in your time zone; `weekday` is 0 for Monday."""

    every: Literal["daily", "weekly"]
    hour: int
    weekday: int


class DigestChange(Sent):
    """The same of when digests come."""

    every: Literal["daily", "weekly"] | None = None
    hour: int | None = Field(None, ge=0, le=23)
    weekday: int | None = Field(None, ge=0, le=6)


class WishesOut(Shape):
    """Of what you want to hear, by kind; `texts`: private messages come by e-mail with what they say."""

    kinds: dict[str, WishOut]
    digest: DigestOut
    texts: bool


class WishesChange(Sent):
    """The same of what you want to hear, and how."""

    kinds: dict[str, WishChange] = Field(default_factory=dict, max_length=len(REASONS))
    digest: DigestChange | None = None
    texts: bool | None = None


class LookOut(Shape):
    """How you read the forum; what is empty is as your device says."""

    locale: str
    theme: str
    time_zone: str


class LookChange(Sent):
    """The same of how you read."""

    locale: Line | None = None
    theme: Line | None = None
    time_zone: Line | None = None


class AvatarOut(Shape):
    """Where your picture is."""

    url: str


async def _me() -> Raw:
    found = await User.projected([viewer().me], (*letters.FIELDS, "mails_texts", "theme"), None)
    if not found:
        raise NotFound
    return found[0]


def _wishes(person: Raw) -> WishesOut:
    wished = {kind: wish_of(person, kind) for kind in REASONS}
    return WishesOut(
        kinds={kind: WishOut(site=wish.site, email=wish.email) for kind, wish in wished.items()},
        digest=DigestOut(**Schedule.of(person.get("digest")).as_stored()),
        texts=person.get("mails_texts") is True,
    )


@operation("GET", "/me/notifications", "Read of what you want to hear", gives=WishesOut)
async def get_wishes() -> WishesOut:
    """By kind and channel."""
    return _wishes(await _me())


@operation(
    "PATCH",
    "/me/notifications",
    "Choose of what you want to hear, and how",
    scope="write",
    takes=WishesChange,
    gives=WishesOut,
    unconfirmed=True,
)
async def edit_wishes(body: WishesChange) -> WishesOut:
    """A digest that waits moves with its hour."""
    person = await _me()
    wishes = {kind: _wished(wish_of(person, kind), body.kinds.get(kind)) for kind in REASONS}
    unknown = [kind for kind in body.kinds if kind not in REASONS]
    if unknown:
        raise Invalid(fields={f"kinds.{unknown[0][:40]}": Text(N_("There is no such field."))})
    before = _wishes(person)
    asked = body.digest.model_dump(exclude_none=True) if body.digest else {}
    schedule = Schedule.of(before.digest.model_dump() | asked)
    await spend(Limit.PROFILE)
    if body.kinds:
        await settings.keep(viewer(), wishes)
    if asked or body.texts is not None:
        await mail_settings.keep(viewer(), schedule, texts=before.texts if body.texts is None else body.texts)
    return await get_wishes()


def _wished(before: Wish, change: WishChange | None) -> Wish:
    given: dict[str, Any] = change.model_dump(exclude_none=True) if change else {}
    return Wish(**({"site": before.site, "email": before.email} | given))


def _look(person: Raw) -> LookOut:
    return LookOut(**{name: person.get(name) or "" for name in LookOut.model_fields})


@operation("GET", "/me/look", "Read in which language, theme and time zone you read", gives=LookOut)
async def get_look() -> LookOut:
    """As on every device."""
    return _look(await _me())


@operation(
    "PATCH",
    "/me/look",
    "Choose language, theme and time zone",
    scope="write",
    takes=LookChange,
    gives=LookOut,
    unconfirmed=True,
)
async def edit_look(body: LookChange) -> LookOut:
    """What is not named stays."""
    given = body.model_dump(exclude_none=True)
    await spend(Limit.PROFILE)
    if given:
        await look.choose(viewer(), **given)
    return await get_look()


@operation("POST", AVATAR, "Show another picture of yourself", scope="write", gives=AvatarOut, files=True)
async def put_on_avatar() -> Given:
    """A form with the field `file`, and `x`, `y` and `size` of the square that is shown, or none of them."""
    if request.mimetype != "multipart/form-data":
        raise NoForm
    await spend(Limit.AVATAR)
    file = await avatars.sent_picture()
    made, storage = current_app.extensions[avatars.PICTURES], current_app.extensions[avatars.STORAGE]
    sha256 = await pictures.put_on(made, storage, viewer(), file, avatars.crop_in(await request.form))
    return Given(AvatarOut(url=picture_url(sha256, AVATAR_SIDES[0])))


@operation("DELETE", AVATAR, "Show no picture of yourself", scope="write")
async def take_off_avatar() -> None:
    """Your initial stands there again."""
    await spend(Limit.AVATAR)
    await pictures.take_off(viewer())
