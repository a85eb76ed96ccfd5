"""All boards, from a cache in this process: there are few, and every page needs them."""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId

from app.errors import NotFound
from app.permissions.book import forget as forget_book
from app.permissions.book import fresh
from app.permissions.rules import allows
from app.viewer import Viewer
from documents import Board


async def all_boards() -> Mapping[ObjectId, Board]:
    """Every board by id, deleted ones too, in the order of the forum."""
    return (await fresh()).boards


def forget() -> None:
    """Read them anew when next asked."""
    forget_book()


def may_read(viewer: Viewer, board: Board) -> bool:
    """Whether this person may know of the board and read in it."""
    return allows(viewer, "read", board)


def may_post(viewer: Viewer, board: Board) -> bool:
    """Whether this person may open topics in the board."""
    return viewer.writes and allows(viewer, "post", board)


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
