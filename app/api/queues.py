"""What waits for moderators: reports, texts for approval, appeals; and their decisions."""

from __future__ import annotations

from bson import ObjectId

from app.api.parsing import checked
from app.api.queue_shapes import (
    AppealOut,
    Appeals,
    AppealsQuery,
    Approval,
    ExhibitOut,
    HeldOut,
    HeldTexts,
    Judgement,
    NoteIn,
    ReportOut,
    Reports,
    ReportsQuery,
    Verdict,
)
from app.api.shapes import Cursor, checked_cursor, next_of
from app.api.table import Given, operation
from app.reports import appeal_views, appeals, approving, service, views
from app.reports.forms import AnswerForm, DecisionForm, NoteForm
from app.web.context import viewer
from app.web.needs import staff
from app.web.routing import as_id

REPORTS = "/moderation/reports"
ONE = f"{REPORTS}/<oid:report_id>"
APPEALS = "/moderation/appeals"
SEES = staff("see_reports")


@operation("GET", REPORTS, "List reports", scope="moderate", need=SEES, asks=ReportsQuery, gives=Reports)
async def list_reports(query: ReportsQuery) -> Given:
    """Open ones oldest first."""
    rows, pager = await views.reports(viewer(), query.state, as_id(checked_cursor(query.cursor, as_id)))
    following = next_of(pager)
    return Given(Reports(items=[ReportOut.of(row) for row in rows], next=following), next=following)


async def _report(report_id: ObjectId) -> ReportOut:
    return ReportOut.of(await views.report_row(viewer(), await service.visible_report(viewer(), report_id)))


@operation(
    "POST",
    f"{ONE}/decision",
    "Decide a report",
    scope="moderate",
    need=SEES,
    takes=Verdict,
    gives=ReportOut,
)
async def decide_report(report_id: ObjectId, body: Verdict) -> ReportOut:
    """Author and reporters hear of it."""
    await service.visible_report(viewer(), report_id)
    form = checked(DecisionForm, reason=body.reason)
    await service.decide(viewer(), report_id, body.verdict, form.text("reason"))
    return await _report(report_id)


@operation("PUT", f"{ONE}/assignee", "Look after a report yourself", scope="moderate", need=SEES)
async def take_report(report_id: ObjectId) -> None:
    """The others see it."""
    await service.take(viewer(), report_id, taken=True)


@operation("DELETE", f"{ONE}/assignee", "Leave a report to others", scope="moderate", need=SEES)
async def leave_report(report_id: ObjectId) -> None:
    """Nobody looks after it then."""
    await service.take(viewer(), report_id, taken=False)


@operation(
    "POST",
    f"{ONE}/notes",
    "Note something beside a report",
    scope="moderate",
    need=SEES,
    takes=NoteIn,
    gives=ReportOut,
)
async def note_report(report_id: ObjectId, body: NoteIn) -> ReportOut:
    """For moderators alone."""
    await service.visible_report(viewer(), report_id)
    await service.note(viewer(), report_id, checked(NoteForm, words=body.words).text("words"))
    return await _report(report_id)


@operation(
    "GET",
    "/moderation/approval",
    "List texts that wait for approval",
    scope="moderate",
    need=staff("approve"),
    asks=Cursor,
    gives=HeldTexts,
)
async def list_held(query: Cursor) -> Given:
    """The oldest first."""
    texts, more = await approving.waiting(viewer(), as_id(checked_cursor(query.cursor, as_id)))
    rows = await views.held_rows(texts)
    following = str(texts[-1].oid) if more else None
    items = [HeldOut(id=row.id, kind=row.kind, about=ExhibitOut.of(row.exhibit)) for row in rows]
    return Given(HeldTexts(items=items, next=following), next=following)


@operation(
    "POST",
    "/moderation/approval",
    "Let a text appear, or turn it down",
    scope="moderate",
    need=staff("approve"),
    takes=Approval,
)
async def decide_held(body: Approval) -> None:
    """Its author keeps it either way."""
    id = ObjectId(body.id)
    await approving.visible_held(viewer(), body.kind, id)
    reason = checked(DecisionForm, reason=body.reason).text("reason")
    if body.verdict == "approve":
        await approving.approve(viewer(), body.kind, id)
    else:
        await approving.reject(viewer(), body.kind, id, reason)


@operation("GET", APPEALS, "List appeals", scope="moderate", need=SEES, asks=AppealsQuery, gives=Appeals)
async def list_appeals(query: AppealsQuery) -> Given:
    """Open ones oldest first."""
    rows, pager = await appeal_views.appeals(viewer(), query.state, as_id(checked_cursor(query.cursor, as_id)))
    following = next_of(pager)
    return Given(Appeals(items=[AppealOut.of(row) for row in rows], next=following), next=following)


@operation(
    "POST",
    f"{APPEALS}/<oid:appeal_id>/decision",
    "Decide an appeal",
    scope="moderate",
    need=SEES,
    takes=Judgement,
)
async def decide_appeal(appeal_id: ObjectId, body: Judgement) -> None:
    """Never one's own decision, as long as somebody else can."""
    await appeals.visible_appeal(viewer(), appeal_id)
    answer = body.answer[:300] if body.granted else checked(AnswerForm, answer=body.answer).text("answer")
    await appeals.judge(viewer(), appeal_id, granted=body.granted, answer=answer)
