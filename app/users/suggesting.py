"""Whom one could mean by an @ while writing: first those who are in the topic, then all others."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, jsonify, request

from app.boards.access import visible_topic
from app.people.cards import card_of
from app.text.names import username_key
from app.viewer import Viewer
from app.web.context import require_login, speak_json, spend
from app.web.limits import Limit
from app.web.pages import Card
from app.web.routing import as_id
from documents import Comment, User
from documents.base import LIVE, Raw
from documents.user import CARD_FIELDS

blueprint = Blueprint("suggesting", __name__)

SHOWN_MAX: Final = 8
# Sorts after whatever a name can go on with.
LAST: Final = "\U0010ffff"
# Of a topic, the last comments whose authors come first.
COMMENTS_LOOKED_AT: Final = 200


@blueprint.get("/users/complete")
async def complete() -> Response:
    """`[{username, name, initial, hue, avatar}, …]` of those whose usernames begin with `q`; `topic` may be an id."""
    speak_json()
    found = require_login()
    await spend(Limit.SUGGEST)
    people = await suggested(found, request.args.get("q", ""), as_id(request.args.get("topic")))
    return jsonify([_shown(card) for card in people])


def _shown(card: Card) -> dict[str, str | int]:
    return {
        "username": card.username,
        "name": card.name,
        "initial": card.initial,
        "hue": card.hue,
        "avatar": card.avatar,
    }


async def suggested(viewer: Viewer, typed: str, topic: ObjectId | None) -> list[Card]:
    """At most eight people. For nothing typed only those of the topic."""
    prefix = username_key(typed[:40])
    beginning: Raw = {"username_key": {"$gte": prefix, "$lt": prefix + LAST}} if prefix else {}
    here = await _writers_in(viewer, topic) if topic is not None else []
    near = {card.id: card for card in await _people({"_id": {"$in": here}, **beginning}, len(here))}
    found = [near[str(id)] for id in here if str(id) in near][:SHOWN_MAX]
    if prefix and len(found) < SHOWN_MAX:
        others = {"_id": {"$nin": [viewer.me, *viewer.blocks, *here]}, **beginning}
        found += await _people(others, SHOWN_MAX - len(found))
    return found


async def _people(which: Raw, limit: int) -> list[Card]:
    if not limit:
        return []
    rows = User.raw().find({**which, **LIVE}, CARD_FIELDS).sort("username_key").limit(limit)
    return [card_of(raw) async for raw in rows]


async def _writers_in(viewer: Viewer, id: ObjectId) -> list[ObjectId]:
    """Those who have written in a topic, last first, without the viewer and whom they have blocked."""
    topic, _ = await visible_topic(viewer, id, fresh=False)
    rows = Comment.raw().find({"topic": id, **LIVE}, {"author": 1}).sort("number", -1).limit(COMMENTS_LOOKED_AT)
    writers = dict.fromkeys([*[raw["author"] async for raw in rows], topic.author])
    left_out = {viewer.me, *viewer.blocks}
    return [person for person in writers if person not in left_out]
