"""The page on which people say of what they want to hear, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Invalid, NotFound, Refusal
from app.events import PeopleTold
from app.notifications.preferences import ALWAYS_ON_SITE, EMAIL_WHEN, Wish, as_stored, wish_of
from app.viewer import Viewer
from app.web.context import page, require_login, say, spend, status_of, to
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from app.work import tell
from documents import User
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


@blueprint.get("/notifications")
async def show() -> Answer:
    """What is chosen."""
    person: Any = await User.raw().find_one({"_id": require_login().me}, {"notices": 1})
    if person is None:
        raise NotFound
    return await _page({kind: wish_of(person, kind) for kind in REASONS})


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
        return await _page(wishes, refusal)
    await say("success", N_("Saved."))
    return to("/settings/notifications")


async def keep(viewer: Viewer, wishes: Mapping[Reason, Wish]) -> None:
    """Of what they want to hear from now on."""
    if any(wish.email not in EMAIL_WHEN for wish in wishes.values()):
        raise Invalid(Text(N_("Please choose for each kind of notification when you want an e-mail.")))
    await User.raw().update_one({"_id": viewer.me}, {"$set": {"notices": as_stored(wishes)}})
    await tell(PeopleTold((viewer.me,)))


async def _page(wishes: Mapping[Reason, Wish], refusal: Refusal | None = None) -> Response:
    lines = [
        Line(kind, Text(label), Text(hint), wishes[kind].site, wishes[kind].email, kind in ALWAYS_ON_SITE)
        for kind, (label, hint) in LABELS.items()
    ]
    error = str(refusal.text) if refusal else None
    return await page("settings/notifications.html", status=status_of(refusal), lines=lines, error=error)
