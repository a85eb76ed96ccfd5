"""The page on which people say of what they want to hear, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from babel.dates import get_day_names
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Invalid, NotFound, Refusal
from app.events import PeopleTold
from app.notifications import letters
from app.notifications.letters import zone_for
from app.notifications.preferences import ALWAYS_ON_SITE, EMAIL_WHEN, Wish, as_stored, wish_of
from app.notifications.reachable import trouble_of
from app.notifications.schedule import Schedule
from app.viewer import Viewer
from app.web.context import page, require_login, say, spend, status_of, to
from app.web.i18n import N_, Text, current_locale
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.templating import BABEL_LOCALE
from app.web.withheld import unconfirmed_may
from app.work import tell
from documents import User
from documents.base import Raw
from documents.notification import REASONS, Reason

blueprint = Blueprint("notification_settings", __name__, url_prefix="/settings")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse

# What it is called, and what has to be known of it.
LABELS: Final[Mapping[Reason, tuple[str, str]]] = {
    "mention": (N_("Mentions"), N_("Somebody writes @ and your name.")),
    "reply": (N_("Replies"), N_("Somebody answers what you wrote.")),
    "quote": (N_("Quotes"), N_("Somebody quotes what you wrote.")),
    "message": (N_("Messages"), N_("They are always in your inbox; here you choose whether they also pop up.")),
    "like": (N_("Likes received"), N_("All likes of one text are one notification.")),
    "follow": (N_("Followers"), N_("Somebody follows you.")),
    "watch": (N_("Watched topics"), N_("Something new in a topic that you watch.")),
    "watch_board": (N_("Watched boards"), N_("Something new in a board that you watch.")),
    "moderation": (N_("Moderation"), N_("What moderators did with your texts or your account; always shown here.")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of notification as the form shows it."""

    kind: Reason
    label: Text
    hint: Text
    site: bool
    email: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """How e-mail comes, as the form shows it. `trouble` is what the server says of an address that refuses it."""

    address: str
    confirmed: bool
    schedule: Schedule
    texts: bool
    zone: str
    trouble: str


@blueprint.get("/notifications")
async def show() -> Answer:
    """What is chosen."""
    person = await _person()
    return await settings_page({kind: wish_of(person, kind) for kind in REASONS})


@blueprint.post("/notifications")
@unconfirmed_may
async def save() -> Answer:
    """Save it."""
    found = require_login()
    form = await request.form
    wishes = {
        kind: Wish(
            site=kind in ALWAYS_ON_SITE or form.get(f"site_{kind}") == "1",
            email=form.get(f"email_{kind}", ""),
        )
        for kind in REASONS
    }
    try:
        await spend(Limit.PROFILE)
        await keep(found, wishes)
    except Refusal as refusal:
        return await settings_page(wishes, refusal)
    await say("success", N_("Saved."))
    return to("/settings/notifications")


async def keep(viewer: Viewer, wishes: Mapping[Reason, Wish]) -> None:
    """Of what they want to hear from now on."""
    if any(wish.email not in EMAIL_WHEN for wish in wishes.values()):
        raise Invalid(Text(N_("Please choose for each kind of notification when you want an e-mail.")))
    await User.raw().update_one({"_id": viewer.me}, {"$set": {"notices": as_stored(wishes)}})
    await tell(PeopleTold((viewer.me,)))


async def settings_page(
    wishes: Mapping[Reason, Wish] | None = None, refusal: Refusal | None = None, schedule: Schedule | None = None
) -> Response:
    """Both forms, with what was sent where something was wrong with it."""
    person = await _person()
    wished = wishes or {kind: wish_of(person, kind) for kind in REASONS}
    lines = [
        Line(kind, Text(label), Text(hint), wished[kind].site, wished[kind].email, kind in ALWAYS_ON_SITE)
        for kind, (label, hint) in LABELS.items()
    ]
    said = str(refusal.text) if refusal else None
    return await page(
        "settings/notifications.html",
        status=status_of(refusal),
        lines=lines,
        mail=_mail(person, schedule),
        days=_days(),
        error=said if wishes is not None else None,
        mail_error=said if wishes is None else None,
    )


async def _person() -> Raw:
    fields = (*letters.FIELDS, "mails_texts")
    found = await User.projected([require_login().me], fields, None)
    if not found:
        raise NotFound
    return found[0]


def _mail(person: Raw, schedule: Schedule | None) -> Mail:
    return Mail(
        address=person.get("email") or "",
        confirmed=person.get("email_confirmed_at") is not None,
        schedule=schedule or Schedule.of(person.get("digest")),
        texts=person.get("mails_texts") is True,
        zone=zone_for(person) or "UTC",
        trouble=trouble_of(person),
    )


def _days() -> list[str]:
    """The days of the week, from Monday."""
    return [get_day_names(locale=BABEL_LOCALE[current_locale.get()])[day] for day in range(7)]
