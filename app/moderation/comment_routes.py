"""What was done with one comment, with the way back; and all that a moderator can do with it."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint, Response
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.access import visible_comment
from app.comments import policy
from app.comments import views as comment_views
from app.errors import Forbidden
from app.moderation import views
from app.people.cards import cards
from app.web.context import page, require_login
from app.web.needs import declare, needs

blueprint = Blueprint("comment_moderation", __name__)
declare(blueprint, needs("delete_others", "edit_others", "approve", "merge", "warn", "silence", "ban"))
Answer = Response | WerkzeugResponse


@blueprint.get("/comments/<oid:comment_id>/moderate")
async def moderate(comment_id: ObjectId) -> Answer:
    """The list of what was done, and ways to do more."""
    found = require_login()
    comment, topic, board = await visible_comment(found, comment_id)
    allowed = policy.actions(found, comment, topic, board, liked=False)
    if allowed.menu is None:
        raise Forbidden
    people = await cards(comment_views.people_in([comment]))
    return await page(
        "moderation/comment.html",
        comment=comment_views.unseen_view(comment, people),
        title=topic.title,
        topic=str(topic.oid),
        a=allowed,
        operations=await views.about(found, comment_id),
    )
