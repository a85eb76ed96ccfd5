"""/settings/tokens: making personal tokens, seeing when they were used, revoking them."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts.fresh import require_fresh
from app.api import tokens
from app.api.forms import TokenForm
from app.api.pages import TokenRow
from app.api.scopes import ALWAYS, SCOPES
from app.api.table import PREFIX
from app.errors import NotFound, Refusal
from app.security.asking import deed
from app.viewer import Viewer
from app.web.context import origin, page, require_login, say, spend, status_of, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare, needs
from app.web.withheld import unconfirmed_may
from documents import ApiToken
from documents.clock import now

blueprint = Blueprint("tokens", __name__)
declare(blueprint, MEMBERS, make=needs("use_api"))
Answer = Response | WerkzeugResponse

HOME = "/settings/tokens"


@blueprint.get(HOME)
async def listed() -> Answer:
    """One's own tokens, and the form of a new one."""
    return await _tokens_page(require_login(), TokenForm())


@blueprint.post(HOME)
async def make() -> Answer:
    """Make one. Its secret is on this answer, and nowhere else."""
    found = await require_fresh()
    form = await TokenForm.read()
    try:
        form.check()
        await spend(Limit.FACTORS)
        scopes, days = form["scopes"].data or (), int(form["days"].data or 0)
        secret = await tokens.make(found, name=form.text("name"), scopes=scopes, days=days, deed=deed("token"))
    except Refusal as refusal:
        return await _tokens_page(found, form, refusal=refusal)
    answer = await _tokens_page(found, TokenForm(), secret=secret)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post(f"{HOME}/<oid:api_token_id>/revoke")
@unconfirmed_may
async def revoke(api_token_id: ObjectId) -> Answer:
    """End it. As with log-ins, nothing has to be proved: whoever does this is in a hurry."""
    if not await tokens.revoke(require_login().me, api_token_id):
        raise NotFound
    await say("success", N_("The token is revoked. It works nowhere any more."))
    return to(HOME)


async def _tokens_page(found: Viewer, form: TokenForm, *, secret: str = "", refusal: Refusal | None = None) -> Response:
    return await page(
        "api/tokens.html",
        status=status_of(refusal),
        rows=[_row(token) for token in await tokens.tokens_of(found.me)],
        form=form,
        secret=secret,
        example=f'curl {origin()}{PREFIX}/me -H "Authorization: Bearer {secret}"',
        scopes=[(scope, about.title, about.sentence, scope == ALWAYS) for scope, about in SCOPES.items()],
        days=tokens.DAYS,
        allowed=found.may("use_api"),
        error=form.refuse(refusal) if refusal else None,
    )


def _row(token: ApiToken) -> TokenRow:
    return TokenRow(
        id=str(token.oid),
        name=token.name,
        hint=token.hint,
        scopes=tuple(SCOPES[scope].title for scope in SCOPES if scope in token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        over=token.expires_at is not None and token.expires_at <= now(),
    )
