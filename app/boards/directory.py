"""All boards, from a cache in this process: there are few, and every page needs them."""

from __future__ import annotations

import time
from typing import Final

from bson import ObjectId

from app.errors import NotFound
from app.viewer import Viewer
from documents import Board

# Events empty the cache at once; this is for when none can be heard.
FRESH_SECONDS: Final = 5.0

_kept: dict[ObjectId, Board] = {}
_read_at = float("-inf")


async def all_boards() -> dict[ObjectId, Board]:
    """Every board by id, deleted ones too, in the order of the forum."""
    global _kept, _read_at
    if time.monotonic() - _read_at > FRESH_SECONDS:
        found = await Board.find_all().sort("position", "_id").to_list()
        _kept, _read_at = {board.oid: board for board in found}, time.monotonic()
    return _kept


def forget() -> None:
    """Read them anew when next asked."""
    global _read_at
    _read_at = float("-inf")


def may_read(viewer: Viewer, board: Board) -> bool:
    """Whether this person may know of the board and read in it."""
    return (board.live and not board.staff_only) or viewer.moderates


def may_post(viewer: Viewer, board: Board) -> bool:
    """Whether this person may write in the board."""
    return viewer.writes and board.live and may_read(viewer, board)


async def readable_boards(viewer: Viewer) -> list[Board]:
    """The live boards that this person may read, in order."""
    return [board for board in (await all_boards()).values() if board.live and may_read(viewer, board)]


async def unreadable_ids(viewer: Viewer) -> list[ObjectId]:
    """The boards whose topics this person must not see in any list."""
    return [id for id, board in (await all_boards()).items() if not (board.live and may_read(viewer, board))]


async def out_of_sight(viewer: Viewer) -> set[ObjectId]:
    """The boards that are not there for this person, whatever they were told of them before."""
    return {id for id, board in (await all_boards()).items() if not may_read(viewer, board)}


async def visible_board(viewer: Viewer, id: ObjectId) -> Board:
    """The board, or `NotFound` when it is not there for this person."""
    board = (await all_boards()).get(id)
    if board is None or not may_read(viewer, board):
        raise NotFound
    return board
