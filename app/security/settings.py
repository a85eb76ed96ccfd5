"""/settings/security: the authenticator app, recovery codes, and asking for a passkey after the password."""

from __future__ import annotations

from quart import Blueprint

from app.accounts.fresh import require_fresh
from app.errors import Conflict, Refusal
from app.security import factors, passkeys, recovery, totp
from app.security.asking import Answer, deed, key, place_here
from app.security.forms import CodeForm, NewPasskeyForm
from app.security.pages import PasskeyRow, Security, SetUp
from app.web.context import page, plumbing, require_login, say, spend, status_of, to, viewer
from app.web.forms import Form
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import Factor, Passkey

blueprint = Blueprint("security", __name__)
declare(blueprint, MEMBERS)

HOME = "/settings/security"


@blueprint.get("/settings/security")
async def home() -> Answer:
    """How this account is guarded."""
    require_login()
    return await security_page()


async def security_page(form: Form | None = None, refusal: Refusal | None = None, *, renaming: str = "") -> Answer:
    """The page, with what was wrong with one of its forms; `renaming` is the passkey whose new name that was."""
    shown = form or NewPasskeyForm()
    error = shown.refuse(refusal) if refusal else None
    return await page(
        "security/home.html",
        status=status_of(refusal),
        security=await _security(),
        form=shown,
        error=error,
        renaming=renaming,
    )


async def _security() -> Security:
    user = viewer().me
    factor = await Factor.of(user)
    place = place_here()
    rows = tuple(
        PasskeyRow(str(passkey.oid), passkey.name, passkey.created_at, passkey.used_at, passkey.synced, passkey.rp)
        for passkey in await Passkey.all_of(user)
    )
    return Security(
        app_since=factor.since if factor.secret else None,
        asks=factor.asks,
        asks_passkey=factor.asks_passkey,
        codes_left=len(factor.codes),
        codes_at=factor.codes_at,
        passkeys=rows,
        here=place.rp if place else "",
    )


@blueprint.get("/settings/security/app")
async def set_up_app() -> Answer:
    """The secret for the app, as a picture and for typing."""
    await require_fresh()
    return await _set_up_page(CodeForm())


@blueprint.post("/settings/security/app")
@unconfirmed_may
async def adopt_app() -> Answer:
    """Turn it on, proved by a code."""
    found = await require_fresh()
    form = await CodeForm.read()
    try:
        form.check()
        await spend(Limit.FACTORS)
        codes = await factors.adopt(key(), found.me, form.text("code"), deed("app"))
    except Conflict as refusal:
        return await security_page(refusal=refusal)
    except Refusal as refusal:
        return await _set_up_page(form, refusal)
    return await _after_turning_on(codes)


async def _set_up_page(form: CodeForm, refusal: Refusal | None = None) -> Answer:
    found = viewer()
    assert found.card is not None
    try:
        secret = await factors.secret_to_set_up(key(), found.me)
    except Conflict:
        return to(HOME)
    address = totp.address_of(secret, account=found.card.username, site=plumbing().settings.site_name)
    error = form.refuse(refusal) if refusal else None
    set_up = SetUp(totp.picture_of(address), totp.grouped(secret), address)
    return await page("security/app.html", status=status_of(refusal), form=form, error=error, set_up=set_up)


async def _after_turning_on(codes: tuple[str, ...]) -> Answer:
    if codes:
        return await _codes_page(codes, first=True)
    await say("success", N_("Two-step log-in is on."))
    return to(HOME)


@blueprint.post("/settings/security/app/remove")
@unconfirmed_may
async def remove_app() -> Answer:
    """Turn the app off."""
    found = await require_fresh()
    await factors.remove_app(found.me, deed("app"))
    await say("success", N_("The authenticator app is no longer asked for."))
    return to(HOME)


@blueprint.post("/settings/security/codes")
@unconfirmed_may
async def new_codes() -> Answer:
    """New recovery codes; the old ones are worth nothing from now on."""
    found = await require_fresh()
    await spend(Limit.FACTORS)
    codes = await recovery.make(found.me)
    if not codes:
        return await security_page(
            refusal=Conflict(Text(N_("Recovery codes are for two-step log-in. Turn that on first.")))
        )
    return await _codes_page(codes, first=False)


async def _codes_page(codes: tuple[str, ...], *, first: bool) -> Answer:
    """Shown in the answer itself, which nothing keeps: asking again gives other codes."""
    found = viewer().card
    assert found is not None
    file = "\n".join((f"{plumbing().settings.site_name} · {found.username}", "", *codes, ""))
    response = await page("security/codes.html", codes=codes, first=first, file=file)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/settings/security/passkeys/ask")
@unconfirmed_may
async def ask_passkey() -> Answer:
    """Ask for a passkey after the password too."""
    found = await require_fresh()
    try:
        codes = await passkeys.ask_after_password(found.me, deed("passkeys"))
    except Refusal as refusal:
        return await security_page(refusal=refusal)
    return await _after_turning_on(codes)


@blueprint.post("/settings/security/passkeys/ask-not")
@unconfirmed_may
async def ask_no_passkey() -> Answer:
    """Let the password be enough again."""
    found = await require_fresh()
    await passkeys.ask_no_more(found.me, deed("passkeys"))
    await say("success", N_("A passkey is no longer asked for after the password."))
    return to(HOME)
