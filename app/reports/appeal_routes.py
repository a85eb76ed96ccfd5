"""What was decided, for whom it concerns; their appeal; and the queue of appeals."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.avatars.routes import STORAGE
from app.errors import NotFound, Refusal
from app.files.storage import Storage
from app.notifications.service import read_about
from app.people.cards import cards
from app.reports import appeal_views, appeals, decisions
from app.reports.forms import AnswerForm, AppealForm
from app.uploads.inspecting import inspected
from app.web.context import look_again, page, plumbing, require_login, say, spend, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare, staff
from app.web.routing import as_id
from app.web.withheld import unconfirmed_may
from documents import Operation

blueprint = Blueprint("appeals", __name__)
QUEUE = staff("see_reports")
SENT = N_("Your appeal is with the moderators. You will hear what they decide.")
declare(blueprint, MEMBERS, index=QUEUE, file=QUEUE, grant=QUEUE, refuse=QUEUE)
Answer = Response | WerkzeugResponse


@blueprint.get("/decisions")
async def mine() -> Answer:
    """All that moderators have decided about the viewer and what they wrote."""
    return await page("reports/decisions.html", decisions=await appeal_views.decisions(require_login().me))


@blueprint.get("/decisions/<oid:operation_id>")
async def show(operation_id: ObjectId) -> Answer:
    """What a moderator did with a text of the viewer's or with them, and why."""
    return await _decision(operation_id, AppealForm())


async def _decision(id: ObjectId, form: AppealForm, refusal: Refusal | None = None) -> Response:
    found = require_login()
    operation = await decisions.concerning(found.me, id)
    if await read_about(found, id):
        await look_again()
    return await decision_page(operation, found.me, form, refusal, action=f"/decisions/{id}/appeal")


async def decision_page(
    operation: Operation, person: ObjectId, form: AppealForm, refusal: Refusal | None, *, action: str
) -> Response:
    """A decision with the appeal against it, or the form for one, which is sent to `action`."""
    by = operation.actor if plumbing().settings.names_moderators else None
    return await page(
        "reports/decision.html",
        status=status_of(refusal),
        forms=True,
        decision=appeal_views.quarrel(operation, (await cards([by]))[by] if by else None),
        exhibit=await appeal_views.decision(operation, person),
        appeal=await appeals.appeal_of(person, operation.oid),
        stands=await decisions.stands(operation, person),
        action=action,
        form=form,
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("/decisions/<oid:operation_id>/appeal")
@unconfirmed_may
async def appeal(operation_id: ObjectId) -> Answer:
    """Appeal, once; also for who may not write otherwise."""
    me = require_login().me
    await decisions.concerning(me, operation_id)
    form = await AppealForm.read()
    try:
        form.check()
        await spend(Limit.APPEAL)
        await appeals.appeal(me, operation_id, form.text("words"))
    except Refusal as refusal:
        return await _decision(operation_id, form, refusal)
    await say("success", SENT)
    return to(f"/decisions/{operation_id}")


@blueprint.get("/moderation/appeals")
async def index() -> Answer:
    """Those that wait, or those that were decided."""
    return await _queue()


async def _queue(wrong: ObjectId | None = None, form: Form | None = None, refusal: Refusal | None = None) -> Response:
    tab, after = request.args.get("state", "open"), request.args.get("after")
    if tab not in ("open", "settled") or (after is not None and as_id(after) is None):
        raise NotFound
    rows, pager = await appeal_views.appeals(viewer(), tab, as_id(after))
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


@blueprint.get("/moderation/appeals/<oid:appeal_id>/files/<oid:upload_id>")
async def file(appeal_id: ObjectId, upload_id: ObjectId) -> Answer:
    """A file that the appeal is about, as long as it is not decided."""
    storage: Storage = current_app.extensions[STORAGE]
    return await inspected(storage, await appeals.file_in(viewer(), appeal_id, upload_id))


@blueprint.post("/moderation/appeals/<oid:appeal_id>/grant")
async def grant(appeal_id: ObjectId) -> Answer:
    """Take back what was done."""
    return await _judge(appeal_id, granted=True)


@blueprint.post("/moderation/appeals/<oid:appeal_id>/refuse")
async def refuse(appeal_id: ObjectId) -> Answer:
    """Leave it as it is."""
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
    await say("success", N_("Appeal granted: what it was about is undone.") if granted else N_("Appeal refused."))
    return to("/moderation/appeals")
