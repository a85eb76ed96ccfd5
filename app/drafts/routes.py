"""The list of one's drafts, and what the editor sends while somebody writes."""

from __future__ import annotations

from quart import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.drafts import service, views
from app.drafts.forms import carried, whole_number
from app.drafts.places import place_from
from app.drafts.service import OtherVersion
from app.web.context import page, require_login, safe_next, say, speak_json, spend, to
from app.web.forms import clean, one_line
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from documents.draft import DRAFT_FIELDS

blueprint = Blueprint("drafts", __name__, url_prefix="/drafts")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse


@blueprint.get("")
async def listed() -> Answer:
    """What one has begun to write."""
    rows, pager = await views.draft_rows(require_login(), request.args.get("after"))
    return await page("drafts/index.html", rows=rows, pager=pager)


@blueprint.post("")
async def save() -> Answer:
    """Keep what is typed: `place`, `rev`, the fields and the key of its form.

    Gives `{"rev": …}`, or 409 with what is there.
    """
    speak_json()
    found = require_login()
    form = await request.form
    place = place_from(one_line(form.get("place")))
    fields = {name: clean(form.get(name)) for name in DRAFT_FIELDS} | carried(form)
    await spend(Limit.DRAFT)
    try:
        rev = await service.save(found, place, fields, whole_number(form.get("rev", "")) or 0)
    except OtherVersion as other:
        return _other(other)
    return jsonify(rev=rev)


def _other(other: OtherVersion) -> Response:
    there = other.draft
    answer = jsonify(
        errno=409,
        errmsg=str(other.text),
        rev=there.rev if there else 0,
        fields=there.fields if there else None,
    )
    answer.status_code = 409
    return answer


@blueprint.post("/discard")
async def discard() -> Answer:
    """Delete the draft of a `place`; back to `next`, or to the list."""
    found = require_login()
    form = await request.form
    await service.discard(found, place_from(one_line(form.get("place"))))
    await say("success", N_("Draft discarded."))
    return to(safe_next(request.args.get("next"), "/drafts"))
