"""Banned networks, for administrators."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import HiddenField, StringField

from app.accounts import networks
from app.errors import Refusal
from app.moderation.people import TERMS, until_of
from app.web.context import address, page, say, status_of, to, viewer
from app.web.forms import AtMost, Form, Said, one_line
from app.web.i18n import N_
from app.web.needs import declare, staff

blueprint = Blueprint("admin_networks", __name__, url_prefix="/admin/networks")
declare(blueprint, staff("ban"))
Answer = Response | WerkzeugResponse


class NetworkForm(Form):
    """A network, for how many hours, and why."""

    network = StringField(filters=[one_line], validators=[Said(), AtMost(64)])
    hours = HiddenField(filters=[one_line])
    reason = StringField(filters=[one_line], validators=[AtMost(300)])


@blueprint.get("")
async def index() -> Answer:
    """Those that are banned, and the form."""
    return await _page(NetworkForm())


async def _page(form: NetworkForm, refusal: Refusal | None = None) -> Response:
    return await page(
        "admin/networks.html",
        status=status_of(refusal),
        networks=await networks.banned_networks(),
        form=form,
        terms=TERMS,
        own=address(),
        error=form.refuse(refusal) if refusal else None,
    )


@blueprint.post("")
async def ban() -> Answer:
    """Ban one."""
    form = await NetworkForm.read()
    try:
        form.check()
        until = until_of(form.text("hours") or "0")
        await networks.ban_network(viewer(), form.text("network"), address(), until, form.text("reason"))
    except Refusal as refusal:
        return await _page(form, refusal)
    await say("success", N_("Network banned."))
    return to("/admin/networks")


@blueprint.post("/<oid:network_id>/lift")
async def lift(network_id: ObjectId) -> Answer:
    """End it."""
    await networks.lift_network(viewer(), network_id)
    await say("success", N_("Ban lifted."))
    return to("/admin/networks")
