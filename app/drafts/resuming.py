"""A form whose log-in has ended leads through log-in back to its editor, with all that was in it.

A log-in may have run out, or was ended by a log-out in another tab, a new password, a ban; the browser may have another
account by now. Without JavaScript a page has nothing but the form to keep the text in, so the server keeps it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from app.drafts import rescue
from app.drafts.forms import carried, whole_number
from app.drafts.places import place_from
from app.drafts.rescue import PROFILE, PROFILE_URL, Sent
from app.drafts.service import require_bounded, says_something
from app.errors import Expired, Invalid, NeedsLogin, Refusal, TooMany
from app.web.context import (
    RESCUE_COOKIE,
    cookie,
    page,
    plumbing,
    require_login,
    safe_next,
    say,
    set_cookie,
    spend,
    to,
    viewer,
    whence,
)
from app.web.csrf import marked_user
from app.web.faults import refused, typed, wants_json
from app.web.forms import clean, one_line
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.routing import as_id
from app.web.sending import SENT_BY_PAGE
from documents import Rescued
from documents.draft import DRAFT_FIELDS
from documents.rescued import RESCUED_KEPT

blueprint = Blueprint("resuming", __name__, url_prefix="/drafts")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse

PROFILE_FIELDS: Final = ("display_name", "signature", "bio", "website", "place")
NOT_SENT: Final = N_("Not sent yet: here is what you wrote before your log-in ended.")


@blueprint.app_errorhandler(NeedsLogin)
@blueprint.app_errorhandler(Expired)
async def keep_what_was_sent(refusal: Refusal) -> Answer:
    """Instead of the refusal of a form of texts. Who sent no such form is refused as ever."""
    found = await _sent_by_whom()
    if found is None:
        return await refused(refusal)
    writer, sent = found
    try:
        await spend(Limit.RESCUE, whence())
        if viewer().id == writer:
            return await _back_at_once(writer, sent)
        return await _wait_for(writer, sent)
    except Refusal as other:
        return await refused(refusal if isinstance(other, TooMany) else other)


async def _sent_by_whom() -> tuple[ObjectId, Sent] | None:
    """Whose form it is, and what is in it; None when that cannot be known, or it is sent by a script, which waits."""
    if request.method != "POST" or wants_json() or SENT_BY_PAGE in request.headers:
        return None
    try:
        form = await request.form
    except HTTPException:
        return None
    writer = as_id(marked_user(plumbing().key, form.get("writer", "")))
    sent = sent_from(request.path, form)
    return (writer, sent) if writer and sent else None


async def _back_at_once(writer: ObjectId, sent: Sent) -> Answer:
    """They are logged in again already: the form was from before."""
    if sent.place == PROFILE:
        await rescue.keep(writer, _browser(), sent)
    else:
        await rescue.restore(viewer(), sent)
        await say("info", NOT_SENT)
    return _remember(to(sent.url))


async def _wait_for(writer: ObjectId, sent: Sent) -> Answer:
    """Nobody is logged in, or somebody else: it waits for its writer, and is on the page for who is here."""
    await rescue.keep(writer, _browser(), sent)
    answer = await page(
        "drafts/ended.html",
        status=403,
        forms=True,
        kept=await typed(),
        next=sent.url,
        fields=tuple((name, value) for name, value in sent.fields.items() if value),
        place="" if sent.place == PROFILE else sent.place,
    )
    return _remember(answer)


def browser_here() -> str:
    """The name under which this browser's texts wait; empty when it has none."""
    token = cookie(RESCUE_COOKIE)
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _browser() -> str:
    """The same, with a name for a browser that has none."""
    if not cookie(RESCUE_COOKIE):
        g.rescue_token = secrets.token_urlsafe(24)
        return hashlib.sha256(g.rescue_token.encode()).hexdigest()
    return browser_here()


def _remember(answer: Answer) -> Answer:
    if "rescue_token" in g:
        set_cookie(answer, RESCUE_COOKIE, g.rescue_token, int(RESCUED_KEPT.total_seconds()))
    return answer


@blueprint.get("/resume")
async def resume() -> Answer:
    """After a log-in in a browser where something waits: to the editor with it, else to `next`."""
    found, browser = require_login(), browser_here()
    next_ = safe_next(request.args.get("next"))
    if not browser:
        return to(next_)
    url = await rescue.take(found, browser)
    if url:
        if url != PROFILE_URL:  # which says so itself
            await say("info", NOT_SENT)
    elif await Rescued.any_in(browser):
        await say("info", N_("A text that was written in this browser waits for the account it was written with."))
    answer = to(url or next_)
    if not await Rescued.any_in(browser):
        answer.delete_cookie(RESCUE_COOKIE)
    return answer


@blueprint.post("/resume")
async def go_on_here() -> Answer:
    """Make what somebody else has begun in this browser a draft of one's own: to be looked at, not sent."""
    found = require_login()
    sent = sent_from("", await request.form)
    if sent is None:
        raise Invalid
    await spend(Limit.DRAFT)
    await rescue.restore(found, sent)
    return to(sent.url)


def sent_from(path: str, form: Mapping[str, str]) -> Sent | None:
    """What a form brings that may not be lost; None when it is no form of texts, or says nothing, or too much."""
    try:
        found = _profile(form) if path == PROFILE_URL else _text(form)
        require_bounded(found.fields)
    except Invalid:
        return None
    return found if found.place == PROFILE or says_something(found.fields) else None


def _profile(form: Mapping[str, str]) -> Sent:
    fields = {name: clean(form.get(name)) for name in PROFILE_FIELDS}
    require_bounded({"body": fields["bio"], **{name: fields[name] for name in PROFILE_FIELDS if name != "bio"}})
    return Sent(PROFILE, fields)


def _text(form: Mapping[str, str]) -> Sent:
    place = place_from(one_line(form.get("draft")))
    fields = {name: clean(form.get(name)) for name in DRAFT_FIELDS}
    return Sent(str(place), fields | carried(form), whole_number(form.get("draft_rev", "")) or 0)
