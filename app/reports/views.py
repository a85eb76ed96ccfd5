"""Reports and appeals joined with what they are about, each kind of thing fetched once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bson import ObjectId

from app.comments.flooding import WHYS
from app.reports.exhibits import Things, exhibit_of, things_of
from app.reports.pages import ComplaintView, HeldRow, NoteView, ReportRow
from app.reports.waiting import boards_of, handles_in
from app.viewer import Viewer
from app.web.i18n import Text
from app.web.pages import Card, KeyPager
from documents import Comment, Report, Topic
from documents.base import Raw, Record

PAGE: Final = 20
TABS: Final[dict[str, tuple[str, ...]]] = {
    "open": ("open",),
    "deferred": ("deferred",),
    "settled": ("accepted", "rejected"),
}


async def reports(viewer: Viewer, tab: str, after: ObjectId | None) -> tuple[list[ReportRow], KeyPager]:
    """A page of the reports that are for this moderator: what is open oldest first, what is settled newest first."""
    which: Raw = {"state": {"$in": list(TABS[tab])}, "accused": {"$ne": viewer.me}}
    found, pager = await a_page(viewer, Report, which, tab, after, "/moderation/reports")
    return await _rows(viewer, found), pager


async def report_row(viewer: Viewer, report: Report) -> ReportRow:
    """One of them."""
    return (await _rows(viewer, [report]))[0]


async def a_page(
    viewer: Viewer, document: Any, which: Raw, tab: str, after: ObjectId | None, path: str
) -> tuple[list[Any], KeyPager]:
    """A page of reports or appeals of boards that the viewer looks after."""
    order, beyond = (-1, "$lt") if tab == "settled" else (1, "$gt")
    query = {**which, "board": {"$in": boards_of(viewer, "see_reports")}} | ({"_id": {beyond: after}} if after else {})
    found = await document.find(query).sort([("_id", order)]).limit(PAGE + 1).to_list()
    state = "" if tab == "open" else f"state={tab}&"
    last: list[Record] = found[PAGE - 1 : PAGE]
    follows = f"{path}?{state}after={last[0].id}" if len(found) > PAGE else None
    first = f"{path}?{state}".rstrip("?&") if after else None
    return found[:PAGE], KeyPager(next=follows, first=first)


async def _rows(viewer: Viewer, found: Sequence[Report]) -> list[ReportRow]:
    people = {person for report in found for person in (*report.reporters, *report.noters, *report.attached_authors)}
    people |= {person for report in found for person in (report.accused, report.assignee, report.decided_by) if person}
    things = await things_of([(report.kind, report.subject) for report in found], people)
    earlier = await _earlier([report.subject for report in found])
    return [await _row(viewer, report, things, earlier) for report in found]


async def _earlier(subjects: list[ObjectId]) -> dict[ObjectId, int]:
    group: list[Raw] = [
        {"$match": {"subject": {"$in": subjects}, "pending": False}},
        {"$group": {"_id": "$subject", "n": {"$sum": 1}}},
    ]
    return {raw["_id"]: raw["n"] for raw in await (await Report.raw().aggregate(group)).to_list()}


async def _row(viewer: Viewer, report: Report, things: Things, earlier: dict[ObjectId, int]) -> ReportRow:
    people = things.people
    complaints = zip(report.reporters, report.complaints, strict=False)
    return ReportRow(
        id=str(report.oid),
        state=report.state,
        exhibit=await exhibit_of(things, report.kind, report.subject, report.accused, report.said),
        complaints=tuple(ComplaintView(people[who], each.reason, each.words, each.at) for who, each in complaints),
        notes=tuple(
            NoteView(people[who], each.text, each.at) for who, each in zip(report.noters, report.notes, strict=False)
        ),
        attached=tuple(
            NoteView(people[who], each.text, each.at)
            for who, each in zip(report.attached_authors, report.attached, strict=False)
        ),
        first_at=report.first_at,
        assignee=people[report.assignee] if report.assignee else None,
        mine=report.assignee == viewer.id,
        earlier=earlier.get(report.subject, 0) - (0 if report.pending else 1),
        decided_by=people[report.decided_by] if report.decided_by else None,
        decided_at=report.decided_at,
        reason=report.reason,
        may_delete=report.kind != "person" and handles_in(viewer, "delete_others", report.board),
        may_sanction=_may_sanction(viewer, people[report.accused]) if report.accused else False,
    )


def _may_sanction(viewer: Viewer, accused: Card) -> bool:
    """As app.moderation.people asks again: members, or for who looks after people also moderators."""
    if accused.gone or accused.role == "admin" or not (viewer.may("warn") and viewer.may("silence")):
        return False
    return accused.role == "member" or viewer.may("manage_people")


async def held_rows(texts: Sequence[Comment | Topic]) -> list[HeldRow]:
    """Texts that wait for approval; they are not deleted, though they are hidden as if they were."""
    things = await things_of([(text.kind, text.oid) for text in texts], set())
    rows = []
    for text in texts:
        exhibit = await exhibit_of(things, text.kind, text.oid, text.author)
        stands = things.comments.get(text.oid)
        edits = stands.edits if stands else 0
        why = str(Text(text.delete_reason)) if text.delete_reason in WHYS else ""
        rows.append(HeldRow(str(text.oid), text.kind, replace(exhibit, deleted=False), edits, why))
    return rows
