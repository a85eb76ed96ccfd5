"""Reporting what is against the rules."""

from __future__ import annotations

from typing import Literal

from bson import ObjectId

from app.api.errors import TooNarrow
from app.api.parsing import checked
from app.api.shapes import Id, Prose, Sent, Shape
from app.api.table import operation
from app.reports import service
from app.reports.forms import ReportForm
from app.reports.subjects import subject_for
from app.web.context import spend, viewer
from app.web.limits import Limit


class ReportIn(Sent):
    """What is wrong with what; `words` say more, and have to for `other`."""

    kind: Literal["topic", "comment", "message", "person"]
    id: Id
    reason: Literal["spam", "rude", "harm", "private", "copied", "place", "other"]
    words: Prose = ""


class Reported(Shape):
    """Whether this is news: you may have reported it before."""

    added: bool


@operation("POST", "/reports", "Report a text, message or person", scope="write", takes=ReportIn, gives=Reported)
async def report(body: ReportIn) -> Reported:
    """Moderators look at it, and you hear what became of it."""
    if body.kind == "message" and not viewer().may("message"):
        raise TooNarrow("messages")
    form = checked(ReportForm, reason=body.reason, words=body.words)
    subject = await subject_for(viewer(), body.kind, ObjectId(body.id))
    await spend(Limit.REPORT)
    return Reported(added=await service.report(viewer(), subject, body.reason, form.text("words")))
