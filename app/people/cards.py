"""People's cards, from a cache in this process that is emptied when one of them changes."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bson import ObjectId

from app.people.initials import initial_of
from app.web.pages import Card
from documents import User
from documents.base import Raw
from documents.user import CARD_FIELDS

KEPT: Final = 20_000
NOBODY: Final = Card(id="0" * 24, username="–", name="–", initial="–", hue=0, gone=True)

_kept: OrderedDict[ObjectId, Card] = OrderedDict()


async def cards(ids: Iterable[ObjectId]) -> dict[ObjectId, Card]:
    """The cards of these people; purged ones get a card that says so."""
    wanted = set(ids)
    missing = wanted - _kept.keys()
    if missing:
        async for raw in User.raw().find({"_id": {"$in": list(missing)}}, CARD_FIELDS):
            _keep(raw["_id"], card_of(raw))
    return {id: _kept.get(id, NOBODY) for id in wanted}


def card_of(raw: Raw) -> Card:
    """The card out of the projected document; who has left has no name any more."""
    if raw.get("deleted_at") is not None:
        return replace(NOBODY, id=str(raw["_id"]))
    name = raw.get("display_name") or raw["username"]
    hue = int.from_bytes(hashlib.blake2b(str(raw["_id"]).encode(), digest_size=2).digest(), "big") % 360
    return Card(
        id=str(raw["_id"]),
        username=raw["username"],
        name=name,
        initial=initial_of(name),
        hue=hue,
        role=raw.get("role", "member"),
        picture=raw.get("avatar", ""),
    )


def _keep(id: ObjectId, card: Card) -> None:
    _kept[id] = card
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


def forget(id: ObjectId | None = None) -> None:
    """Read this person's card anew, or everyone's."""
    if id is None:
        _kept.clear()
    else:
        _kept.pop(id, None)
