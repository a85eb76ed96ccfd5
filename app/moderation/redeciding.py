"""Taking back what was decided of a text that waited: it waits again, or is as it was before it was held."""

from __future__ import annotations

from typing import Final

from app.events import QueueChanged
from app.operations.conflicts import changed_since
from app.topics import texts
from app.work import Work
from documents.base import RESTORED, Raw
from documents.operation import Target

ACTS: Final = ("approve", "reject", "hold")


async def put(work: Work, about: Target, raw: Raw) -> None:
    """Set the marks that it had before, with all that follows from it being there or not."""
    text, marks = texts.text_of(about.kind, raw), {**RESTORED, **about.before}
    work.record(QueueChanged())
    if text.live:
        await texts.mark_again(work, text, marks)
    elif marks["deleted_at"] is None:
        if not await texts.appear(work, text):
            raise changed_since()
    else:
        await texts.remark(work, text, marks)
