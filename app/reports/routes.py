"""Reporting, by the people who read."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import Forbidden, Refusal
from app.people.cards import cards
from app.reports import service
from app.reports.forms import ReportForm
from app.reports.subjects import Subject, before, subject_for
from app.reports.words import REASONS
from app.web.context import page, require_login, say, shows_nothing_new, spend, status_of, to
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from documents import Report

blueprint = Blueprint("reports", __name__)
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse
EXCERPT_CHARS = 300


@blueprint.get("/report/<kind>/<oid:subject_id>")
async def ask(kind: str, subject_id: ObjectId) -> Answer:
    """The form."""
    return await _page(await _other_s(kind, subject_id), ReportForm())


async def _other_s(kind: str, id: ObjectId) -> Subject:
    subject = await subject_for(require_login(), kind, id)
    if subject.accused == require_login().id:
        raise Forbidden(Text(N_("This is your own.")))
    return subject


async def _page(subject: Subject, form: ReportForm, refusal: Refusal | None = None) -> Response:
    me = require_login().me
    earlier = await before(require_login(), subject)
    people = await cards([subject.accused, *(message.author for message in earlier)])
    pending = {"subject": subject.id, "pending": True, "reporters": me}
    return await page(
        "reports/new.html",
        status=status_of(refusal),
        subject=subject,
        author=people[subject.accused],
        earlier=[(str(message.oid), people[message.author], message.body[:EXCERPT_CHARS]) for message in earlier],
        attached=(await request.form).getlist("attach") if request.method == "POST" else [],
        reasons=REASONS,
        form=form,
        known=await Report.raw().find_one(pending, {"_id": 1}) is not None,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/report/<kind>/<oid:subject_id>")
async def send(kind: str, subject_id: ObjectId) -> Answer:
    """Report it."""
    subject = await _other_s(kind, subject_id)
    form = await ReportForm.read()
    try:
        form.check()
        await spend(Limit.REPORT)
        chosen = (await request.form).getlist("attach")
        shown = [message for message in await before(require_login(), subject) if str(message.oid) in chosen]
        added = await service.report(require_login(), subject, form.text("reason"), form.text("words"), shown)
    except Refusal as refusal:
        return await _page(subject, form, refusal)
    shows_nothing_new()
    if added:
        await say("success", N_("Thank you. Moderators will look at it, and you will hear what became of it."))
    else:
        await say("info", N_("You have reported this already. Moderators will look at it."))
    return to(subject.url)
