"""Who follows somebody, whom they follow, and whom the viewer has blocked."""

from __future__ import annotations

from typing import Any, Final, Literal

from bson import ObjectId

from app.people.cards import card_of
from app.users.pages import People, PersonRow
from app.users.written import pager
from app.viewer import Viewer
from app.web.keys import time_key
from documents import Block, Follow, User
from documents.base import LIVE, Raw
from documents.user import CARD_FIELDS

ROWS: Final = 40
Side = Literal["user", "person"]
PERSON_FIELDS: Final[Raw] = {**CARD_FIELDS, "signature": 1}


async def followers(user: ObjectId, after: str | None) -> People:
    """One page of those who follow a person, the latest first."""
    return await _page(Follow, "person", user, f"/users/{user}/followers", after)


async def following(user: ObjectId, after: str | None) -> People:
    """One page of those whom a person follows."""
    return await _page(Follow, "user", user, f"/users/{user}/following", after)


async def blocked(viewer: Viewer, after: str | None) -> People:
    """One page of those whom the viewer has blocked."""
    return await _page(Block, "user", viewer.me, "/settings/privacy", after)


async def _page(relation: Any, by: Side, user: ObjectId, url: str, after: str | None) -> People:
    """The people on the other side of a relation; those who are gone are passed over, not counted."""
    key = time_key(after)
    person = {
        "from": User.Settings.name,
        "localField": "user" if by == "person" else "person",
        "foreignField": "_id",
        "as": "whom",
        "pipeline": [{"$match": LIVE}, {"$project": PERSON_FIELDS}],
    }
    stages: list[Raw] = [
        {"$match": {by: user, **(key.older() if key else {})}},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$lookup": person},
        {"$match": {"whom": {"$ne": []}}},
        {"$limit": ROWS + 1},
    ]
    found = await (await relation.raw().aggregate(stages)).to_list()
    rows = [PersonRow(card_of(row["whom"][0]), row["whom"][0].get("signature", "")) for row in found[:ROWS]]
    return People(tuple(rows), pager(url, found, key, rows=ROWS))
