"""Following and blocking. Each is a button of a form, on a profile, a card or among the settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.users import blocks, follows
from app.users.routes import card_fragment, visible_person
from app.viewer import Viewer
from app.web.context import look_again, require_login, safe_next, say, spend, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.routes import came_from
from app.web.withheld import unconfirmed_may

blueprint = Blueprint("relations", __name__, url_prefix="/users/<oid:user_id>")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse


async def _done(user_id: ObjectId, act: Callable[[Viewer, ObjectId], Awaitable[None]]) -> Answer:
    """Do it; then the card anew for who asks for it (`part=card`), else back to where the button was."""
    found = require_login()
    person = await visible_person(user_id)
    await spend(Limit.FOLLOW)
    await act(found, user_id)
    form = await request.form
    if form.get("part") == "card":
        await look_again()
        return await card_fragment(await visible_person(user_id))
    if act in TOLD:
        await say("success", TOLD[act], name=person.name)
    return to(safe_next(form.get("next"), came_from(f"/users/{user_id}")))


@blueprint.post("/follow")
async def follow(user_id: ObjectId) -> Answer:
    """Follow them."""
    return await _done(user_id, follows.follow)


@blueprint.post("/unfollow")
async def unfollow(user_id: ObjectId) -> Answer:
    """Follow them no more."""
    return await _done(user_id, follows.unfollow)


@blueprint.post("/block")
@unconfirmed_may
async def block(user_id: ObjectId) -> Answer:
    """Block them."""
    return await _done(user_id, blocks.block)


@blueprint.post("/unblock")
@unconfirmed_may
async def unblock(user_id: ObjectId) -> Answer:
    """Take the block back."""
    return await _done(user_id, blocks.unblock)


TOLD = {
    blocks.block: N_("You have blocked %(name)s. You read and hear no more of them."),
    blocks.unblock: N_("%(name)s is no longer blocked."),
}
