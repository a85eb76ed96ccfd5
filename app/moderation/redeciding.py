"""Taking back what was decided of a text that waited: it waits again, or is as it was before it was held."""

from __future__ import annotations

from typing import Any, Final

from app.comments import making, marking
from app.errors import Conflict
from app.events import QueueChanged
from app.topics import service as topics
from app.web.i18n import N_, Text
from app.work import Work
from documents import Comment, Topic
from documents.base import RESTORED, Raw
from documents.operation import Target

ACTS: Final = ("approve", "reject", "hold")


async def put(work: Work, about: Target, raw: Raw) -> None:
    """Set the marks that it had before, with all that follows from it being there or not."""
    document: Any = Topic if about.kind == "topic" else Comment
    service: Any = topics if about.kind == "topic" else marking
    text, marks = document.model_validate(raw), {**RESTORED, **about.before}
    work.record(QueueChanged())
    if text.live:
        await service.mark_again(work, text, marks)
    elif marks["deleted_at"] is None:
        if not await service.appear(work, text):
            raise Conflict(Text(N_("It has been changed since, so nothing was undone.")))
    else:
        await document.raw().update_one({"_id": text.oid}, {"$set": marks}, session=work.session)
        await making.redrawn(work, text.topic if isinstance(text, Comment) else text.oid, text.board)
