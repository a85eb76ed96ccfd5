"""What an editor asks for while somebody writes: what a text will look like, and emoji by their names."""

from __future__ import annotations

import asyncio

from markupsafe import Markup
from quart import Blueprint, Response, jsonify, request

from app.comments.pages import Preview
from app.comments.routes import preview_of
from app.errors import Invalid
from app.text.language import language_of
from app.text.shortcodes import emoji_named
from app.web.context import fragment, plumbing, require_login, speak_json
from app.web.forms import clean
from app.web.i18n import N_, Text
from app.web.needs import EVERYBODY, MEMBERS, declare

blueprint = Blueprint("helping", __name__)
declare(blueprint, EVERYBODY, preview=MEMBERS)


@blueprint.post("/preview")
async def preview() -> Response:
    """`{"html", "lang", "ledger"}` of a `body`: what publishing it would give, apart from the ids of footnotes.

    `ledger` says who will be told, where the fields `draft`, `reply_to` and `board` say where it goes.
    """
    speak_json()
    require_login()
    body = clean((await request.form).get("body"))
    limit = plumbing().settings.max_body_chars
    if len(body) > limit:
        said = Text(N_("%(length)s characters; the limit is %(limit)s."), length=len(body), limit=limit)
        raise Invalid(said)
    drawn = await preview_of(body) if body.strip() else Preview(Markup())
    ledger = fragment("comments/_ledger.html", ledger=drawn.ledger) if drawn.ledger else ""
    return jsonify(html=drawn.html, lang=language_of(body), ledger=ledger)


@blueprint.get("/emoji/complete")
async def emoji() -> Response:
    """`[[name, emoji], …]`: those whose names begin with `q`, then those that have it within."""
    speak_json()
    found = await asyncio.to_thread(emoji_named, request.args.get("q", "")[:40].lower())
    answer = jsonify(found)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
