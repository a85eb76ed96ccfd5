"""/confirm-identity: prove once more who you are, and go on with what you were about to do."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from bson import ObjectId
from quart import Blueprint, jsonify, request
from werkzeug.utils import redirect

from app.accounts.entrance import passwords
from app.accounts.fresh import NeedsProof, is_fresh, prove
from app.errors import Refusal
from app.security import ceremony, proof
from app.security.asking import Answer, as_json, key, require_place, speak_json, subject
from app.security.forms import ProofForm
from app.web.context import here, page, require_login, safe_next, spend, status_of, to
from app.web.csrf import SAFE_METHODS
from app.web.faults import wants_json
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import Passkey

blueprint = Blueprint("confirming", __name__)
declare(blueprint, MEMBERS)
Fields = tuple[tuple[str, str], ...]

PATH: Final = "/confirm-identity"
OTHERWISE: Final = "/settings/security"
# What is asked for itself is not kept, nor is any password: they are not written into pages.
OWN_FIELDS: Final = frozenset({"csrf_token", *ProofForm.NAMES})
SECRET_FIELDS: Final = frozenset({"old", "confirm", "secret", "code", "recovery"})


@blueprint.app_errorhandler(NeedsProof)
async def ask_first(_: Exception) -> Answer:
    """Instead of the page or deed for which the last proof is too old."""
    sentence = Text(N_("Please confirm first that it is you."))
    if wants_json():
        answer = jsonify(errno=403, errmsg=str(sentence), confirm=PATH)
        answer.status_code = 403
        return answer
    if request.method in SAFE_METHODS:
        return to(f"{PATH}?next={_quoted(here())}")
    return await _ask(ProofForm(), here(), await _kept(), status=403)


@blueprint.get("/confirm-identity")
async def confirm() -> Answer:
    """The form; nothing to do for who has just proved it."""
    found = require_login()
    if found.login is not None and await is_fresh(found.login):
        return to(_next())
    return await _ask(ProofForm(), _next(), ())


@blueprint.post("/confirm-identity")
@unconfirmed_may
async def confirm_now() -> Answer:
    """Go on where it was asked. A form is sent once more by the browser (307), with the fields it had."""
    found = require_login()
    form = await ProofForm.read()
    kept = await _kept()
    try:
        await _check(form, found.me)
    except Refusal as refusal:
        return await _ask(form, _next(), kept, refusal=refusal)
    assert found.login is not None
    await prove(found.login)
    return redirect(_next(), 307) if "again" in request.args else to(_next())


async def _check(form: ProofForm, user: ObjectId) -> None:
    if form.text("proof_passkey"):
        await ceremony.shown(require_place(), subject(), "confirm", form.text("proof_passkey"), owner=user)
        return
    await spend(Limit.PROOF)
    await proof.check_typed(passwords(), key(), user, form.text("proof_password"), form.text("proof_code"))


@blueprint.post("/confirm-identity/options")
@unconfirmed_may
async def options() -> Answer:
    """What the browser needs to show one of this person's passkeys."""
    speak_json()
    found = require_login()
    await spend(Limit.PASSKEY)
    have = await Passkey.all_of(found.me)
    return as_json(await ceremony.options_to_show(require_place(), subject(), "confirm", have))


def _next() -> str:
    return safe_next(request.args.get("next"), OTHERWISE)


def _quoted(path: str) -> str:
    return quote(path, safe="/")


async def _kept() -> Fields:
    """What a form had, apart from passwords."""
    form = await request.form
    return tuple((name, value) for name, value in form.items(multi=True) if _is_kept(name))


def _is_kept(name: str) -> bool:
    return name not in OWN_FIELDS and name not in SECRET_FIELDS and "password" not in name


async def _ask(
    form: ProofForm, next_: str, kept: Fields, *, refusal: Refusal | None = None, status: int = 200
) -> Answer:
    error = form.refuse(refusal) if refusal else None
    again = status == 403 or "again" in request.args
    return await page(
        "security/confirm.html",
        status=status_of(refusal) if refusal else status,
        form=form,
        error=error,
        action=f"{PATH}?{'again=1&' if again else ''}next={_quoted(next_)}",
        kept=kept,
        again=again,
        back=OTHERWISE if again else next_,
        means=await proof.means(require_login().me),
    )
