"""The second step of a log-in, and signing in with a passkey alone."""

from __future__ import annotations

from quart import Blueprint, request

from app.accounts import journal, pending
from app.accounts.banning import require_not_banned
from app.accounts.entering import begin, onward, visitor
from app.accounts.refusals import Banned
from app.accounts.routes import login_page
from app.errors import Conflict, Invalid, Refusal
from app.security import ceremony, factors, proof
from app.security.asking import Answer, as_json, deed, key, place_here, require_place, speak_json, subject
from app.security.forms import PasskeyLoginForm, SecondForm
from app.security.letters import tell_owner
from app.web.context import cookie, page, safe_next, say, spend, status_of, to, viewer, whence
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import EVERYBODY, declare
from app.web.withheld import unconfirmed_may
from documents import Factor, Passkey, Pending, User

blueprint = Blueprint("second", __name__)
declare(blueprint, EVERYBODY)

TRIES_MAX = 5


async def _who_waits() -> tuple[Pending, User] | None:
    return await pending.who_waits(cookie(pending.COOKIE))


@blueprint.get("/login/second")
async def second() -> Answer:
    """What is still to be shown; who has not shown the password begins there."""
    waiting = await _who_waits()
    return await _second_page(SecondForm(), waiting) if waiting else await _over()


@blueprint.post("/login/second")
@unconfirmed_may
async def second_now() -> Answer:
    """Log in, or say what was wrong, in a bounded number of tries."""
    form = await SecondForm.read()
    waiting = await _who_waits()
    if waiting is None:
        return await _over()
    try:
        await _check(form, *waiting)
    except Refusal as refusal:
        return await _second_page(form, waiting, refusal)
    return await _let_in(*waiting)


async def _check(form: SecondForm, waits: Pending, user: User) -> None:
    """`Refusal` unless the second factor was shown. Tries are counted at this log-in, and at the account."""
    if form.text("passkey"):
        await ceremony.shown(require_place(), subject(), "second", form.text("passkey"), owner=user.oid)
        return
    await spend(Limit.SECOND, f"{user.oid}|{whence()}")
    await spend(Limit.SECOND_ALL, str(user.oid))
    if not await waits.spend_try(TRIES_MAX):
        raise Conflict(Text(N_("Those were too many tries. Please log in again with your password.")))
    used = await factors.spend_typed(key(), user.oid, form.typed)
    if used is None:
        await journal.note(user.oid, visitor(), succeeded=False)
        raise Invalid(fields={"recovery" if form.text("recovery").strip() else "code": proof.WRONG_CODE})
    if used == "recovery":
        await tell_owner("recovery_used", user.oid, deed("codes"))


async def _let_in(waits: Pending, user: User) -> Answer:
    if not await waits.use():
        return await _over()
    answer: Answer
    try:
        await require_not_banned(user)
    except Banned as refusal:
        answer = await login_page(refusal)
    else:
        await begin(user, remembered=waits.remembered)
        answer = onward(safe_next(waits.next))
    answer.delete_cookie(pending.COOKIE, path=pending.COOKIE_PATH)
    return answer


async def _over() -> Answer:
    if viewer().known:
        return to("/")
    await say("info", N_("This log-in took too long. Please start again."))
    return to("/login")


async def _second_page(form: SecondForm, waiting: tuple[Pending, User], refusal: Refusal | None = None) -> Answer:
    waits, user = waiting
    factor = await Factor.of(user.oid)
    place = place_here()
    passkeys = [passkey for passkey in await Passkey.all_of(user.oid) if place and passkey.rp == place.rp]
    return await page(
        "security/second.html",
        status=status_of(refusal),
        forms=True,
        form=form,
        error=form.refuse(refusal) if refusal else None,
        app=bool(factor.secret),
        passkey=bool(passkeys),
        over=waits.tries >= TRIES_MAX and isinstance(refusal, Conflict),
        next=waits.next,
        at_recovery=bool(form.text("recovery")),
    )


@blueprint.post("/login/second/options")
@unconfirmed_may
async def second_options() -> Answer:
    """What the browser needs to show a passkey of the person whose password was right."""
    speak_json()
    waiting = await _who_waits()
    if waiting is None:
        raise Conflict(Text(N_("This log-in took too long. Please start again.")))
    await spend(Limit.PASSKEY, whence())
    have = await Passkey.all_of(waiting[1].oid)
    return as_json(await ceremony.options_to_show(require_place(), subject(), "second", have))


@blueprint.post("/login/passkey/options")
@unconfirmed_may
async def login_options() -> Answer:
    """What the browser needs to offer the passkeys that it has for this forum."""
    speak_json()
    await spend(Limit.PASSKEY, whence())
    return as_json(await ceremony.options_to_show(require_place(), subject(), "login"))


@blueprint.post("/login/passkey")
@unconfirmed_may
async def login_by_passkey() -> Answer:
    """A passkey is two factors, so this is all of the log-in."""
    form = await PasskeyLoginForm.read()
    try:
        await spend(Limit.LOGIN_ADDRESS, whence())
        passkey = await ceremony.shown(require_place(), subject(), "login", form.text("passkey"))
        user = await User.load(passkey.user)
        if user is None or not user.live:
            raise Invalid(ceremony.UNKNOWN)
        await require_not_banned(user)
        await begin(user, remembered=bool(form.remember.data))
    except Refusal as refusal:
        return await login_page(refusal)
    return onward(safe_next((await request.form).get("next"), safe_next(request.args.get("next"))))
