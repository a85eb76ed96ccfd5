"""Passkeys of one's own: add, name, remove."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint

from app.accounts.fresh import require_fresh
from app.errors import NotFound, Refusal
from app.security import ceremony, passkeys
from app.security.asking import Answer, as_json, deed, require_place, speak_json, subject
from app.security.forms import NameForm, NewPasskeyForm
from app.security.settings import HOME, security_page
from app.web.context import require_login, say, spend, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.withheld import unconfirmed_may
from documents import Passkey

blueprint = Blueprint("passkeys", __name__)
declare(blueprint, MEMBERS)


@blueprint.post("/settings/security/passkeys/options")
@unconfirmed_may
async def options() -> Answer:
    """What the browser needs to make a passkey."""
    speak_json()
    found = await require_fresh()
    await spend(Limit.FACTORS)
    have = await Passkey.all_of(found.me)
    return as_json(await ceremony.options_to_make(require_place(), found, subject(), have))


@blueprint.post("/settings/security/passkeys")
@unconfirmed_may
async def add() -> Answer:
    """Store the passkey that the browser has made."""
    found = await require_fresh()
    form = await NewPasskeyForm.read()
    try:
        form.check()
        text, name = form.text("passkey"), form.text("name")
        name = await passkeys.add(require_place(), found.me, subject(), text, name, deed("passkey"))
    except Refusal as refusal:
        return await security_page(form, refusal)
    await say("success", N_("The passkey “%(name)s” is added. You can log in with it now."), name=name)
    return to(HOME)


@blueprint.post("/settings/security/passkeys/<oid:passkey_id>")
@unconfirmed_may
async def rename(passkey_id: ObjectId) -> Answer:
    """Another name: no more than that, so nobody has to prove anything."""
    found = require_login()
    form = await NameForm.read()
    try:
        form.check()
        await passkeys.rename(found.me, passkey_id, form.text("name"))
    except NotFound:
        raise
    except Refusal as refusal:
        return await security_page(form, refusal, renaming=str(passkey_id))
    await say("success", N_("The passkey has a new name."))
    return to(HOME)


@blueprint.post("/settings/security/passkeys/<oid:passkey_id>/remove")
@unconfirmed_may
async def remove(passkey_id: ObjectId) -> Answer:
    """Forget it."""
    found = await require_fresh()
    name = await passkeys.remove(found.me, passkey_id, deed("passkey"))
    await say("success", N_("The passkey “%(name)s” is removed. Delete it on your device, too."), name=name)
    return to(HOME)
