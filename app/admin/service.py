"""Numbers for administrators."""

from __future__ import annotations

from typing import Final

from app.admin.pages import Count
from documents import Board, Comment, Message, Topic, User
from documents.base import SoftDeleted

KINDS: Final[dict[str, type[SoftDeleted]]] = {
    "users": User,
    "boards": Board,
    "topics": Topic,
    "comments": Comment,
    "messages": Message,
}


async def counts() -> tuple[Count, ...]:
    """How many there are of each kind, and how many more are soft-deleted."""
    return tuple([await _count(kind, document) for kind, document in KINDS.items()])


async def _count(kind: str, document: type[SoftDeleted]) -> Count:
    live = await document.raw().count_documents({"deleted_at": None})
    deleted = await document.raw().count_documents({"deleted_at": {"$ne": None}})
    return Count(kind, live, deleted)
