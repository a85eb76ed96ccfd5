"""Choosing how one reads the forum. Guests have a cookie (app.web.routes), who is logged in has it in the account."""

from __future__ import annotations

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound, Refusal
from app.people import look
from app.people.look import Look
from app.web.context import page, plumbing, require_login, safe_next, say, status_of, to
from app.web.front import LOCALE_COOKIE, THEME_COOKIE
from app.web.i18n import LOCALES, N_, current_locale
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.pages import THEMES
from app.web.routes import came_from, remember
from app.web.withheld import unconfirmed_may

blueprint = Blueprint("people", __name__)
declare(blueprint, MEMBERS, where=EVERYBODY)
Answer = Response | WerkzeugResponse


@blueprint.get("/settings/look")
async def where() -> Answer:
    """The choices stand among those of the account."""
    return to("/settings/account")


@blueprint.post("/settings/look")
@unconfirmed_may
async def save() -> Answer:
    """All three choices at once."""
    found, form = require_login(), await request.form
    chosen = {name: form.get(name, "") for name in ("locale", "theme", "time_zone")}
    try:
        await look.choose(found, **chosen)
    except Refusal as refusal:
        return await _again(Look(**chosen, error=str(next(iter(refusal.fields.values())))), refusal)
    current_locale.set(next((locale for locale in LOCALES if locale == chosen["locale"]), current_locale.get()))
    await say("success", N_("Saved."))
    return _remembered(to("/settings/account"), chosen["locale"], chosen["theme"])


async def _again(shown: Look, refusal: Refusal) -> Response:
    regions = look.regions(current_locale.get())
    return await page("settings/look.html", status=status_of(refusal), look=shown, regions=regions)


@blueprint.post("/language/<code>")
@unconfirmed_may
async def language(code: str) -> Answer:
    """Read the forum in this language, on every device."""
    found = require_login()
    if code not in LOCALES:
        raise NotFound
    await look.choose(found, locale=code)
    return _remembered(_back(await request.form), code, "")


@blueprint.post("/theme/<name>")
@unconfirmed_may
async def theme(name: str) -> Answer:
    """Light, dark, or what the system says, on every device."""
    found = require_login()
    if name not in THEMES:
        raise NotFound
    await look.choose(found, theme=name)
    return _remembered(_back(await request.form), "", name)


@blueprint.post("/announcement/<mark>/dismiss")
@unconfirmed_may
async def dismiss(mark: str) -> Answer:
    """Show this announcement no more, on any device. Another text has another mark."""
    found = require_login()
    if mark == plumbing().settings.announcement_mark:
        await look.put_away(found, mark)
    return _back(await request.form)


def _back(form: object) -> WerkzeugResponse:
    named = form.get("next") if hasattr(form, "get") else None
    return to(safe_next(named, came_from()))


def _remembered(response: WerkzeugResponse, locale: str, theme_: str) -> WerkzeugResponse:
    """This device shows the same when one is logged out here."""
    secure = plumbing().settings.secure
    for name, value in ((LOCALE_COOKIE, locale), (THEME_COOKIE, theme_)):
        if value:
            remember(response, name, value, secure=secure)
    return response
