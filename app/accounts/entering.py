"""From who somebody is to the cookie that says so: the one way into a log-in."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final, cast
from urllib.parse import quote

from quart import Response, current_app, g, request
from quart_auth import AuthUser, QuartAuth
from quart_auth.extension import Action
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts import logins, pending
from app.accounts.journal import Visitor, note_entry
from app.web.context import DEVICE_COOKIE, RESCUE_COOKIE, address, cookie, plumbing, to, viewer
from app.web.i18n import current_locale
from documents import Factor, User

Answer = Response | WerkzeugResponse
DEVICE_BYTES: Final = 16


def auth() -> QuartAuth:
    """What signs and reads the cookie."""
    return cast(QuartAuth, current_app.extensions["QUART_AUTH"][0])


async def enter(user: User, *, remembered: bool, next_: str) -> Answer:
    """After a password: log in and go on to `next_`, or ask for the second factor first."""
    if not (await Factor.of(user.oid)).asks:
        await begin(user, remembered=remembered)
        return onward(next_)
    answer = to("/login/second")
    answer.set_cookie(
        pending.COOKIE,
        await pending.pend(user, remembered=remembered, next_=next_),
        max_age=int(pending.LASTS.total_seconds()),
        path=pending.COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=plumbing().settings.secure,
    )
    return answer


def onward(next_: str) -> WerkzeugResponse:
    """Where to go after a log-in: first to what this browser has kept of a form whose log-in had ended."""
    return to(f"/drafts/resume?next={quote(next_, safe='/')}" if cookie(RESCUE_COOKIE) else next_)


def visitor() -> Visitor:
    """Where this request comes from, as "my log-ins" says it."""
    return Visitor(address(), request.headers.get("User-Agent", ""), cookie(DEVICE_COOKIE))


async def begin(user: User, *, remembered: bool) -> None:
    """End the log-in that this browser had, then give it a new token: none is ever taken over."""
    before = viewer().login
    if before is not None:
        await logins.end(before)
    token = await logins.begin(
        user, plumbing().settings, remembered=remembered, address=address(), agent=request.headers.get("User-Agent", "")
    )
    g.device = cookie(DEVICE_COOKIE) or secrets.token_urlsafe(DEVICE_BYTES)
    await note_entry(user, replace(visitor(), device=g.device), locale=current_locale.get())
    auth().login_user(AuthUser(token, Action.WRITE_PERMANENT if remembered else Action.WRITE))
