"""How far somebody has read: told by their browser as they read, and by themselves for a whole board."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.access import visible_topic
from app.boards.directory import visible_board
from app.comments.views import number_url
from app.errors import Invalid
from app.markers import service
from app.markers.unread import first_unread
from app.topics.conversation import page_url
from app.web.context import require_login, safe_next, say, shows_nothing_new, spend, to, viewer
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare

blueprint = Blueprint("marking", __name__)
declare(blueprint, MEMBERS, unread=EVERYBODY)
Answer = Response | WerkzeugResponse

DIGITS_MAX: Final = 9


@blueprint.post("/topics/<oid:topic_id>/read")
async def read(topic_id: ObjectId) -> Answer:
    """The browser of somebody who reads says how far they are: `number`. Nothing to see comes of it."""
    require_login()
    topic, _ = await visible_topic(viewer(), topic_id, fresh=False)
    shows_nothing_new()
    number = (await request.form).get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS_MAX and int(number) > 0):
        raise Invalid(Text(N_("This is not the number of a comment.")))
    await spend(Limit.READ)
    if int(number) > topic.last_number:
        topic, _ = await visible_topic(viewer(), topic_id)
    await service.note_read(viewer(), topic, int(number))
    return Response(status=204)


@blueprint.get("/topics/<oid:topic_id>/unread")
async def unread(topic_id: ObjectId) -> Answer:
    """To the first comment that is new to the viewer; where nothing is, to the last."""
    topic, _ = await visible_topic(viewer(), topic_id)
    number: int | None = None
    if viewer().known:
        left = await service.where_left(viewer(), topic)
        number = await first_unread(viewer(), topic_id, left)
        if number is None and left.number is not None:
            number = topic.last_visible
    response = to(page_url(topic_id, 1) if number is None else number_url(topic_id, number))
    response.status_code = 302
    return response


@blueprint.post("/read")
async def read_everywhere() -> Answer:
    """All that is there counts as read."""
    require_login()
    await spend(Limit.READ)
    await service.read_all(viewer())
    await say("success", N_("Everything is marked as read."))
    return to(safe_next((await request.form).get("next"), "/"))


@blueprint.post("/boards/<oid:board_id>/read")
async def read_board(board_id: ObjectId) -> Answer:
    """All that is in a board counts as read."""
    require_login()
    board = await visible_board(viewer(), board_id)
    await spend(Limit.READ)
    await service.read_all(viewer(), board)
    await say("success", N_("Everything in this board is marked as read."))
    return to(f"/boards/{board_id}")
