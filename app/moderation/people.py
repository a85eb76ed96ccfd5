"""Warning, silencing and banning people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import HiddenField, StringField

from app.accounts import banning
from app.errors import Forbidden, Invalid, NotFound, Refusal
from app.events import PersonChanged
from app.moderation import views
from app.moderation.forms import REASON_CHARS_MAX
from app.moderation.removing import SPANS, kinds_for
from app.notifications.service import notify_moderation
from app.operations.service import record, target
from app.people.cards import cards
from app.viewer import Viewer
from app.web.context import page, require_login, safe_next, say, status_of, to
from app.web.forms import AtMost, Form, Said, one_line
from app.web.i18n import N_, Text
from app.web.needs import declare, staff
from app.work import Work, together
from documents import User
from documents.clock import now

blueprint = Blueprint("sanctions", __name__, url_prefix="/users")
PERMISSION: Final = {"warn": "warn", "silence": "silence", "unsilence": "silence", "ban": "ban", "unban": "ban"}
declare(
    blueprint,
    staff("warn", "silence", "ban"),
    **{act: staff(permission) for act, permission in PERMISSION.items()},
)
Answer = Response | WerkzeugResponse
# Hours; 0 is for good, which only a ban can be.
TERMS: Final = (1, 6, 24, 3 * 24, 7 * 24, 30 * 24, 365 * 24)
ACTS: Final = ("warn", "silence", "unsilence", "ban", "unban")
DONE: Final = {
    "warn": N_("Warned. They have been told."),
    "silence": N_("Silenced. They see why and until when."),
    "unsilence": N_("They may write again."),
    "ban": N_("Banned, and logged out everywhere."),
    "unban": N_("They may log in again."),
}


class SanctionForm(Form):
    """What is done, for how many hours, and why."""

    hours = HiddenField(filters=[one_line])
    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS_MAX)])


class ReasonedForm(SanctionForm):
    """Who is warned, silenced or banned hears why."""

    reason = StringField(filters=[one_line], validators=[Said(), AtMost(REASON_CHARS_MAX)])


def may_sanction(viewer: Viewer, user: User) -> bool:
    """Moderators members, administrators also moderators; nobody themselves, and nobody an administrator."""
    if viewer.id == user.id or user.role == "admin" or not user.live:
        return False
    return user.role == "member" or viewer.may("manage_people")


async def person_to_moderate(user_id: ObjectId) -> User:
    """Somebody with whom the viewer may deal."""
    found = require_login()
    user = await User.load(user_id)
    if user is None:
        raise NotFound
    if not may_sanction(found, user):
        raise Forbidden
    return user


@blueprint.get("/<oid:user_id>/moderate")
async def moderate(user_id: ObjectId) -> Answer:
    """What can be done, and what was."""
    return await _page(await person_to_moderate(user_id))


async def _page(user: User, act: str = "", form: Form | None = None, refusal: Refusal | None = None) -> Response:
    found = require_login()
    error = form.refuse(refusal) if form is not None and refusal is not None else None
    silenced = user.silenced_until if user.silenced_until and user.silenced_until > now() else None
    return await page(
        "moderation/person.html",
        status=status_of(refusal),
        card=(await cards([user.oid]))[user.oid],
        silenced_until=silenced,
        banned=user.banned_at is not None,
        banned_until=user.banned_until,
        terms=TERMS,
        spans=SPANS,
        removes=bool(await kinds_for(found)),
        operations=await views.about(found, user.oid, concerns=True),
        act=act,
        form=form,
        typed=(await request.form) if request.method == "POST" else {},
        error=error,
    )


def _routes(act: str) -> None:
    @blueprint.post(f"/<oid:user_id>/{act}", endpoint=act)
    async def do(user_id: ObjectId) -> Answer:
        user = await person_to_moderate(user_id)
        form = await (SanctionForm if act.startswith("un") else ReasonedForm).read()
        try:
            form.check()
            await carry_out(require_login(), user, act, form.text("hours"), form.text("reason"))
        except Refusal as refusal:
            return await _page(user, act, form, refusal)
        await say("success", DONE[act])
        return to(safe_next(request.args.get("next"), f"/users/{user_id}/moderate"))


for _act in ACTS:
    _routes(_act)


async def carry_out(viewer: Viewer, user: User, act: str, hours: str, reason: str) -> None:
    """One of `ACTS`."""
    if act == "warn":
        await warn(viewer, user, reason)
    elif act == "silence":
        until = until_of(hours)
        if until is None:
            raise _choose()
        await banning.silence(viewer, user, until, reason, then=_telling(viewer, user, until, reason))
    elif act == "ban":
        await banning.ban(viewer, user, reason, until_of(hours))
    else:
        await (banning.unsilence if act == "unsilence" else banning.unban)(viewer, user, reason)


def _telling(viewer: Viewer, user: User, until: datetime, reason: str) -> banning.Then:
    """A notice that stays when the silence is over, and leads to the page with the appeal."""

    async def tell(work: Work, done: ObjectId) -> None:
        text = N_("Moderators have silenced you until %(until)s: %(reason)s")
        facts = {"until": f"{until:%Y-%m-%d %H:%M} UTC", "reason": reason}
        told: Any = {"subject": done, "actor": viewer.me, "url": f"/decisions/{done}"}
        await notify_moderation(work, user.oid, text=text, facts=facts, **told)

    return tell


def until_of(hours: str) -> datetime | None:
    """The end of a term of `TERMS`; None for good."""
    if hours == "0":
        return None
    if not hours.isdecimal() or len(hours) > 6 or int(hours) not in TERMS:
        raise _choose()
    return now() + timedelta(hours=int(hours))


def _choose() -> Invalid:
    return Invalid(fields={"hours": Text(N_("Please choose one of these."))})


async def warn(viewer: Viewer, user: User, reason: str) -> None:
    """Tell somebody that something must not happen again."""

    async def steps(work: Work) -> None:
        moment = now()
        warned = target("person", user.oid, {"warned_at": user.warned_at}, {"warned_at": moment})
        await User.raw().update_one({"_id": user.oid}, {"$set": {"warned_at": moment}}, session=work.session)
        done = await record(work, viewer, "person.warn", [warned], reason)
        work.record(PersonChanged(user.oid))
        text = N_("Moderators have warned you: %(reason)s")
        told: Any = {"subject": done, "actor": viewer.me, "url": f"/decisions/{done}"}
        await notify_moderation(work, user.oid, text=text, facts={"reason": reason}, **told)

    await together(steps, hot=(user.oid,))
