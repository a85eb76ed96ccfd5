"""Where the links in letters lead. Opening one changes nothing, as programs that look through mail open them too."""

from __future__ import annotations

from quart import Blueprint, Response

from app.accounts import confirming, resetting, tokens
from app.accounts.entering import Answer
from app.accounts.entrance import passwords
from app.accounts.evenly import evenly
from app.accounts.forms import ForgotForm, ResetForm
from app.accounts.protection import login_tries
from app.accounts.refusals import LinkOver
from app.errors import Refusal, TooMany
from app.web.context import page, plumbing, require_login, say, spend, status_of, to, viewer, whence
from app.web.i18n import N_, current_locale
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import User

blueprint = Blueprint("links", __name__)
declare(blueprint, EVERYBODY, send_again=MEMBERS)


@blueprint.get("/confirm/<token>")
async def confirm(token: str) -> Answer:
    """What the link is for, and a button."""
    found = await confirming.what_link_does(token)
    return _secret(await page("accounts/confirm.html", forms=True, kind=found.kind, email=found.email))


@blueprint.post("/confirm/<token>")
@unconfirmed_may
async def confirm_now(token: str) -> Answer:
    """Do it, once."""
    done = await confirming.follow_link(token)
    if done.kind == "restore":
        secret = await resetting.token_for(done.user)
        await say("success", N_("Your old address is back, and everybody is logged out. Now choose a new password."))
        return to(f"/password/reset/{secret}")
    await say("success", N_("Thank you. Your address %(email)s is confirmed."), email=done.email)
    return to("/" if viewer().known else "/login")


@blueprint.post("/confirm")
@unconfirmed_may
async def send_again() -> Answer:
    """Another letter with another link."""
    found = require_login()
    await spend(Limit.RESEND)
    email = await confirming.send_again(found.me, current_locale.get())
    await say("success", N_("A letter is on its way to %(email)s. Please look into your spam folder too."), email=email)
    return to("/settings/account")


@blueprint.get("/password/forgot")
async def forgot() -> Answer:
    """The form."""
    return await _forgot_page(ForgotForm())


@blueprint.post("/password/forgot")
@unconfirmed_may
async def forgot_now() -> Answer:
    """The same answer, after the same time, whether there is such an account or not."""
    form = await ForgotForm.read()
    try:
        form.check()
        await spend(Limit.FORGOT, whence())
        await evenly(_write_to(form.text("email")))
    except Refusal as refusal:
        return await _forgot_page(form, refusal)
    return await page("accounts/forgotten.html", forms=True, login=form.text("email"))


async def _write_to(login: str) -> None:
    user = await resetting.account_of(login)
    try:
        await plumbing().limits.spend(Limit.RESET, str(user.oid) if user else f"nobody:{whence()}")
    except TooMany:
        return  # enough letters are in that mailbox
    if user is not None:
        await resetting.write_to(user, current_locale.get())


async def _forgot_page(form: ForgotForm, refusal: Refusal | None = None) -> Response:
    error = form.refuse(refusal) if refusal else None
    return await page("accounts/forgot.html", status=status_of(refusal), forms=True, form=form, error=error)


@blueprint.get("/password/reset/<token>")
async def reset(token: str) -> Answer:
    """The form for a new password."""
    return await _reset_page(token, ResetForm())


@blueprint.post("/password/reset/<token>")
@unconfirmed_may
async def reset_now(token: str) -> Answer:
    """Set it. Nobody is logged in by this: whoever has a second factor is asked for it as ever."""
    form = await ResetForm.read()
    try:
        form.check()
        site = plumbing().settings.site_name
        user = await resetting.reset(passwords(), token, form.text("password"), site_name=site)
    except LinkOver:
        raise
    except Refusal as refusal:
        return await _reset_page(token, form, refusal)
    await _forgive(user)
    await say("success", N_("Your password is changed, and you are logged out everywhere. Now log in with it."))
    return to("/login")


async def _forgive(user: User) -> None:
    """Whoever can read that mailbox is not guessing."""
    tries = login_tries(plumbing().memory)
    for key in filter(None, (user.username_key, user.email_key)):
        await tries.forgive(key, whence(), all_of_them=True)


async def _reset_page(token: str, form: ResetForm, refusal: Refusal | None = None) -> Response:
    if await tokens.found(token, "reset") is None:
        raise LinkOver
    error = form.refuse(refusal) if refusal else None
    return _secret(await page("accounts/reset.html", status=status_of(refusal), forms=True, form=form, error=error))


def _secret(response: Response) -> Response:
    """The address of this page is a secret: nothing keeps it, and other sites are not told where one came from.

    Not `no-referrer`: with that browsers call the origin of the form `null`, as if another site had sent it.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
