"""What was decided, for whom it concerns; their appeal; and the queue of appeals."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound, Refusal
from app.notifications.service import read_about
from app.reports import appeals, views
from app.reports.forms import AnswerForm, AppealForm
from app.web.context import look_again, page, require_login, say, spend, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare, staff
from app.web.routing import as_id

blueprint = Blueprint("appeals", __name__)
QUEUE = staff("see_reports")
declare(blueprint, MEMBERS, index=QUEUE, grant=QUEUE, refuse=QUEUE)
Answer = Response | WerkzeugResponse


@blueprint.get("/decisions/<oid:operation_id>")
async def show(operation_id: ObjectId) -> Answer:
    """What a moderator did with a text of the viewer's, and why."""
    return await _decision(operation_id, AppealForm())


async def _decision(id: ObjectId, form: AppealForm, refusal: Refusal | None = None) -> Response:
    found = require_login()
    operation = await appeals.concerning(found, id)
    if await read_about(found, id):
        await look_again()
    return await page(
        "reports/decision.html",
        status=status_of(refusal),
        operation=operation,
        exhibit=await views.decision(operation, found.me),
        appeal=await appeals.appeal_of(found, id),
        stands=await appeals.stands(operation, found.me),
        form=form,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/decisions/<oid:operation_id>/appeal")
async def appeal(operation_id: ObjectId) -> Answer:
    """Appeal, once."""
    await appeals.concerning(require_login(), operation_id)
    form = await AppealForm.read()
    try:
        form.check()
        await spend(Limit.APPEAL)
        await appeals.appeal(viewer(), operation_id, form.text("words"))
    except Refusal as refusal:
        return await _decision(operation_id, form, refusal)
    await say("success", N_("Your appeal is with the moderators. You will hear what they decide."))
    return to(f"/decisions/{operation_id}")


@blueprint.get("/moderation/appeals")
async def index() -> Answer:
    """Those that wait, or those that were decided."""
    return await _queue()


async def _queue(wrong: ObjectId | None = None, form: Form | None = None, refusal: Refusal | None = None) -> Response:
    tab, after = request.args.get("state", "open"), request.args.get("after")
    if tab not in ("open", "settled") or (after is not None and as_id(after) is None):
        raise NotFound
    rows, pager = await views.appeals(viewer(), tab, as_id(after))
    return await page(
        "reports/appeals.html",
        status=status_of(refusal),
        rows=rows,
        pager=pager,
        tab=tab,
        wrong=str(wrong or ""),
        typed=form.data if form else {},
        error=form.refuse(refusal) if refusal and form else None,
        errors=[text for field in form for text in field.errors] if form else [],
    )


@blueprint.post("/moderation/appeals/<oid:appeal_id>/grant")
async def grant(appeal_id: ObjectId) -> Answer:
    """Bring the text back."""
    return await _judge(appeal_id, granted=True)


@blueprint.post("/moderation/appeals/<oid:appeal_id>/refuse")
async def refuse(appeal_id: ObjectId) -> Answer:
    """Leave it deleted."""
    return await _judge(appeal_id, granted=False)


async def _judge(appeal_id: ObjectId, *, granted: bool) -> Answer:
    await appeals.visible_appeal(require_login(), appeal_id)
    form = await AnswerForm.read()
    try:
        if not granted:
            form.check()
        await appeals.judge(viewer(), appeal_id, granted=granted, answer=form.text("answer")[:300])
    except Refusal as refusal:
        return await _queue(appeal_id, form, refusal)
    await say("success", N_("Appeal granted: the text is back.") if granted else N_("Appeal refused."))
    return to("/moderation/appeals")
