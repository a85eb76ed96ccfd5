"""Atom feeds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bson import ObjectId
from quart import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.errors import NotFound
from app.feeds import service
from app.feeds.answering import feed_answer
from app.feeds.atom import CONTENT_TYPE, atom
from app.feeds.pages import Feed
from app.topics.tags import tag_named, tag_url
from app.web.context import origin, plumbing
from app.web.needs import EVERYBODY, declare
from documents import Tag

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")
declare(blueprint, EVERYBODY)


async def _sent(load: Callable[[str], Awaitable[Feed]]) -> Response:
    site_name, where = plumbing().settings.site_name, origin()

    async def make() -> tuple[bytes, datetime]:
        feed = await load(site_name)
        return atom(feed, where, site_name), feed.updated

    return await feed_answer((where, request.path), make, CONTENT_TYPE)


@blueprint.get("/topics")
async def newest() -> Response:
    """The topics of all boards."""
    return await _sent(service.newest_topics)


@blueprint.get("/boards/<oid:board_id>")
async def board(board_id: ObjectId) -> Response:
    """The topics of one board."""
    return await _sent(lambda name: service.in_board(board_id, name))


@blueprint.get("/topics/<oid:topic_id>")
async def topic(topic_id: ObjectId) -> Response:
    """What was said in a topic."""
    return await _sent(lambda name: service.in_topic(topic_id, name))


@blueprint.get("/users/<oid:user_id>")
async def person(user_id: ObjectId) -> Response:
    """What somebody wrote."""
    return await _sent(lambda name: service.of_person(user_id, name))


@blueprint.get("/tags/<tag>")
async def tagged(tag: str) -> Response | WerkzeugResponse:
    """The topics with a tag."""
    folded = tag_named(tag)
    if folded is None:
        raise NotFound
    (stands,), _ = await Tag.standing([folded])
    if stands != folded:
        return redirect(f"/feeds{tag_url(stands)}", 301)
    return await _sent(lambda name: service.with_tag(folded, name))
