"""Buttons of one's own side of a conversation: archive, mute, accept or decline a request, and how far one has read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.messages import keeping, service
from app.people.cards import cards
from app.viewer import Viewer
from app.web.context import require_login, say, shows_nothing_new, spend, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare

blueprint = Blueprint("own_side", __name__, url_prefix="/messages/<oid:conversation_id>")
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse
Act = Callable[[Viewer, ObjectId], Awaitable[None]]

DIGITS_MAX = 9


async def _done(conversation_id: ObjectId, act: Act, told: str, where: str = "") -> Answer:
    await act(require_login(), conversation_id)
    await say("success", told)
    return to(where or f"/messages/{conversation_id}")


@blueprint.post("/archive")
async def archive(conversation_id: ObjectId) -> Answer:
    """Put it away."""
    return await _done(conversation_id, keeping.archive, N_("Archived. A new message brings it back."), "/messages")


@blueprint.post("/unarchive")
async def unarchive(conversation_id: ObjectId) -> Answer:
    """Back into the inbox."""
    return await _done(conversation_id, keeping.unarchive, N_("Back in your inbox."))


@blueprint.post("/mute")
async def mute(conversation_id: ObjectId) -> Answer:
    """Hear nothing of what comes."""
    return await _done(conversation_id, keeping.mute, N_("Muted. New messages come without a notice."))


@blueprint.post("/unmute")
async def unmute(conversation_id: ObjectId) -> Answer:
    """Hear of it again."""
    return await _done(conversation_id, keeping.unmute, N_("You will hear of new messages again."))


@blueprint.post("/accept")
async def accept(conversation_id: ObjectId) -> Answer:
    """Let a request in."""
    return await _done(conversation_id, keeping.accept, N_("Accepted. The conversation is in your inbox now."))


@blueprint.post("/decline")
async def decline(conversation_id: ObjectId) -> Answer:
    """Take no more of who asked."""
    told = N_("Declined. They do not learn of it, and nothing more of theirs reaches you.")
    return await _done(conversation_id, keeping.decline, told, "/messages/requests")


@blueprint.post("/block")
async def block(conversation_id: ObjectId) -> Answer:
    """Delete a request and block who sent it."""
    found = require_login()
    await spend(Limit.FOLLOW)
    person = await keeping.block(found, conversation_id)
    name = (await cards([person]))[person].name
    await say("success", N_("You have blocked %(name)s. You read and hear no more of them."), name=name)
    return to("/messages/requests")


@blueprint.post("/read")
async def read(conversation_id: ObjectId) -> Answer:
    """The page says how far one has read: `number`."""
    found = require_login()
    await spend(Limit.READ)
    conversation, side = await service.visible_conversation(found, conversation_id)
    number = (await request.form).get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX):
        raise NotFound
    shows_nothing_new()
    await service.read_to(found, conversation_id, min(int(number), side.reach(conversation.last_number)))
    return Response(status=204)
