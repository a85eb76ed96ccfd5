"""What belongs to no feature: preferences without JavaScript, and health."""

from __future__ import annotations

import json
from typing import cast
from urllib.parse import urlsplit

from quart import Blueprint, Response, current_app, jsonify, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.web import csrf
from app.web.context import RUNNING, YEAR_SECONDS, own_origins, page, plumbing, safe_next, to
from app.web.front import ANNOUNCEMENT_COOKIE, LOCALE_COOKIE, THEME_COOKIE
from app.web.health import Running, answers, jobs
from app.web.i18n import LOCALES
from app.web.needs import EVERYBODY, declare
from app.web.pages import THEMES

blueprint = Blueprint("web", __name__)
declare(blueprint, EVERYBODY)

# The paper of the light theme: static/css/app/00-tokens.css.
PAPER = "#fcfaf6"


@blueprint.get("/language/<code>")
async def language(code: str) -> WerkzeugResponse:
    """Read the forum in this language from now on."""
    if code not in LOCALES:
        raise NotFound
    return _prefer(LOCALE_COOKIE, code)


@blueprint.get("/theme/<name>")
async def theme(name: str) -> WerkzeugResponse:
    """Light, dark, or what the system says."""
    if name not in THEMES:
        raise NotFound
    return _prefer(THEME_COOKIE, name)


@blueprint.get("/keys")
async def keys() -> Response:
    """The keys for reading; on other pages a dialog shows this one."""
    return await page("help/keys.html", keep=("keys",))


@blueprint.get("/announcement/<mark>/dismiss")
async def dismiss(mark: str) -> WerkzeugResponse:
    """Do not show it in this browser any more. Another text has another mark."""
    if mark != plumbing().settings.announcement_mark:
        return to(safe_next(request.args.get("next"), came_from()))
    return _prefer(ANNOUNCEMENT_COOKIE, mark)


def _prefer(cookie: str, value: str) -> WerkzeugResponse:
    response = to(safe_next(request.args.get("next"), came_from()))
    remember(response, cookie, value, secure=plumbing().settings.secure)
    return response


def remember(response: WerkzeugResponse, cookie: str, value: str, *, secure: bool) -> None:
    """Keep a preference on this device."""
    response.set_cookie(cookie, value, max_age=YEAR_SECONDS, samesite="Lax", secure=secure, httponly=True)


def came_from(otherwise: str = "/") -> str:
    """The page on which the switch was used: our own pages say so, see Referrer-Policy."""
    named = request.headers.get("Referer", "")
    if not csrf.is_own(named, own_origins()):
        return otherwise
    referrer = urlsplit(named)
    return safe_next(referrer.path + ("?" + referrer.query if referrer.query else ""), otherwise)


@blueprint.get("/healthz")
async def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
async def readyz() -> Response:
    """The process and what it lives on answer; 503 when the database does not. Redis may be away for a while."""
    running = cast(Running | None, current_app.extensions.get(RUNNING))
    found, work = await answers(running), await jobs(running)
    well = all(found.values()) and work is not None and not any(work["overdue"].values())
    response = jsonify(status="ok" if well else "degraded", **found, jobs=work)
    response.status_code = 200 if found["mongodb"] else 503
    return response


@blueprint.get("/manifest.webmanifest")
async def manifest() -> Response:
    """What the forum is called and looks like on a home screen."""
    found = plumbing()
    icon = found.assets.url
    about = {
        "name": found.settings.site_name,
        "short_name": found.settings.site_name,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": icon(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size in (192, 512)
            for purpose in ("any", "maskable")
        ],
    }
    body = json.dumps(about, ensure_ascii=False)
    return Response(body, content_type="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"})


@blueprint.get("/favicon.ico")
async def favicon() -> WerkzeugResponse:
    """Where browsers look without being told."""
    return to(plumbing().assets.url("img/favicon.svg"))
