"""NodeBB's addresses of what was imported from it lead to our pages; who may not read what is there learns nothing."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from quart import Blueprint, redirect
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.access import visible_comment, visible_topic
from app.boards.directory import visible_board
from app.comments.views import number_url
from app.errors import NotFound
from app.web.context import viewer
from app.web.needs import EVERYBODY, declare
from documents import Board, Comment, Topic, User
from documents.base import LIVE, Raw, Record

blueprint = Blueprint("former", __name__)
declare(blueprint, EVERYBODY)
MOVED_FOR_GOOD: Final = 301
SLUG_CHARS_MAX: Final = 300


async def _id(document: type[Record], which: Raw) -> ObjectId:
    found = await document.raw().find_one(which, {"_id": 1})
    if found is None:
        raise NotFound
    return ObjectId(found["_id"])


async def _imported(document: type[Record], kind: str, number: int) -> ObjectId:
    return await _id(document, {"source": f"nodebb:{kind}:{number}"})


@blueprint.get("/topic/<int:number>", defaults={"rest": ""})
@blueprint.get("/topic/<int:number>/<path:rest>")
async def topic(number: int, rest: str) -> WerkzeugResponse:
    """`/topic/12/its-title`, or `/topic/12/its-title/5` for its fifth post."""
    found, _ = await visible_topic(viewer(), await _imported(Topic, "topic", number))
    place = rest.rpartition("/")[2]
    if "/" in rest and place.isascii() and place.isdecimal() and 1 < int(place[:10]) <= found.last_number:
        return redirect(number_url(found.oid, int(place[:10])), MOVED_FOR_GOOD)
    return redirect(f"/topics/{found.oid}", MOVED_FOR_GOOD)


@blueprint.get("/post/<int:number>")
async def post(number: int) -> WerkzeugResponse:
    """A single post."""
    found, _, _ = await visible_comment(viewer(), await _imported(Comment, "post", number))
    return redirect(f"/comments/{found.oid}", MOVED_FOR_GOOD)


@blueprint.get("/category/<int:number>", defaults={"rest": ""})
@blueprint.get("/category/<int:number>/<path:rest>")
async def category(number: int, rest: str) -> WerkzeugResponse:
    """`/category/3/its-name`."""
    found = await visible_board(viewer(), await _imported(Board, "category", number))
    return redirect(f"/boards/{found.oid}", MOVED_FOR_GOOD)


@blueprint.get("/user/<slug>", defaults={"rest": ""})
@blueprint.get("/user/<slug>/<path:rest>")
async def person(slug: str, rest: str) -> WerkzeugResponse:
    """`/user/ada-lovelace`, with whatever page of it."""
    if not slug or len(slug) > SLUG_CHARS_MAX:
        raise NotFound
    return redirect(f"/users/{await _id(User, {'source_slug': str(slug).lower(), **LIVE})}", MOVED_FOR_GOOD)


@blueprint.get("/uid/<int:number>")
async def uid(number: int) -> WerkzeugResponse:
    """The same by number."""
    return redirect(f"/users/{await _id(User, {'source': f'nodebb:user:{number}', **LIVE})}", MOVED_FOR_GOOD)
