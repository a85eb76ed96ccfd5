"""Watching, muting and bookmarking: buttons that are forms, and the pages that list what they did."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.interest import lists, service
from app.web.context import page, require_login, say, spend, to
from app.web.i18n import N_
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.routes import came_from
from app.web.withheld import unconfirmed_may
from documents import Comment, User
from documents.interest import Level, PlaceKind

blueprint = Blueprint("interest", __name__)
declare(blueprint, MEMBERS)
Answer = Response | WerkzeugResponse
LEVELS: tuple[Level, ...] = ("watch", "mute")


def _verbs(kind: PlaceKind, level: Level) -> None:
    """The two routes that begin and end watching or muting a kind of place."""
    name = f"{level}_{kind}"

    @blueprint.post(f"/{kind}s/<oid:{kind}_id>/{level}", endpoint=name)
    @unconfirmed_may
    async def begin(**ids: ObjectId) -> Answer:
        found, place = require_login(), ids[f"{kind}_id"]
        await spend(Limit.LIKE)
        await service.keep_eye(found, kind, place, level)
        return to(came_from(f"/{kind}s/{place}"))

    @blueprint.post(f"/{kind}s/<oid:{kind}_id>/un{level}", endpoint=f"un{name}")
    @unconfirmed_may
    async def end(**ids: ObjectId) -> Answer:
        found, place = require_login(), ids[f"{kind}_id"]
        await spend(Limit.LIKE)
        await service.look_away(found, place, level)
        return to(came_from(f"/{kind}s/{place}"))


for _level in LEVELS:
    _verbs("topic", _level)
    _verbs("board", _level)


@blueprint.post("/comments/<oid:comment_id>/bookmark")
@unconfirmed_may
async def bookmark(comment_id: ObjectId) -> Answer:
    """Keep it."""
    found = require_login()
    await spend(Limit.LIKE)
    comment = await service.bookmark(found, comment_id)
    return to(f"/topics/{comment.topic}/n/{comment.number}")


@blueprint.post("/comments/<oid:comment_id>/unbookmark")
@unconfirmed_may
async def unbookmark(comment_id: ObjectId) -> Answer:
    """Let it go."""
    found = require_login()
    await spend(Limit.LIKE)
    await service.let_go(found, comment_id)
    back = came_from("/bookmarks")
    comment = None if back.startswith("/bookmarks") else await Comment.load(comment_id)
    return to(f"/topics/{comment.topic}/n/{comment.number}" if comment else back)


@blueprint.get("/bookmarks")
async def bookmarks() -> Answer:
    """What one has kept, the latest first."""
    shown = await lists.bookmarks(require_login(), request.args.get("after"))
    return await page("interest/bookmarks.html", bookmarks=shown)


@blueprint.get("/settings/watching")
async def watching() -> Answer:
    """The places that one watches or has muted."""
    found = require_login()
    person: Any = await User.raw().find_one({"_id": found.me}, {"watches_own": 1})
    if person is None:
        raise NotFound
    return await page(
        "interest/watching.html",
        watched=await lists.places(found, "watch"),
        muted=await lists.places(found, "mute"),
        own=person.get("watches_own", False),
    )


@blueprint.post("/settings/watching")
@unconfirmed_may
async def save_watching() -> Answer:
    """Whether one watches the topics that one opens."""
    found = require_login()
    await spend(Limit.PROFILE)
    await service.watch_own(found, wanted=bool((await request.form).get("own")))
    await say("success", N_("Saved."))
    return to("/settings/watching")
