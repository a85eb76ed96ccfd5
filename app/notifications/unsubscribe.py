"""The page behind "no more e-mails" in letters, and what mail programs press themselves."""

from __future__ import annotations

from quart import Blueprint, Response

from app.notifications.unsubscribing import Ticket, name_of, ticket_of, unsubscribe
from app.notifications.wording import NO_MORE
from app.web.bearing import address_authorises
from app.web.context import page, plumbing, shows_nothing_new
from app.web.i18n import Text
from app.web.needs import EVERYBODY, declare
from app.web.withheld import unconfirmed_may

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/unsubscribe")
declare(blueprint, EVERYBODY)


@blueprint.get("/<token>")
async def ask(token: str) -> Response:
    """A button: programs that look at every link change nothing."""
    return await _page(ticket_of(plumbing().key, token), done=False)


@blueprint.post("/<token>")
@unconfirmed_may
@address_authorises
async def leave(token: str) -> Response:
    """No more of it, for whoever holds the link; twice is once."""
    shows_nothing_new()
    ticket = ticket_of(plumbing().key, token)
    await unsubscribe(ticket)
    return await _page(ticket, done=True)


async def _page(ticket: Ticket, *, done: bool) -> Response:
    name, what = await name_of(ticket), Text(NO_MORE[ticket.what])
    response = await page("notifications/unsubscribe.html", whom=name, what=what, done=done)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
