"""Sitemaps, and what robots should leave alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, request

from app.feeds import sitemap
from app.feeds.answering import whole
from app.web.context import origin
from app.web.needs import EVERYBODY, declare

blueprint = Blueprint("maps", __name__)
declare(blueprint, EVERYBODY)

# Not here: pages that say `noindex` themselves, which only those can read who may open them.
ROBOTS: Final = """User-agent: *
Disallow: /search
Disallow: /login
Disallow: /register
Disallow: /password/
Disallow: /confirm/
Disallow: /messages
Disallow: /notifications
Disallow: /settings
Disallow: /bookmarks
Disallow: /admin
Disallow: /language/
Disallow: /theme/
Disallow: /users/*/card
Disallow: /*?reply_to=

Sitemap: {origin}/sitemap.xml
"""


async def _sent(make: Callable[[str], Awaitable[bytes]]) -> Response:
    """A sitemap. Who asks while it is made waits for it, so that it is made once."""
    where, path = origin(), request.path
    body = sitemap.kept.get(where, path)
    if body is None:
        async with sitemap.kept.turn:
            body = sitemap.kept.get(where, path)
            if body is None:
                body = sitemap.kept.put(where, path, await make(where))
    return await whole(body, sitemap.CONTENT_TYPE, seconds=int(sitemap.FRESH_SECONDS))


@blueprint.get("/sitemap.xml")
async def index() -> Response:
    """The index of all sitemaps."""
    return await _sent(sitemap.index_of)


@blueprint.get("/sitemaps/places.xml")
async def places() -> Response:
    """The boards."""
    return await _sent(sitemap.places_of)


@blueprint.get("/sitemaps/topics-<oid:first_id>-<oid:last_id>.xml")
async def part(first_id: ObjectId, last_id: ObjectId) -> Response:
    """The topics of one part."""
    return await _sent(lambda where: sitemap.part_of(where, first_id, last_id))


@blueprint.get("/robots.txt")
async def robots() -> Response:
    """What search engines should leave alone, and where the sitemap is."""
    return await whole(ROBOTS.format(origin=origin()).encode(), "text/plain; charset=utf-8", seconds=3600)
