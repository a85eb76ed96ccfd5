"""Boards are made and changed by administrators."""

from __future__ import annotations

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Forbidden, Invalid, NotFound
from app.events import BoardsChanged
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import tell
from documents import Board
from documents.base import RESTORED, deletion
from documents.clock import now


async def make_board(viewer: Viewer, *, name: str, description: str, staff_only: bool) -> Board:
    """A new board at the end of the list."""
    _require_admin(viewer)
    last = await Board.find_all().sort("-position").limit(1).to_list()
    board = Board(
        name=name,
        name_key=username_key(name),
        description=description,
        staff_only=staff_only,
        position=last[0].position + 1 if last else 1,
        created_at=now(),
    )
    try:
        await board.insert()
    except DuplicateKeyError:
        raise _name_taken() from None
    await tell(BoardsChanged())
    return board


async def change_board(viewer: Viewer, id: ObjectId, *, name: str, description: str, staff_only: bool) -> None:
    """Rename or describe a board, or open it to all or to staff alone."""
    _require_admin(viewer)
    fields = {"name": name, "name_key": username_key(name), "description": description, "staff_only": staff_only}
    await _set(id, fields)


async def delete_board(viewer: Viewer, id: ObjectId, reason: str) -> None:
    """Hide a board with all that is in it."""
    _require_admin(viewer)
    await _set(id, deletion(now(), viewer.me, "moderator", reason))


async def restore_board(viewer: Viewer, id: ObjectId) -> None:
    """Bring a board back."""
    _require_admin(viewer)
    await _set(id, RESTORED)


async def _set(id: ObjectId, fields: dict[str, object]) -> None:
    try:
        changed = await Board.raw().update_one({"_id": id}, {"$set": fields})
    except DuplicateKeyError:
        raise _name_taken() from None
    if not changed.matched_count:
        raise NotFound
    await tell(BoardsChanged())


def _require_admin(viewer: Viewer) -> None:
    if not viewer.administers:
        raise Forbidden


def _name_taken() -> Invalid:
    return Invalid(fields={"name": Text(N_("There is already a board with this name."))})
