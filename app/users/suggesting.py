"""Whom one could mean by an @ while writing: first those who are in the topic, then all others."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from quart import Blueprint, Response, jsonify, request

from app.boards.access import visible_topic
from app.people.cards import card_of
from app.text.names import username_key
from app.text.starts import typed_start
from app.viewer import Viewer
from app.web.context import require_login, speak_json, spend
from app.web.limits import Limit
from app.web.needs import MEMBERS, declare
from app.web.pages import Card
from app.web.routing import as_id
from documents import Comment, User
from documents.base import LIVE, Raw, beginning
from documents.user import CARD_FIELDS

blueprint = Blueprint("suggesting", __name__)
declare(blueprint, MEMBERS)

SHOWN_MAX: Final = 8
TYPED_MAX: Final = 40
# Of a topic, the last comments whose authors come first.
COMMENTS_LOOKED_AT: Final = 200


@blueprint.get("/users/complete")
async def complete() -> Response:
    """`[{username, name, initial, hue, avatar}, …]` of whom `q` begins a name; `topic` may be an id."""
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
    """At most eight people: those of the topic, then others by their usernames, then by their display names.

    For nothing typed only those of the topic.
    """
    key, start = username_key(typed[:TYPED_MAX]), typed_start(typed[:TYPED_MAX])
    by_username: Raw = {"username_key": beginning(key)}
    by_either: Raw = {"$or": [by_username, {"starts": {"$elemMatch": beginning(start)}}]} if start else by_username
    here = await _writers_in(viewer, topic) if topic is not None else []
    near = {card.id: card for card in await _people({"_id": {"$in": here}, **(by_either if key else {})}, len(here))}
    found = [near[str(id)] for id in here if str(id) in near][:SHOWN_MAX]
    for which in (by_username, by_either) if key else ():
        known = [viewer.me, *viewer.blocks, *here, *(ObjectId(card.id) for card in found)]
        found += await _people({"_id": {"$nin": known}, **which}, SHOWN_MAX - len(found))
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
