"""All boards, from a cache in this process: there are few, and every page needs them."""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId

from app.errors import NotFound
from app.permissions.book import book, fresh
from app.permissions.book import forget as forget_book
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
    if book().boards.get(board.oid) is not board:  # one that is only tried out, or an older one
        return allows(viewer, "read", board)
    return board.oid not in _hidden_from(viewer)


def _hidden_from(viewer: Viewer) -> frozenset[ObjectId]:
    """Worked out once for all with the same rights: of a thousand who are told of something, each is asked."""
    now, rights = book(), (viewer.known, viewer.held, "read" in viewer.kept_from)
    found = now.out_of_sight.get(rights)
    if found is None:
        found = frozenset(id for id, board in now.boards.items() if not allows(viewer, "read", board))
        now.out_of_sight[rights] = found
    return found


def may_post(viewer: Viewer, board: Board) -> bool:
    """Whether this person may open topics in the board."""
    return viewer.writes and allows(viewer, "post", board)


async def readable_boards(viewer: Viewer) -> list[Board]:
    """The live boards that this person may read, in order."""
    return [board for board in (await all_boards()).values() if board.live and may_read(viewer, board)]


async def unreadable_ids(viewer: Viewer) -> list[ObjectId]:
    """The boards whose topics this person must not see in any list."""
    return [id for id, board in (await all_boards()).items() if not (board.live and may_read(viewer, board))]


async def out_of_sight(viewer: Viewer) -> frozenset[ObjectId]:
    """The boards that are not there for this person, whatever they were told of them before."""
    await fresh()
    return _hidden_from(viewer)


async def visible_board(viewer: Viewer, id: ObjectId) -> Board:
    """The board, or `NotFound` when it is not there for this person."""
    board = (await all_boards()).get(id)
    if board is None or not may_read(viewer, board):
        raise NotFound
    return board
