"""Bringing back an earlier version of a text: an edit like any other, which says what it repeats."""

from __future__ import annotations

from bson import ObjectId
from quart import Blueprint
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.access import visible_comment
from app.comments import policy
from app.comments.editing import Why, edit_comment
from app.errors import Forbidden, NotFound
from app.topics.rewriting import edit_topic
from app.viewer import Viewer
from app.web.context import require_login, say, spend, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import declare, needs
from documents import Comment, Revision, Tag, Topic

blueprint = Blueprint("restoring", __name__)
declare(blueprint, needs("edit_others"))
VERSION_MAX = 10**9


@blueprint.post("/comments/<oid:comment_id>/versions/<int:number>/restore")
async def restore_version(comment_id: ObjectId, number: int) -> WerkzeugResponse:
    """Make version `number` (from 1) the text again."""
    found = require_login()
    comment, topic, board = await visible_comment(found, comment_id)
    if not policy.may_restore_version(found, comment, topic, board):
        raise Forbidden
    version = await _version(comment_id, number)
    await spend(Limit.EDIT)
    await _bring_back(found, comment, topic, version)
    await say("success", N_("Version %(number)s is the text again."), number=number)
    return to(f"/comments/{comment_id}/history")


async def _version(comment: ObjectId, number: int) -> Revision:
    known = number if 0 < number < VERSION_MAX else 0
    version = await Revision.find_one({"comment": comment, "number": known - 1})
    if version is None:
        raise NotFound
    return version


async def _bring_back(viewer: Viewer, comment: Comment, topic: Topic, version: Revision) -> None:
    why = Why(restored_from=version.number + 1)
    if comment.number > 1:
        await edit_comment(viewer, comment.oid, version.body, seen=comment.edits, why=why)
        return
    title = topic.title if version.title is None else version.title
    tags, barred = (topic.tags, []) if version.tags is None else await Tag.standing(version.tags)
    tags = [tag for tag in tags if tag not in barred]
    await edit_topic(viewer, topic.oid, title=title, body=version.body, tags=tags, seen=comment.edits, why=why)
