"""/settings/data: take everything along, or leave for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from quart import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import BooleanField
from wtforms.validators import InputRequired

from app.accounts import leaving
from app.accounts.entering import auth
from app.accounts.fresh import require_fresh
from app.errors import Refusal
from app.mydata import archives
from app.mydata.pages import ArchiveView
from app.web.context import page, plumbing, require_login, say, spend, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_, Text, current_locale
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import Archive
from documents.clock import now

blueprint = Blueprint("mydata", __name__)
declare(blueprint, MEMBERS, welcome_back=EVERYBODY, come_back=EVERYBODY)
Answer = Response | WerkzeugResponse

# While an archive is being made, its page comes anew by itself, without JavaScript too.
LOOK_AGAIN_SECONDS: Final = 3
MEGABYTE: Final = 1_000_000


class LeaveForm(Form):
    """Leaving: nothing to fill in but that one means it."""

    sure = BooleanField(validators=[InputRequired(Text(N_("Tick the box if you mean it.")))])  # type: ignore[arg-type]


@blueprint.get("/settings/data")
async def data() -> Answer:
    """What can be done with one's data."""
    found = [_view(archive) for archive in await archives.of(require_login())]
    making = any(archive.state == "waiting" for archive in found)
    response = await page("settings/data.html", archives=found, making=making)
    if making:
        response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return response


def _view(archive: Archive) -> ArchiveView:
    url = f"/settings/data/{archive.name}" if archive.state == "ready" else ""
    size = f"{max(archive.bytes / MEGABYTE, 0.1):.1f}"
    return ArchiveView(archive.state, archive.created_at, url, size, archive.expires_at)


@blueprint.post("/settings/data")
@unconfirmed_may
async def ask() -> Answer:
    """Have an archive made."""
    found = await require_fresh()
    await spend(Limit.ARCHIVE)
    await archives.ask(found, current_locale.get())
    return to("/settings/data")


@blueprint.get("/settings/data/<name>")
async def fetch(name: str) -> Answer:
    """The archive itself, in pieces."""
    archive, pieces = await archives.fetch(await require_fresh(), name)
    day = archive.created_at.strftime("%Y-%m-%d")
    headers = {
        "Content-Disposition": f'attachment; filename="quorum-{day}.zip"',
        "Content-Length": str(archive.bytes),
        "Cache-Control": "private, no-store",
    }
    return Response(pieces, content_type="application/zip", headers=headers)


@blueprint.get("/settings/data/leave")
async def leave() -> Answer:
    """What happens to whoever leaves."""
    await require_fresh()
    return await _leave_page(LeaveForm())


async def _leave_page(form: LeaveForm, refusal: Refusal | None = None) -> Response:
    settings = plumbing().settings
    return await page(
        "mydata/leave.html",
        status=status_of(refusal),
        form=form,
        error=form.refuse(refusal) if refusal else None,
        days=settings.account_grace_days,
        until=now() + timedelta(days=settings.account_grace_days),
        erased=settings.deleted_accounts == "erase",
    )


@blueprint.post("/settings/data/leave")
@unconfirmed_may
async def leave_now() -> Answer:
    """Leave."""
    found = await require_fresh()
    form = await LeaveForm.read()
    try:
        form.check()
        await leaving.leave(found, plumbing().settings, found.locale or current_locale.get())
    except Refusal as refusal:
        return await _leave_page(form, refusal)
    auth().logout_user()
    days = plumbing().settings.account_grace_days
    text = N_("Your account is deleted. You can take it back for %(days)s days by logging in.")
    await say("info", text, days=days)
    return to("/")


@blueprint.get("/welcome-back/<token>")
async def welcome_back(token: str) -> Answer:
    """Whether one wants the account back."""
    user = await leaving.who_may_return(token)
    return await page("mydata/return.html", forms=True, username=user.username, left_at=user.deleted_at)


@blueprint.post("/welcome-back/<token>")
@unconfirmed_may
async def come_back(token: str) -> Answer:
    """Take it back."""
    await leaving.come_back(token)
    await say("success", N_("Welcome back: your account is as it was. Please log in."))
    return to("/" if viewer().known else "/login")
