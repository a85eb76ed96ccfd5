"""The e-mail page of the administration."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.mail import box
from app.mail.composing import Composer
from app.web.context import page, plumbing, say, spend, to, viewer
from app.web.forms import one_line
from app.web.guards import CSP
from app.web.i18n import N_, current_locale
from app.web.limits import Limit
from app.web.needs import declare, staff
from app.web.routing import as_id
from documents.letter import STATES

blueprint = Blueprint("admin_mail", __name__, url_prefix="/admin/mail")
declare(blueprint, staff("manage_mail"))
Answer = Response | WerkzeugResponse

QUERY_CHARS: Final = 254
# What an e-mail may do on a page: be looked at. Its styles are its own, as they are in mail programs.
LETTER_CSP: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@blueprint.get("")
async def letters() -> Answer:
    """What went out, what waits, what failed."""
    asked = request.args.get("state")
    state = next((known for known in STATES if known == asked), None)
    to = one_line(request.args.get("to"))[:QUERY_CHARS]
    found, pager = await box.rows(state, to, as_id(request.args.get("before")))
    settings = plumbing().settings
    return await page(
        "admin/mail.html",
        letters=found,
        state=state,
        asked=to,
        pager=pager,
        served=settings.smtp_url is not None,
        states=STATES,
    )


@blueprint.post("/test")
async def test() -> Answer:
    """One to oneself."""
    await spend(Limit.TEST_LETTER)
    address = await box.write_test(viewer(), current_locale.get())
    await say("success", N_("A test e-mail to %(address)s is on its way."), address=address)
    return to("/admin/mail")


@blueprint.get("/<oid:letter_id>")
async def letter(letter_id: ObjectId) -> Answer:
    """One of them."""
    response = await page("admin/letter.html", letter=await _shown(letter_id))
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


async def _shown(letter_id: ObjectId) -> box.Shown:
    settings = plumbing().settings
    return await box.shown(viewer(), letter_id, Composer(plumbing().templates, settings), settings)


@blueprint.get("/<oid:letter_id>/html")
async def letter_html(letter_id: ObjectId) -> Answer:
    """Its HTML, for a frame that can do nothing."""
    found = await _shown(letter_id)
    headers = {"Content-Security-Policy": LETTER_CSP, "Cache-Control": "no-store"}
    return Response(found.html, content_type="text/html; charset=utf-8", headers=headers)


@blueprint.post("/<oid:letter_id>/retry")
async def retry(letter_id: ObjectId) -> Answer:
    """Try it once more."""
    await box.send_again(letter_id)
    await say("success", N_("The e-mail is tried again now."))
    return to(f"/admin/mail/{letter_id}")
