"""Boards as templates print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bson import ObjectId

from app.boards.directory import may_read
from app.boards.pages import BoardRef, BoardRow, LastTopic
from app.people.cards import cards
from app.viewer import GUEST
from app.web.pages import Card
from documents import Board, Topic
from documents.base import Raw

LAST_FIELDS: Raw = {"title": 1, "active_at": 1, "last_author": 1, "last_visible": 1}


def ref(board: Board) -> BoardRef:
    """The board by name."""
    public = may_read(GUEST, board)
    return BoardRef(
        str(board.oid),
        board.name,
        board.staff_only,
        deleted=not board.live,
        public=public,
        archived=board.archived_at is not None,
    )


async def rows(boards: Sequence[Board], *, above: Sequence[Board] = ()) -> tuple[BoardRow, ...]:
    """The boards with the topics last written in: one query for all.

    Only these boards and those `above` are named as parents.
    """
    named = {board.oid: ref(board) for board in (*above, *boards)}
    ids = [board.last_topic for board in boards if board.last_topic is not None]
    last = {raw["_id"]: raw async for raw in Topic.raw().find({"_id": {"$in": ids}, "deleted_at": None}, LAST_FIELDS)}
    people = await cards(raw["last_author"] for raw in last.values())
    return tuple(_row(board, last, people, named) for board in boards)


def _row(
    board: Board, last: dict[ObjectId, Raw], people: dict[ObjectId, Card], named: Mapping[ObjectId, BoardRef]
) -> BoardRow:
    raw = last.get(board.last_topic) if board.last_topic else None
    shown = raw and LastTopic(
        title=raw["title"],
        url=f"/topics/{raw['_id']}/n/{raw['last_visible']}",
        at=raw["active_at"],
        who=people[raw["last_author"]],
    )
    return BoardRow(
        ref=ref(board),
        description=board.description,
        topic_count=board.topic_count,
        comment_count=board.comment_count,
        last=shown or None,
        parent=named.get(board.parent) if board.parent else None,
    )
