"""/settings/sessions: every device somebody is logged in on, and ending what they do not know."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint

from app.accounts import logins
from app.accounts.devices import device_of
from app.accounts.entering import auth
from app.errors import NotFound
from app.security.asking import Answer
from app.security.pages import LoginRow
from app.viewer import Viewer
from app.web.context import network, page, require_login, say, to
from app.web.i18n import N_
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import Login

blueprint = Blueprint("sessions", __name__)
declare(blueprint, MEMBERS)

HOME = "/settings/sessions"


@blueprint.get("/settings/sessions")
async def sessions() -> Answer:
    """One's own log-ins: nobody else ever sees a device or an address."""
    found = require_login()
    rows = [_row(login, found) for login in await logins.live_of(found.me)]
    return await page("security/sessions.html", logins=sorted(rows, key=lambda row: not row.this))


def _row(login: Login, viewer: Viewer) -> LoginRow:
    device = device_of(login.agent)
    return LoginRow(
        id=str(login.oid),
        device=str(device),
        kind=device.kind,
        place=network(login.address),
        since=login.created_at,
        seen=login.seen_at,
        this=login.id == viewer.login,
    )


@blueprint.post("/settings/sessions/<oid:login_id>/end")
@unconfirmed_may
async def end_one(login_id: ObjectId) -> Answer:
    """Log out there. Ending needs no fresh proof: whoever sees a stranger there must be quick."""
    found = require_login()
    if not await logins.end_own(found.me, login_id):
        raise NotFound
    if login_id == found.login:
        auth().logout_user()
        await say("success", N_("You have logged out."))
        return to("/")
    await say("success", N_("That device has been logged out."))
    return to(HOME)


@blueprint.post("/settings/sessions/end-others")
@unconfirmed_may
async def end_others() -> Answer:
    """Log out everywhere but here."""
    found = require_login()
    await logins.end_all(found.me, but=found.login)
    await say("success", N_("You have been logged out everywhere else."))
    return to(HOME)
