"""The one page for who is banned: why, until when, and an appeal. Who has shown who they are gets its address."""

from __future__ import annotations

from quart import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts import banning, tokens
from app.accounts.refusals import Banned, LinkOver
from app.errors import NotFound, Refusal
from app.reports import appeals, decisions
from app.reports.appeal_routes import SENT, decision_page
from app.reports.forms import AppealForm
from app.web.context import page, say, spend, to, whence
from app.web.limits import Limit
from app.web.needs import EVERYBODY, declare
from documents import Operation, User

blueprint = Blueprint("shut_out", __name__, url_prefix="/banned")
declare(blueprint, EVERYBODY)
Answer = Response | WerkzeugResponse


async def _who(token: str) -> User:
    """Whose address this is, as long as they are banned; `LinkOver` for all others."""
    found = await tokens.found(token, "appeal")
    user = await User.load(found.user) if found else None
    if user is None or user.banned_at is None:
        raise LinkOver
    return user


@blueprint.get("/<token>")
async def show(token: str) -> Answer:
    """Why, and the form."""
    return await _page(token, await _who(token), AppealForm())


async def _page(token: str, user: User, form: AppealForm, refusal: Refusal | None = None) -> Response:
    operation = await decisions.ban_of(user)
    if operation is None:
        return await page("reports/banned.html", sentence=banning.sentence(user) or Banned.default)
    return await decision_page(operation, user.oid, form, refusal, action=f"/banned/{token}/appeal")


@blueprint.post("/<token>/appeal")
async def appeal(token: str) -> Answer:
    """Appeal, once."""
    form = await AppealForm.read()
    try:
        user = await _who(token)
    except LinkOver:
        return await page("reports/banned.html", status=404, typed=form.text("words"))
    operation = await _ban(user)
    try:
        form.check()
        await spend(Limit.APPEAL, str(user.oid))
        await spend(Limit.APPEAL, whence())
        await appeals.appeal(user.oid, operation.oid, form.text("words"))
    except Refusal as refusal:
        return await _page(token, user, form, refusal)
    await say("success", SENT)
    return to(f"/banned/{token}")


async def _ban(user: User) -> Operation:
    found = await decisions.ban_of(user)
    if found is None:
        raise NotFound
    return found
