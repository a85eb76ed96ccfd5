"""What others have said in a topic while somebody was writing: shown once, before their own is sent."""

from __future__ import annotations

from typing import Final

from app.errors import Conflict
from app.viewer import Viewer
from app.web.i18n import N_, Text
from documents import Comment, Topic
from documents.base import Raw

SHOWN_MAX: Final = 10


class NewReplies(Conflict):
    """Others have said something that the writer has not seen. `known` is the last number that they had seen."""

    def __init__(self, known: int, count: int) -> None:
        self.known = known
        self.count = count
        super().__init__(
            Text(N_("Others have replied since you started writing. Read first, then send yours or change it."))
        )


async def require_read(viewer: Viewer, topic: Topic, known: int | None) -> None:
    """`NewReplies` when there is anything after `known` that others have said."""
    if known is None or known >= topic.last_number:
        return
    count = await Comment.raw().count_documents(_since(viewer, topic, known))
    if count:
        raise NewReplies(known, count)


async def newer(viewer: Viewer, topic: Topic, known: int) -> list[Comment]:
    """The first of them."""
    return await Comment.find(_since(viewer, topic, known)).sort("number").limit(SHOWN_MAX).to_list()


def _since(viewer: Viewer, topic: Topic, known: int) -> Raw:
    blocked = [viewer.me, *viewer.blocks]
    return {"topic": topic.oid, "number": {"$gt": known}, "author": {"$nin": blocked}, "deleted_at": None}
