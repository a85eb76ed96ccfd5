"""Who may write to whom, and follow whom: asked by the routes and by whoever draws the button."""

from __future__ import annotations

from typing import NamedTuple

from bson import ObjectId

from app.viewer import Viewer
from documents import Follow, Membership, User
from documents.base import Raw, Session


async def takes_first_word(
    person: User, viewer: Viewer, session: Session = None, *, known: Between | None = None
) -> bool:
    """Whether this person takes a new conversation from the viewer. Staff always reach people.

    `known` is how the viewer stands to the person, where that was asked already.
    """
    if not viewer.known or not person.live or person.oid == viewer.id:
        return False
    if viewer.may("reach_anyone"):
        return True
    if viewer.me in person.blocks or person.messages_from == "nobody":
        return False
    if known.followed if known else await follows(person.oid, viewer.me, session):
        return True
    if person.messages_from != "everyone":
        return False
    return not (known.declined if known else await has_declined(person.oid, viewer.me, session))


def takes_replies(person: User, viewer: Viewer) -> bool:
    """Whether this person takes more in a conversation that there is: from everybody but those they have blocked."""
    return person.live and (viewer.may("reach_anyone") or viewer.me not in person.blocks)


def _declining(user: ObjectId, person: ObjectId) -> Raw:
    return {"user": user, "request": True, "invited_by": person, "declined_at": {"$ne": None}}


async def has_declined(user: ObjectId, person: ObjectId, session: Session = None) -> bool:
    """Whether `user` has declined what `person` asked them, and has neither accepted it nor written to them since."""
    return await Membership.raw().find_one(_declining(user, person), {"_id": 1}, session=session) is not None


def may_follow(person: User, viewer: Viewer) -> bool:
    """Whether the viewer may follow this person: not themselves, and neither of the two has blocked the other."""
    if not viewer.known or not person.live or person.oid == viewer.id:
        return False
    return viewer.me not in person.blocks and person.oid not in viewer.blocks


def may_block(person: User, viewer: Viewer) -> bool:
    """Whether the viewer may block this person; of staff the texts alone are folded away then."""
    return viewer.known and person.live and person.oid != viewer.id


async def follows(user: ObjectId, person: ObjectId, session: Session = None) -> bool:
    """Whether `user` follows `person`."""
    return await Follow.raw().find_one({"user": user, "person": person}, {"_id": 1}, session=session) is not None


class Between(NamedTuple):
    """How one stands to another: follows them, is `followed` by them, has had a request `declined` by them."""

    follows: bool = False
    followed: bool = False
    declined: bool = False


async def between(one: ObjectId, other: ObjectId) -> Between:
    """How the one stands to the other: one query."""
    either = [{"user": one, "person": other}, {"user": other, "person": one}]
    declined = [{"$match": _declining(other, one)}, {"$limit": 1}, {"$project": {"said": "declined"}}]
    stages: list[Raw] = [
        {"$match": {"$or": either}},
        {"$project": {"said": {"$cond": [{"$eq": ["$user", one]}, "follows", "followed"]}}},
        {"$unionWith": {"coll": Membership.raw().name, "pipeline": declined}},
    ]
    return Between(**{raw["said"]: True async for raw in await Follow.raw().aggregate(stages)})
