"""Registering, logging in and out, one's password."""

from __future__ import annotations

from typing import cast

from quart import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.accounts import logins, service
from app.accounts.entering import auth, begin, enter
from app.accounts.forms import LoginForm, PasswordForm, RegisterForm
from app.accounts.passwords import PASSWORDS, Passwords
from app.errors import Forbidden, Refusal
from app.web.context import (
    page,
    plumbing,
    require_login,
    safe_next,
    say,
    spend,
    status_of,
    to,
    viewer,
    whence,
)
from app.web.i18n import N_, Text
from app.web.limits import Limit
from documents import User

blueprint = Blueprint("accounts", __name__)
Answer = Response | WerkzeugResponse


def passwords() -> Passwords:
    """The hasher of this process."""
    return cast(Passwords, current_app.extensions[PASSWORDS])


@blueprint.get("/register")
async def register() -> Answer:
    """The form; for somebody who is logged in there is nothing to do here."""
    if viewer().known:
        return to("/")
    _require_open()
    return await _register_page(RegisterForm())


@blueprint.post("/register")
async def register_now() -> Answer:
    """Make the account and log in."""
    _require_open()
    form = await RegisterForm.read()
    try:
        form.check()
        await spend(Limit.REGISTER, whence())
        user = await service.register(
            passwords(), username=form.text("username"), email=form.text("email"), password=form.text("password")
        )
    except Refusal as refusal:
        return await _register_page(form, refusal)
    await begin(user, remembered=False)
    await say("success", N_("Welcome, %(name)s. You are logged in."), name=user.name)
    return to(await _sent_next())


def _require_open() -> None:
    if plumbing().settings.registration == "closed":
        raise Forbidden(Text(N_("Registration is closed at the moment. Reading is open to everyone.")))


async def _register_page(form: RegisterForm, refusal: Refusal | None = None) -> Response:
    error = form.refuse(refusal) if refusal else None
    status = status_of(refusal)
    return await page("accounts/register.html", status=status, forms=True, form=form, error=error, next=_next(""))


@blueprint.get("/login")
async def login() -> Answer:
    """The form."""
    if viewer().known:
        return to(_next())
    return await _login_page(LoginForm())


@blueprint.post("/login")
async def login_now() -> Answer:
    """Begin a log-in; the same answer for an unknown name and a wrong password."""
    form = await LoginForm.read()
    try:
        form.check()
        await spend(Limit.LOGIN_ADDRESS, whence())
        await spend(Limit.LOGIN_ACCOUNT, f"{whence()}|{service.login_key(form.text('login'))}")
        user = await service.who_logs_in(passwords(), form.text("login"), form.text("password"))
        return await enter(user, remembered=bool(form.remember.data), next_=await _sent_next())
    except Refusal as refusal:
        return await _login_page(form, refusal)


async def _login_page(form: LoginForm, refusal: Refusal | None = None) -> Response:
    error = form.refuse(refusal) if refusal else None
    status = status_of(refusal)
    return await page("accounts/login.html", status=status, forms=True, form=form, error=error, next=_next(""))


def _next(otherwise: str = "/") -> str:
    return safe_next(request.args.get("next"), otherwise)


async def _sent_next() -> str:
    return safe_next((await request.form).get("next"), _next())


@blueprint.post("/logout")
async def logout() -> Answer:
    """End this log-in."""
    found = viewer()
    if found.login is not None:
        await logins.end(found.login)
    auth().logout_user()
    await say("success", N_("You have logged out."))
    return to("/")


@blueprint.get("/settings/account")
async def account() -> Answer:
    """One's own account."""
    require_login()
    return await _account_page(PasswordForm())


@blueprint.get("/settings")
async def settings() -> Answer:
    """The first of the settings pages."""
    return to("/settings/account")


@blueprint.post("/settings/account")
async def change_password() -> Answer:
    """A new password; every other log-in ends."""
    found = require_login()
    form = await PasswordForm.read()
    try:
        form.check()
        await spend(Limit.PASSWORD)
        await service.change_password(passwords(), found, form.text("old"), form.text("password"))
    except Refusal as refusal:
        return await _account_page(form, refusal)
    await say("success", N_("Password changed. You have been logged out everywhere else."))
    return to("/settings/account")


async def _account_page(form: PasswordForm, refusal: Refusal | None = None) -> Response:
    user = await User.get(viewer().me)
    error = form.refuse(refusal) if refusal else None
    email = user.email if user else ""
    return await page("settings/account.html", status=status_of(refusal), form=form, error=error, email=email)
