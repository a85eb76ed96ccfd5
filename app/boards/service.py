"""Boards are made and changed by administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.events import BoardsChanged
from app.operations.service import record, target
from app.text.names import username_key
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board
from documents.base import RESTORED, Raw, deletion
from documents.clock import now

# Who changes the order of the boards takes turns at this.
ORDER: Final = ObjectId("0bde" * 6)
ORDERED: Final[Raw] = {"position": 1, "_id": 1}
# What makes a change of a board one.
ASKED: Final = ("name", "description", "staff_only", "parent", "archived_at", "deleted_at")


async def make_board(
    viewer: Viewer, *, name: str, description: str, staff_only: bool, parent: ObjectId | None = None
) -> Board:
    """A new board at the end of the list."""
    _require_manager(viewer)
    last = await Board.find_all().sort("-position").limit(1).to_list()
    board = Board(
        name=name,
        name_key=username_key(name),
        description=description,
        staff_only=staff_only,
        position=last[0].position + 1 if last else 1,
        parent=parent,
        created_at=now(),
    )
    board.id = ObjectId()  # type: ignore[assignment]

    async def steps(work: Work) -> None:
        await _require_parent(work, board.oid, parent)
        await Board.raw().insert_one(board.as_stored(), session=work.session)
        after = {"name": name, "description": description, "staff_only": staff_only}
        await record(work, viewer, "board.create", [target("board", board.oid, {}, after)])
        work.record(BoardsChanged())

    try:
        await together(steps)
    except DuplicateKeyError:
        raise _name_taken() from None
    return board


async def change_board(
    viewer: Viewer, id: ObjectId, *, name: str, description: str, staff_only: bool, parent: ObjectId | None = None
) -> None:
    """Rename or describe a board, open it to all or to staff alone, or have it stand below another one."""
    _require_manager(viewer)
    fields = {"name": name, "name_key": username_key(name), "description": description, "staff_only": staff_only}
    await _set(viewer, "board.change", id, {**fields, "parent": parent})


async def _require_parent(work: Work, id: ObjectId, parent: ObjectId | None) -> None:
    """`Invalid` unless the board can stand there: there is one level below the first, and no more."""
    if parent is None:
        return
    above = await Board.raw().find_one({"_id": parent, "deleted_at": None}, {"parent": 1}, session=work.session)
    if above is None or parent == id:
        raise Invalid(fields={"parent": Text(N_("There is no such board any more. Please choose again."))})
    below = await Board.raw().find_one({"parent": id}, {"_id": 1}, session=work.session)
    if above.get("parent") or below is not None:
        raise Invalid(fields={"parent": Text(N_("Boards stand at most one below another."))})


async def archive_board(viewer: Viewer, id: ObjectId) -> None:
    """Let it only be read from now on."""
    _require_manager(viewer)
    await _set(viewer, "board.archive", id, {"archived_at": now()})


async def unarchive_board(viewer: Viewer, id: ObjectId) -> None:
    """Let people write there again."""
    _require_manager(viewer)
    await _set(viewer, "board.unarchive", id, {"archived_at": None})


async def move_board(viewer: Viewer, id: ObjectId, *, up: bool) -> None:
    """Let a board and its neighbour of the same level change places; at the end of the list nothing happens."""
    _require_manager(viewer)

    async def steps(work: Work) -> None:
        board = await Board.raw().find_one({"_id": id}, {"parent": 1}, session=work.session)
        if board is None:
            raise NotFound
        rows = await _level(work, board)
        at = next((number for number, row in enumerate(rows) if row["_id"] == id), None)
        to = None if at is None else at + (-1 if up else 1)
        if at is None or to is None or not 0 <= to < len(rows):
            return
        places = [row["position"] for row in rows]
        rows[at], rows[to] = rows[to], rows[at]
        await _put_in_order(work, viewer, rows, _increasing(places))

    await together(steps, hot=(ORDER,))


async def place_board(viewer: Viewer, id: ObjectId, before: ObjectId | None) -> None:
    """Put a board before another one of its level, or at the end of that level."""
    _require_manager(viewer)

    async def steps(work: Work) -> None:
        board = await Board.raw().find_one({"_id": id, "deleted_at": None}, {"parent": 1}, session=work.session)
        if board is None:
            raise NotFound
        rows = await _level(work, board)
        own = next(row for row in rows if row["_id"] == id)
        others = [row for row in rows if row is not own]
        at = next((number for number, row in enumerate(others) if row["_id"] == before), None)
        if at is None and before is not None:
            raise Conflict(Text(N_("Somebody has changed the order in the meantime. Please open the page again.")))
        others.insert(len(others) if at is None else at, own)
        if [row["_id"] for row in others] != [row["_id"] for row in rows]:
            await _put_in_order(work, viewer, others, _increasing([row["position"] for row in rows]))

    await together(steps, hot=(ORDER,))


async def _level(work: Work, board: Raw) -> list[Raw]:
    """The boards that stand beside one, and itself, in their order."""
    beside = {"parent": board.get("parent"), "deleted_at": None}
    return await Board.raw().find(beside, {"position": 1}, session=work.session).sort(ORDERED).to_list()


def _increasing(places: list[int]) -> list[int]:
    """The same places, or higher ones where two were alike, so that the order is what was meant."""
    found: list[int] = []
    for place in sorted(places):
        found.append(max(place, found[-1] + 1) if found else place)
    return found


async def _put_in_order(work: Work, viewer: Viewer, rows: list[Raw], places: list[int]) -> None:
    done = []
    for row, place in zip(rows, places, strict=True):
        if row["position"] != place:
            await Board.raw().update_one({"_id": row["_id"]}, {"$set": {"position": place}}, session=work.session)
            done.append(target("board", row["_id"], {"position": row["position"]}, {"position": place}))
    await record(work, viewer, "board.move", done)
    work.record(BoardsChanged())


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
        if fields.get("parent") != before.get("parent"):
            await _require_parent(work, id, fields.get("parent", before.get("parent")))
        asked = [name for name in ASKED if name in fields]
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
