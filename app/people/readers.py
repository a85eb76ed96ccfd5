"""Somebody who is not at the other end: what they may read, for notices, e-mails and files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bson import ObjectId

from app.permissions import trust
from app.permissions.rules import allows, everybody_reads
from app.viewer import Viewer
from documents import Board, User
from documents.base import Session
from documents.clock import now

FIELDS = ("deleted_at", "banned_at", *trust.FIELDS)


def viewer_from(person: Mapping[str, Any]) -> Viewer:
    """Somebody as policies know them, of whom `FIELDS` were read."""
    return Viewer(id=person["_id"], role=person.get("role", "member"), roles=trust.roles_of(person, now()))


async def as_viewer(person: ObjectId) -> Viewer:
    """Somebody as policies know them; a member who may nothing special when they are gone."""
    found = await User.projected([person], FIELDS, None)
    return viewer_from(found[0]) if found else Viewer(id=person, role="member")


async def readers_among(people: Collection[ObjectId], board: Board, session: Session) -> set[ObjectId]:
    """Those of `people` who may read in a board. Nobody is asked about where everybody may."""
    if not people or everybody_reads(board):
        return set(people)
    found = await User.projected(people, FIELDS, session)
    return {raw["_id"] for raw in found if allows(viewer_from(raw), "read", board)}
