"""How many things wait for a moderator: the numbers in their menu and above their queues."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from bson import ObjectId

from app.permissions.book import book
from app.uploads.taken import VERB as TAKEN
from app.viewer import Viewer
from app.web.recent import Recent
from documents import Appeal, Comment, Report, Topic
from documents.base import Raw

ALL: Final = "all"
HELD: Final[Raw] = {"deleted_as": "held"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open reports by board and whom they accuse; appeals and texts that wait by board and whose they are.

    `files` are the appeals against the taking down of files.
    """

    reports: dict[tuple[ObjectId | None, ObjectId | None], int]
    appeals: dict[tuple[ObjectId | None, ObjectId | None], int]
    held: dict[tuple[ObjectId | None, ObjectId | None], int]
    files: dict[tuple[ObjectId | None, ObjectId | None], int]


recent_waiting: Recent[str, Waiting] = Recent(1)


async def with_waiting(viewer: Viewer, *, fresh: bool) -> Viewer:
    """The viewer with the number, if anything can wait for them."""
    if not viewer.handles:
        return viewer
    found = await recent_waiting.get(ALL, _load, fresh=fresh)
    if found is None:
        return viewer
    waits = counted(viewer, found)
    return replace(viewer, waiting=sum(waits), waits=waits)


async def _load() -> Waiting:
    return Waiting(
        await _by(Report, {"state": "open"}, "accused"),
        await _by(Appeal, {"state": "open", "verb": {"$ne": TAKEN}}, "person"),
        Counter(await _by(Comment, HELD, "author")) + Counter(await _by(Topic, HELD, "author")),
        await _by(Appeal, {"state": "open", "verb": TAKEN}, "person"),
    )


async def _by(
    document: type[Report | Appeal | Comment | Topic], which: Raw, person: str
) -> dict[tuple[ObjectId | None, ObjectId | None], int]:
    group = {"_id": {"board": "$board", "person": f"${person}"}, "n": {"$sum": 1}}
    rows = await (await document.raw().aggregate([{"$match": which}, {"$group": group}])).to_list()
    return {(row["_id"].get("board"), row["_id"].get("person")): row["n"] for row in rows}


def counted(viewer: Viewer, found: Waiting) -> tuple[int, int, int]:
    """How many reports, texts to approve and appeals wait for somebody: of their boards, and not about themselves."""
    files = _count(viewer, "see_reports", found.files) if viewer.may("manage_uploads") else 0
    return (
        _count(viewer, "see_reports", found.reports),
        _count(viewer, "approve", found.held),
        _count(viewer, "see_reports", found.appeals) + files,
    )


def _count(viewer: Viewer, permission: str, found: dict[tuple[ObjectId | None, ObjectId | None], int]) -> int:
    return sum(
        count
        for (board, person), count in found.items()
        if person != viewer.id and handles_in(viewer, permission, board)
    )


def handles_in(viewer: Viewer, permission: str, board: ObjectId | None) -> bool:
    """Whether they have this permission in a board, or, where there is none, everywhere."""
    if board is None:
        return viewer.may(permission)
    known = book().boards.get(board)
    return known is not None and viewer.may(permission, known)


def boards_of(viewer: Viewer, permission: str) -> list[ObjectId | None]:
    """Where they have it, for a query; None stands for what is in no board."""
    found: list[ObjectId | None] = [id for id in book().boards if handles_in(viewer, permission, id)]
    return [*found, None] if viewer.may(permission) else found
