"""Registering, logging in and out."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response

from app.accounts import leaving, logins, protection, service, tokens
from app.accounts.entering import Answer, auth, begin, enter, onward, visitor
from app.accounts.entrance import guarded_page, is_solved, next_path, passwords, sent_next
from app.accounts.evenly import evenly
from app.accounts.forms import LoginForm, RegisterForm
from app.accounts.protection import Tries
from app.accounts.refusals import Banned, captcha_asked
from app.errors import Forbidden, Refusal
from app.web.context import plumbing, say, spend, to, viewer, whence
from app.web.i18n import N_, Text, current_locale
from app.web.limits import Limit
from app.web.needs import EVERYBODY, declare
from app.web.withheld import unconfirmed_may
from documents import User

blueprint = Blueprint("accounts", __name__)
declare(blueprint, EVERYBODY)
SIGNUP = "signup"


@blueprint.get("/register")
async def register() -> Answer:
    """The form; for somebody who is logged in there is nothing to do here."""
    if viewer().known:
        return to("/")
    _require_open()
    return await _register_page(RegisterForm())


@blueprint.post("/register")
@unconfirmed_may
async def register_now() -> Answer:
    """Make the account and log in."""
    _require_open()
    form = await RegisterForm.read()
    if form.text("another"):
        return await _register_page(form)
    try:
        form.check()
        await spend(Limit.REGISTER, whence())
        user = await _registered(form)
    except Refusal as refusal:
        return await _register_page(form, refusal)
    await begin(user, remembered=False)
    await say("success", N_("Welcome, %(name)s. You are logged in."), name=user.name)
    return onward(await sent_next())


async def _registered(form: RegisterForm) -> User:
    """The account, after the same time whether its address belongs to somebody or not, where that is a secret."""
    if plumbing().settings.email_confirmation == "required":
        return await evenly(_register(form))
    return await _register(form)


async def _register(form: RegisterForm) -> User:
    """The account, when the captcha is solved that comes after several from one address."""
    solved = await is_solved(form)
    if (await _signups().begin(SIGNUP, whence(), solved=solved)).verdict != "go" and plumbing().settings.limited:
        raise captcha_asked(given=bool(form.text("captcha")))
    try:
        return await service.register(
            passwords(),
            username=form.text("username"),
            email=form.text("email"),
            password=form.text("password"),
            confirmation=plumbing().settings.email_confirmation,
            letter_locale=current_locale.get(),
            site_name=plumbing().settings.site_name,
        )
    except Refusal:
        await _signups().forgive(SIGNUP, whence())
        raise


def _signups() -> Tries:
    return protection.signups(plumbing().memory, plumbing().settings.signups_before_captcha)


def _require_open() -> None:
    if not plumbing().settings.registers:
        raise Forbidden(_why_closed())


def _why_closed() -> Text:
    settings = plumbing().settings
    paused = settings.registration == "paused"
    note = settings.said("signup_note", current_locale.get())
    if note:
        said = N_("Signing up is paused for now: %(why)s") if paused else N_("Registration is closed: %(why)s")
        return Text(said, why=note)
    if paused:
        return Text(N_("Signing up is paused for now. Please come back later; reading is open to everyone."))
    return Text(N_("Registration is closed at the moment. Reading is open to everyone."))


async def _register_page(form: RegisterForm, refusal: Refusal | None = None) -> Response:
    limited = plumbing().settings.limited
    wanted = limited and await _signups().wants_captcha(SIGNUP, whence())
    return await guarded_page(
        "accounts/register.html",
        form,
        refusal,
        captcha_wanted=wanted,
        next=next_path(""),
        why_closed=str(_why_closed()),
    )


@blueprint.get("/login")
async def login() -> Answer:
    """The form."""
    if viewer().known:
        return onward(next_path())
    return await _login_page(LoginForm())


@blueprint.post("/login")
@unconfirmed_may
async def login_now() -> Answer:
    """Begin a log-in; the same answer for an unknown name and a wrong password."""
    form = await LoginForm.read()
    if form.text("another"):
        return await _login_page(form)
    try:
        form.check()
        await spend(Limit.LOGIN_ADDRESS, whence())
        user = await _who(form)
        return await enter(user, remembered=bool(form.remember.data), next_=await sent_next())
    except leaving.HasLeft as gone:
        return to(await leaving.open_door(gone.user))
    except Refusal as refusal:
        return await _login_page(form, refusal)


async def _who(form: LoginForm) -> User:
    return await service.who_logs_in(
        passwords(),
        protection.login_tries(plumbing().memory),
        form.text("login"),
        form.text("password"),
        visitor=visitor(),
        whence=whence(),
        solved=await is_solved(form),
        answered=bool(form.text("captcha")),
    )


async def _login_page(form: LoginForm, refusal: Refusal | None = None) -> Response:
    door = await appeal_door(refusal.person) if isinstance(refusal, Banned) and refusal.proven else ""
    return await guarded_page("accounts/login.html", form, refusal, next=next_path(""), door=door)


async def appeal_door(person: ObjectId) -> str:
    """The path of the page where somebody who is banned, and has shown who they are, may appeal for a while."""
    await tokens.void(person, "appeal")
    secret, _ = await tokens.issue("appeal", person, email="")
    return f"/banned/{secret}"


async def login_page(refusal: Refusal) -> Response:
    """The form with what was objected to, for other ways to log in."""
    return await _login_page(LoginForm(), refusal)


@blueprint.post("/logout")
@unconfirmed_may
async def logout() -> Answer:
    """End this log-in."""
    found = viewer()
    if found.login is not None:
        await logins.end(found.login)
    auth().logout_user()
    await say("success", N_("You have logged out."))
    return to("/")
