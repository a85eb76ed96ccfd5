"""The queue of moderators: what was reported, and a decision for each by one key or button."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound, Refusal
from app.reports import service, views
from app.reports.forms import DecisionForm, NoteForm
from app.reports.latest import latest_of
from app.reports.service import Verdict
from app.reports.words import REASONS
from app.web.context import page, require_login, say, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_
from app.web.needs import declare, staff
from app.web.routing import as_id

blueprint = Blueprint("report_queue", __name__, url_prefix="/moderation/reports")
declare(blueprint, staff("see_reports"))
Answer = Response | WerkzeugResponse
BY_RULE = N_("A rule for words")
DONE = {
    "accept": N_("Decided: the report was right."),
    "keep": N_("Decided: nothing wrong here."),
    "defer": N_("Put aside for later."),
}


@blueprint.get("")
async def index() -> Answer:
    """What is open, put aside or settled."""
    return await _page()


async def _page(wrong: ObjectId | None = None, form: Form | None = None, refusal: Refusal | None = None) -> Response:
    tab = request.args.get("state", "open")
    after = request.args.get("after")
    if tab not in views.TABS or (after is not None and as_id(after) is None):
        raise NotFound
    rows, pager = await views.reports(viewer(), tab, as_id(after))
    if wrong is not None and all(row.id != str(wrong) for row in rows):
        rows = [await views.report_row(viewer(), await service.visible_report(viewer(), wrong)), *rows]
    return await page(
        "reports/queue.html",
        status=status_of(refusal),
        rows=rows,
        pager=pager,
        latest=await latest_of(viewer()),
        tab=tab,
        reasons={**REASONS, "words": BY_RULE},
        wrong=str(wrong or ""),
        typed=form.data if form else {},
        error=form.refuse(refusal) if refusal and form else None,
        errors=[text for field in form for text in field.errors] if form else [],
    )


async def _decide(report_id: ObjectId, verdict: Verdict) -> Answer:
    await service.visible_report(require_login(), report_id)
    form = await DecisionForm.read()
    try:
        form.check()
        await service.decide(viewer(), report_id, verdict, form.text("reason"))
    except Refusal as refusal:
        return await _page(report_id, form, refusal)
    await say("success", DONE[verdict])
    return to("/moderation/reports")


def _verdict(verdict: Verdict) -> None:
    @blueprint.post(f"/<oid:report_id>/{verdict}", endpoint=verdict)
    async def settle(report_id: ObjectId) -> Answer:
        return await _decide(report_id, verdict)


for _each in ("accept", "keep", "defer"):
    _verdict(_each)


@blueprint.post("/<oid:report_id>/take")
async def take(report_id: ObjectId) -> Answer:
    """Look after it oneself."""
    await service.take(require_login(), report_id, taken=True)
    return to(_back(report_id))


@blueprint.post("/<oid:report_id>/leave")
async def leave(report_id: ObjectId) -> Answer:
    """Leave it to others."""
    await service.take(require_login(), report_id, taken=False)
    return to(_back(report_id))


@blueprint.post("/<oid:report_id>/note")
async def note(report_id: ObjectId) -> Answer:
    """A note for the others."""
    await service.visible_report(require_login(), report_id)
    form = await NoteForm.read()
    try:
        form.check()
        await service.note(viewer(), report_id, form.text("words"))
    except Refusal as refusal:
        return await _page(report_id, form, refusal)
    return to(_back(report_id))


def _back(report_id: ObjectId) -> str:
    return f"/moderation/reports#r-{report_id}"
