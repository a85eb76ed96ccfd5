"""Boards are made and changed by administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Forbidden, Invalid, NotFound
from app.events import BoardsChanged
from app.operations.service import record, target
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board
from documents.base import RESTORED, deletion
from documents.clock import now


async def make_board(viewer: Viewer, *, name: str, description: str, staff_only: bool) -> Board:
    """A new board at the end of the list."""
    _require_manager(viewer)
    last = await Board.find_all().sort("-position").limit(1).to_list()
    board = Board(
        name=name,
        name_key=username_key(name),
        description=description,
        staff_only=staff_only,
        position=last[0].position + 1 if last else 1,
        created_at=now(),
    )
    board.id = ObjectId()  # type: ignore[assignment]

    async def steps(work: Work) -> None:
        await Board.raw().insert_one(board.as_stored(), session=work.session)
        after = {"name": name, "description": description, "staff_only": staff_only}
        await record(work, viewer, "board.create", [target("board", board.oid, {}, after)])
        work.record(BoardsChanged())

    try:
        await together(steps)
    except DuplicateKeyError:
        raise _name_taken() from None
    return board


async def change_board(viewer: Viewer, id: ObjectId, *, name: str, description: str, staff_only: bool) -> None:
    """Rename or describe a board, or open it to all or to staff alone."""
    _require_manager(viewer)
    fields = {"name": name, "name_key": username_key(name), "description": description, "staff_only": staff_only}
    await _set(viewer, "board.change", id, fields)


async def delete_board(viewer: Viewer, id: ObjectId, reason: str) -> None:
    """Hide a board with all that is in it."""
    _require_manager(viewer)
    await _set(viewer, "board.delete", id, deletion(now(), viewer.me, "moderator", reason))


async def restore_board(viewer: Viewer, id: ObjectId) -> None:
    """Bring a board back."""
    _require_manager(viewer)
    await _set(viewer, "board.restore", id, RESTORED)


async def _set(viewer: Viewer, verb: str, id: ObjectId, fields: dict[str, Any]) -> None:
    """Set `fields`; what is so already is neither done nor written down."""

    async def steps(work: Work) -> None:
        before = await Board.raw().find_one({"_id": id}, session=work.session)
        if before is None:
            raise NotFound
        asked = [name for name in ("name", "description", "staff_only", "deleted_at") if name in fields]
        if all(_same(before.get(name), fields[name]) for name in asked):
            return
        await Board.raw().update_one({"_id": id}, {"$set": fields}, session=work.session)
        done = target("board", id, {name: before.get(name) for name in fields}, fields)
        await record(work, viewer, verb, [done], str(fields.get("delete_reason", "")))
        work.record(BoardsChanged())

    try:
        await together(steps, hot=(id,))
    except DuplicateKeyError:
        raise _name_taken() from None


def _same(before: Any, after: Any) -> bool:
    """Equal, or both a moment: who deletes what is deleted changes nothing."""
    return bool(before == after) or (isinstance(before, datetime) and isinstance(after, datetime))


def _require_manager(viewer: Viewer) -> None:
    if not viewer.may("manage_boards"):
        raise Forbidden


def _name_taken() -> Invalid:
    return Invalid(fields={"name": Text(N_("There is already a board with this name."))})
