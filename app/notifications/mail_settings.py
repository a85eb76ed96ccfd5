"""When digests come, whether private messages come with their text, and sending again to an address that refused."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Invalid, Refusal
from app.notifications import letters
from app.notifications.schedule import EVERY, Schedule
from app.notifications.settings import settings_page
from app.viewer import Viewer
from app.web.context import require_login, say, spend, to
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from app.work import Work, together
from documents import User

blueprint = Blueprint("mail_settings", __name__, url_prefix="/settings/notifications")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse
NUMBER_CHARS_MAX: Final = 2


@blueprint.post("/email")
@unconfirmed_may
async def save() -> Answer:
    """Keep it; a digest that waits comes at the new hour."""
    found, form = require_login(), await request.form
    try:
        await spend(Limit.PROFILE)
        schedule = _chosen(form.get("every", ""), form.get("hour", ""), form.get("weekday", ""))
        await keep(found, schedule, texts=form.get("texts") == "1")
    except Refusal as refusal:
        return await settings_page(refusal=refusal)
    await say("success", N_("Saved."))
    return to("/settings/notifications")


def _chosen(every: str, hour: str, weekday: str) -> Schedule:
    schedule = Schedule.of({"every": every, "hour": _number(hour), "weekday": _number(weekday)})
    if every not in EVERY or schedule.hour != _number(hour) or schedule.weekday != _number(weekday):
        raise Invalid(Text(N_("Please choose when you want your digests.")))
    return schedule


def _number(text: str) -> int:
    """-1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_CHARS_MAX else -1


async def keep(viewer: Viewer, schedule: Schedule, *, texts: bool) -> None:
    """From now on."""

    async def steps(work: Work) -> None:
        chosen = {"digest": schedule.as_stored(), "mails_texts": texts}
        await User.raw().update_one({"_id": viewer.me}, {"$set": chosen}, session=work.session)
        await letters.reschedule(work, viewer.me)

    await together(steps)


@blueprint.post("/resume")
@unconfirmed_may
async def resume() -> Answer:
    """Send to the address again, although it has refused."""
    found = require_login()
    await spend(Limit.PROFILE)
    await User.raw().update_one({"_id": found.me}, {"$set": {"mail_trouble": {}}})
    await say("success", N_("The next e-mail is sent to you again."))
    return to("/settings/notifications")
