"""The settings of one's account: address, password, log-ins."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response, request

from app.accounts import confirming, journal, service
from app.accounts.entering import Answer
from app.accounts.entrance import passwords
from app.accounts.forms import EmailForm, PasswordForm
from app.accounts.fresh import require_fresh
from app.errors import Refusal
from app.people.look import Look, regions
from app.web.context import page, plumbing, require_login, say, spend, status_of, to, viewer
from app.web.forms import Unsent
from app.web.i18n import N_, current_locale
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import ApiToken, User

blueprint = Blueprint("account", __name__)
declare(blueprint, MEMBERS, settings=EVERYBODY)


@blueprint.get("/settings")
async def settings() -> Answer:
    """The first of the settings pages."""
    return to("/settings/account")


@blueprint.get("/settings/account")
async def account() -> Answer:
    """One's own account."""
    require_login()
    return await _account_page()


@blueprint.post("/settings/account")
@unconfirmed_may
async def change_password() -> Answer:
    """A new password; every other log-in ends."""
    found = require_login()
    form = await PasswordForm.read()
    try:
        form.check()
        await spend(Limit.PASSWORD)
        site = plumbing().settings.site_name
        old, new, tokens = form.text("old"), form.text("password"), bool(form.tokens.data)
        await service.change_password(passwords(), found, old, new, site_name=site, ends_tokens=tokens)
    except Refusal as refusal:
        return await _account_page(refusal, form=form)
    await say("success", N_("Password changed. You have been logged out everywhere else."))
    return to("/settings/account")


@blueprint.post("/settings/email")
@unconfirmed_may
async def change_address() -> Answer:
    """Write to a new address; it becomes one's own by the link in that letter."""
    found = await require_fresh()
    form = await EmailForm.read()
    try:
        form.check()
        await spend(Limit.RESEND)
        email = await confirming.ask_to_change(found, form.text("email"), current_locale.get())
    except Refusal as refusal:
        return await _account_page(refusal, email_form=form)
    await say("success", N_("A letter is on its way to %(email)s. Open the link in it to use it."), email=email)
    return to("/settings/account")


async def _account_page(
    refusal: Refusal | None = None, *, form: PasswordForm | None = None, email_form: EmailForm | None = None
) -> Response:
    """Both forms; what is wrong stands above the one that was sent."""
    sent: Any = form or email_form
    error = sent.refuse(refusal) if refusal and sent else None
    user = await User.get(viewer().me)
    look = Look(user.locale, user.theme, user.time_zone) if user else Look()
    return await page(
        "settings/account.html",
        status=status_of(refusal),
        form=form or Unsent(),
        email_form=email_form or Unsent(),
        error=error,
        email=user.email if user else "",
        has_tokens=await ApiToken.raw().find_one({"user": viewer().me}, {"_id": 1}) is not None,
        look=look,
        regions=regions(current_locale.get()),
        confirmed=user is not None and user.email_confirmed_at is not None,
    )


@blueprint.get("/settings/logins")
async def logins() -> Answer:
    """Who has tried to log in as oneself."""
    found = require_login()
    user = await User.get(found.me)
    wanted = user is not None and user.tells_of_logins
    tries = await journal.tries(found.me, request.args.get("after"))
    return await page("settings/logins.html", tries=tries, wanted=wanted)


@blueprint.post("/settings/logins")
@unconfirmed_may
async def tell_of_logins() -> Answer:
    """Whether one wants letters about new devices."""
    found = require_login()
    await journal.tell_of_logins(found.me, wanted=(await request.form).get("letters") == "1")
    await say("success", N_("Saved."))
    return to("/settings/logins")
