"""Boards."""

from __future__ import annotations

from typing import Self

from bson import ObjectId
from pydantic import Field

from app.api.shapes import BoardName, Person, Shape
from app.api.table import operation
from app.boards import views
from app.boards.directory import may_post, readable_boards, visible_board
from app.boards.pages import BoardRow
from app.markers import service as markers
from app.web.context import spend, viewer
from app.web.limits import Limit
from app.web.needs import EVERYBODY
from documents import Board


class BoardOut(BoardName):
    """A board with its numbers. `may_post`: whether you may open topics in it."""

    description: str
    topics: int
    comments: int
    last_by: Person | None
    last_url: str | None
    may_post: bool

    @classmethod
    def from_row(cls, row: BoardRow, *, may_post: bool) -> Self:
        """Out of what pages show."""
        return cls(
            **BoardName.of(row.ref).model_dump(),
            description=row.description,
            topics=row.topic_count,
            comments=row.comment_count,
            last_by=Person.of(row.last.who) if row.last else None,
            last_url=row.last.url if row.last else None,
            may_post=may_post,
        )


class Boards(Shape):
    """All boards, in the order of the forum."""

    items: list[BoardOut] = Field(description="There are few, so they are one page.")


async def _out(boards: list[Board]) -> list[BoardOut]:
    rows = await views.rows(boards)
    return [BoardOut.from_row(row, may_post=may_post(viewer(), board)) for row, board in zip(rows, boards, strict=True)]


async def board_out(board_id: ObjectId) -> BoardOut:
    """A board as the viewer sees it now."""
    return (await _out([await visible_board(viewer(), board_id)]))[0]


@operation("GET", "/boards", "List the boards that you can read", need=EVERYBODY, gives=Boards)
async def list_boards() -> Boards:
    """All of them."""
    return Boards(items=await _out(await readable_boards(viewer())))


@operation("GET", "/boards/<oid:board_id>", "Read one board", need=EVERYBODY, gives=BoardOut)
async def get_board(board_id: ObjectId) -> BoardOut:
    """One."""
    return await board_out(board_id)


@operation("POST", "/boards/<oid:board_id>/read", "Mark everything in a board as read", scope="write")
async def read_board(board_id: ObjectId) -> None:
    """All in it is read."""
    board = await visible_board(viewer(), board_id)
    await spend(Limit.READ)
    await markers.read_all(viewer(), board)
