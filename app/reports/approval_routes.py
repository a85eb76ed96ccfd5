"""The page on which moderators let texts appear, or turn them down."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound, Refusal
from app.reports import approving, views
from app.reports.forms import DecisionForm
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
    follows = f"/moderation/approval?after={texts[-1].oid}" if more else None
    return await page(
        "reports/approval.html",
        status=status_of(refusal),
        rows=await views.held_rows(texts),
        pager=KeyPager(next=follows, first="/moderation/approval" if after else None),
        wrong=str(wrong or ""),
        typed=form.data if form else {},
        error=form.refuse(refusal) if refusal and form else None,
        errors=[text for field in form for text in field.errors] if form else [],
    )


@blueprint.post("/<kind>/<oid:subject_id>/approve")
async def approve(kind: str, subject_id: ObjectId) -> Answer:
    """Let it appear."""
    require_login()
    await approving.approve(viewer(), kind, subject_id)
    await say("success", N_("Approved: everybody can read it now."))
    return to("/moderation/approval")


@blueprint.post("/<kind>/<oid:subject_id>/reject")
async def reject(kind: str, subject_id: ObjectId) -> Answer:
    """Turn it down."""
    require_login()
    await approving.visible_held(viewer(), kind, subject_id)
    form = await DecisionForm.read()
    try:
        form.check()
        await approving.reject(viewer(), kind, subject_id, form.text("reason"))
    except Refusal as refusal:
        return await _page(subject_id, form, refusal)
    await say("success", N_("Turned down. The author still has the text, and your reason."))
    return to("/moderation/approval")
