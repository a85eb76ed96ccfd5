"""A topic as it is printed: without anything to press, in long pages."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, request

from app.boards.access import visible_topic
from app.errors import NotFound
from app.topics.conversation import load_window, numbers
from app.web.context import page, viewer, wants_fresh
from app.web.needs import EVERYBODY, declare

blueprint = Blueprint("printing", __name__)
declare(blueprint, EVERYBODY)

# Comments on one page: some thirty sheets, and less than a megabyte.
PRINTED: Final = 100


@blueprint.get("/topics/<oid:topic_id>/print")
async def printed(topic_id: ObjectId) -> Response:
    """A hundred comments as an article."""
    topic, board = await visible_topic(viewer(), topic_id, fresh=wants_fresh())
    asked = request.args.get("page", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) <= 9):
        raise NotFound
    at = numbers(topic, int(asked) if asked else None, PRINTED)
    loaded = await load_window(topic, board, at)
    response = await page("topics/print.html", keep=(f"topic:{topic_id}",), page=loaded.page, folded=_folded())
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _folded() -> frozenset[str]:
    """Whose words the viewer does not want to read."""
    return frozenset(map(str, viewer().blocks))
