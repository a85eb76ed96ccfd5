"""The routes of the API, out of its table; its OpenAPI document and the page that explains it."""

from __future__ import annotations

from typing import Any, Final

from bson import ObjectId
from quart import Blueprint, Response, jsonify, request

from app.api import (
    administration,
    answers,
    arranging,
    boards,
    bookmarks,
    comments,
    conversations,
    drafts,
    explained,
    groups,
    me,
    messages,
    notifications,
    openapi,
    preferences,
    queues,
    reports,
    search,
    topics,
    uploads,
    users,
)
from app.api.parsing import json_body, once_turn, read
from app.api.table import NAME, PREFIX, Operation, operations
from app.turns import turn_at
from app.web.context import origin, page
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.withheld import unconfirmed_may

# Importing them fills the table.
NOUNS: Final = (
    *(boards, topics, comments, users, me, preferences, conversations, groups, messages),
    *(notifications, bookmarks, drafts, uploads, search, reports, arranging, queues, administration),
)

blueprint = Blueprint(NAME, __name__)
declare(
    blueprint,
    MEMBERS,
    document=EVERYBODY,
    docs=EVERYBODY,
    **{each.name: each.need for each in operations().values()},
)
blueprint.after_app_request(answers.finish)
DOCS: Final = "/api/docs"


def _add(operation: Operation) -> None:
    async def view(**ids: ObjectId) -> Response:
        given: dict[str, Any] = dict(ids)
        if operation.asks is not None:
            given["query"] = read(operation.asks, request.args.to_dict())
        if operation.takes is not None:
            given["body"] = read(operation.takes, await json_body())
        async with turn_at(once_turn()):
            return answers.answered(operation, await operation.view(**given))

    if operation.unconfirmed:
        unconfirmed_may(view)
    blueprint.add_url_rule(PREFIX + operation.path, endpoint=operation.name, view_func=view, methods=[operation.method])


for _operation in operations().values():
    _add(_operation)


@blueprint.get(f"{PREFIX}/openapi.json")
async def document() -> Response:
    """The OpenAPI document: the same for everybody."""
    response: Response = jsonify(openapi.document())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get(DOCS)
async def docs() -> Response:
    """The same to read, with commands to copy."""
    return await page(
        "api/docs.html",
        groups=explained.groups(),
        scopes=explained.scopes(),
        said=explained.SAID,
        base=origin(),
        keep=("api",),
    )
