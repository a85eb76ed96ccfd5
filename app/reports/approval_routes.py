"""The page on which moderators let texts appear, or turn them down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound, Refusal
from app.reports import approving, views
from app.reports.forms import DecisionForm
from app.reports.latest import latest_of
from app.web.context import page, require_login, say, status_of, to, viewer
from app.web.i18n import N_
from app.web.needs import declare, staff
from app.web.pages import KeyPager
from app.web.routing import as_id

blueprint = Blueprint("approval", __name__, url_prefix="/moderation/approval")
declare(blueprint, staff("approve"))
Answer = Response | WerkzeugResponse


@blueprint.get("")
async def index() -> Answer:
    """Those that wait, oldest first."""
    return await _page()


async def _page(
    wrong: ObjectId | None = None, form: DecisionForm | None = None, refusal: Refusal | None = None
) -> Response:
    after = request.args.get("after")
    if after is not None and as_id(after) is None:
        raise NotFound
    texts, more = await approving.waiting(viewer(), as_id(after))
    rows = await views.held_rows(texts)
    follows = f"/moderation/approval?after={texts[-1].oid}" if more else None
    return await page(
        "reports/approval.html",
        status=status_of(refusal),
        rows=rows,
        latest=await latest_of(viewer()),
        pager=KeyPager(next=follows, first="/moderation/approval" if after else None),
        wrong=str(wrong or ""),
        typed=form.data if form else {},
        error=form.refuse(refusal) if refusal and form else None,
        errors=[text for field in form for text in field.errors] if form else [],
    )


@blueprint.post("/<kind>/<oid:subject_id>/approve")
async def approve(kind: str, subject_id: ObjectId) -> Answer:
    """Let it appear."""

    async def do(form: DecisionForm) -> None:
        await approving.approve(viewer(), kind, subject_id, form.seen_edits)

    return await _decide(subject_id, do, N_("Approved: everybody can read it now."))


@blueprint.post("/<kind>/<oid:subject_id>/reject")
async def reject(kind: str, subject_id: ObjectId) -> Answer:
    """Turn it down."""

    async def do(form: DecisionForm) -> None:
        await approving.reject(viewer(), kind, subject_id, form.text("reason"), form.seen_edits)

    return await _decide(subject_id, do, N_("Rejected. The author still has the text, and your reason."))


async def _decide(subject_id: ObjectId, do: Callable[[DecisionForm], Awaitable[None]], done: str) -> Answer:
    """Do it, or show the queue again with why not: an author may have been faster."""
    require_login()
    form = await DecisionForm.read()
    try:
        form.check()
        await do(form)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(subject_id, form, refusal)
    await say("success", done)
    return to("/moderation/approval")


@blueprint.get("/<kind>/<oid:subject_id>/hold")
async def ask_hold(kind: str, subject_id: ObjectId) -> Answer:
    """Ask once, and for a reason."""
    return await _hold_page(await approving.holdable(require_login(), kind, subject_id), DecisionForm())


async def _hold_page(text: approving.Held, form: DecisionForm, refusal: Refusal | None = None) -> Response:
    (row,) = await views.held_rows([text])
    error = form.refuse(refusal) if refusal else None
    return await page("reports/hold.html", status=status_of(refusal), row=row, form=form, error=error)


@blueprint.post("/<kind>/<oid:subject_id>/hold")
async def hold(kind: str, subject_id: ObjectId) -> Answer:
    """Take it out of sight until it is approved."""
    text = await approving.holdable(require_login(), kind, subject_id)
    form = await DecisionForm.read()
    try:
        form.check()
        await approving.hold(viewer(), kind, subject_id, form.text("reason"))
    except Refusal as refusal:
        return await _hold_page(text, form, refusal)
    await say("success", N_("On hold: only its author and moderators see it until it is approved."))
    return to(f"/{text.kind}s/{text.oid}")
