"""Reports and appeals joined with what they are about, each kind of thing fetched once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bson import ObjectId
from markupsafe import Markup

from app.boards.directory import all_boards
from app.boards.views import ref
from app.people.cards import NOBODY, cards
from app.reports.appeals import may_judge, texts_of
from app.reports.pages import AppealRow, ComplaintView, Exhibit, HeldRow, NoteView, ReportRow
from app.reports.waiting import boards_of, handles_in
from app.text.language import language_of
from app.viewer import Viewer
from app.web.pages import Card, KeyPager
from documents import Appeal, Comment, Operation, Report, Topic, User
from documents.base import Raw, Record

PAGE: Final = 20
TABS: Final[dict[str, tuple[str, ...]]] = {
    "open": ("open",),
    "deferred": ("deferred",),
    "settled": ("accepted", "rejected"),
}


@dataclass(frozen=True, slots=True)
class Things:
    """What a page of reports or appeals names, by id; opening posts by their topic."""

    topics: dict[ObjectId, Topic]
    comments: dict[ObjectId, Comment]
    people: dict[ObjectId, Card]
    bios: dict[ObjectId, str]


async def _by_id(document: Any, which: Raw, key: str = "_id") -> dict[ObjectId, Any]:
    found = document.raw().find(which, {"words": 0})
    return {raw[key]: document.model_validate(raw) async for raw in found}


async def _things(subjects: Sequence[tuple[str, ObjectId]], named: Iterable[ObjectId]) -> Things:
    people = set(named)
    comment_ids = [id for kind, id in subjects if kind == "comment"]
    topic_ids = [id for kind, id in subjects if kind == "topic"]
    comments = await _by_id(Comment, {"_id": {"$in": comment_ids}})
    at = {*topic_ids, *(comment.topic for comment in comments.values())}
    topics = await _by_id(Topic, {"_id": {"$in": list(at)}})
    openings = await _by_id(Comment, {"topic": {"$in": topic_ids}, "number": 1}, "topic")
    authors = {thing.author for thing in (*comments.values(), *topics.values())}
    bios = {raw["_id"]: raw.get("bio", "") for raw in await User.projected(people, ("bio",), None)}
    return Things(topics, {**comments, **openings}, await cards(authors | people), bios)


async def _exhibit(things: Things, kind: str, id: ObjectId, accused: ObjectId | None, said: str = "") -> Exhibit:
    author = things.people.get(accused, NOBODY) if accused else NOBODY
    if kind == "person":
        return Exhibit(kind, author.name, author.url, author, plain=things.bios.get(id, ""))
    if kind == "message":
        return Exhibit(kind, "", author.url, author, plain=said, lang=language_of(said))
    comment = things.comments.get(id)
    topic = things.topics.get(comment.topic if comment else id)
    if topic is None or comment is None:
        return Exhibit(kind, "", "", author, deleted=True)
    board = (await all_boards()).get(topic.board)
    number = "" if kind == "topic" else f"/n/{comment.number}"
    return Exhibit(
        kind=kind,
        title=topic.title,
        url=f"/topics/{topic.oid}{number}",
        author=things.people.get(comment.author, NOBODY),
        at=comment.created_at,
        html=Markup(comment.html),
        lang=language_of(comment.excerpt),
        board=ref(board) if board else None,
        deleted=not (comment.live and topic.live),
    )


async def reports(viewer: Viewer, tab: str, after: ObjectId | None) -> tuple[list[ReportRow], KeyPager]:
    """A page of the reports that are for this moderator: what is open oldest first, what is settled newest first."""
    which: Raw = {"state": {"$in": list(TABS[tab])}, "accused": {"$ne": viewer.me}}
    found, pager = await _page(viewer, Report, which, tab, after, "/moderation/reports")
    return await _rows(viewer, found), pager


async def report_row(viewer: Viewer, report: Report) -> ReportRow:
    """One of them."""
    return (await _rows(viewer, [report]))[0]


async def _page(
    viewer: Viewer, document: Any, which: Raw, tab: str, after: ObjectId | None, path: str
) -> tuple[list[Any], KeyPager]:
    order, beyond = (-1, "$lt") if tab == "settled" else (1, "$gt")
    query = {**which, "board": {"$in": boards_of(viewer, "see_reports")}} | ({"_id": {beyond: after}} if after else {})
    found = await document.find(query).sort([("_id", order)]).limit(PAGE + 1).to_list()
    state = "" if tab == "open" else f"state={tab}&"
    last: list[Record] = found[PAGE - 1 : PAGE]
    follows = f"{path}?{state}after={last[0].id}" if len(found) > PAGE else None
    first = f"{path}?{state}".rstrip("?&") if after else None
    return found[:PAGE], KeyPager(next=follows, first=first)


async def _rows(viewer: Viewer, found: Sequence[Report]) -> list[ReportRow]:
    people = {person for report in found for person in (*report.reporters, *report.noters)}
    people |= {person for report in found for person in (report.accused, report.assignee, report.decided_by) if person}
    things = await _things([(report.kind, report.subject) for report in found], people)
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
        exhibit=await _exhibit(things, report.kind, report.subject, report.accused, report.said),
        complaints=tuple(ComplaintView(people[who], each.reason, each.words, each.at) for who, each in complaints),
        notes=tuple(
            NoteView(people[who], each.text, each.at) for who, each in zip(report.noters, report.notes, strict=False)
        ),
        first_at=report.first_at,
        assignee=people[report.assignee] if report.assignee else None,
        mine=report.assignee == viewer.id,
        earlier=earlier.get(report.subject, 0) - (0 if report.pending else 1),
        decided_by=people[report.decided_by] if report.decided_by else None,
        decided_at=report.decided_at,
        reason=report.reason,
        may_delete=report.board is not None and handles_in(viewer, "delete_others", report.board),
    )


async def held_rows(texts: Sequence[Comment | Topic]) -> list[HeldRow]:
    """Texts that wait for approval; they are not deleted, though they are hidden as if they were."""
    things = await _things([(text.kind, text.oid) for text in texts], set())
    rows = []
    for text in texts:
        exhibit = await _exhibit(things, text.kind, text.oid, text.author)
        rows.append(HeldRow(str(text.oid), text.kind, replace(exhibit, deleted=False)))
    return rows


async def appeals(viewer: Viewer, tab: str, after: ObjectId | None) -> tuple[list[AppealRow], KeyPager]:
    """A page of the appeals that are for this moderator."""
    states = ["open"] if tab == "open" else ["granted", "refused"]
    which: Raw = {"state": {"$in": states}, "person": {"$ne": viewer.me}}
    found, pager = await _page(viewer, Appeal, which, tab, after, "/moderation/appeals")
    operations = await _by_id(Operation, {"_id": {"$in": [appeal.operation for appeal in found]}})
    return await _appeal_rows(viewer, found, operations), pager


async def _appeal_rows(
    viewer: Viewer, found: Sequence[Appeal], operations: dict[ObjectId, Operation]
) -> list[AppealRow]:
    known = [appeal for appeal in found if appeal.operation in operations]
    about = {appeal.oid: await _own(operations[appeal.operation], appeal.person) for appeal in known}
    subjects = list(about.values())
    people = {person for appeal in found for person in (appeal.person, appeal.decided_by) if person}
    things = await _things(subjects, people)
    rows = []
    for appeal in known:
        kind, id = about[appeal.oid]
        operation = operations[appeal.operation]
        rows.append(
            AppealRow(
                id=str(appeal.oid),
                exhibit=await _exhibit(things, kind, id, appeal.person),
                who=things.people[appeal.person],
                text=appeal.text,
                at=appeal.at,
                state=appeal.state,
                reason=operation.reason,
                decided_by=things.people[appeal.decided_by] if appeal.decided_by else None,
                decided_at=appeal.decided_at,
                may_judge=appeal.state == "open" and await may_judge(viewer, appeal, operation),
            )
        )
    return rows


async def decision(operation: Operation, person: ObjectId) -> Exhibit:
    """What was decided on, for whom it concerns."""
    kind, id = await _own(operation, person)
    return await _exhibit(await _things([(kind, id)], {person}), kind, id, person)


async def _own(operation: Operation, person: ObjectId) -> tuple[str, ObjectId]:
    """The first of its texts that this person has written."""
    for text in await texts_of(operation, person):
        return ("comment" if isinstance(text, Comment) else "topic"), text.oid
    return operation.targets[0].kind, operation.targets[0].id or person
