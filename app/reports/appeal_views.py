"""Appeals, and decisions as those read of them whom they concern."""

from __future__ import annotations

from collections.abc import Sequence

from bson import ObjectId

from app.operations.words import VERBS as LABELS
from app.people.cards import cards
from app.reports.appeals import may_judge
from app.reports.decisions import about, texts_of
from app.reports.exhibits import Things, by_id, exhibit_of, files_exhibit, things_of
from app.reports.pages import AppealRow, Exhibit, Quarrel
from app.reports.views import a_page
from app.uploads import taken
from app.viewer import Viewer
from app.web.i18n import Text
from app.web.pages import Card, KeyPager
from documents import Appeal, Comment, Message, Operation, Topic
from documents.base import Raw


async def appeals(viewer: Viewer, tab: str, after: ObjectId | None) -> tuple[list[AppealRow], KeyPager]:
    """A page of the appeals that are for this moderator."""
    states = ["open"] if tab == "open" else ["granted", "refused"]
    which: Raw = {"state": {"$in": states}, "person": {"$ne": viewer.me}}
    which |= {} if viewer.may("manage_uploads") else {"verb": {"$ne": taken.VERB}}
    found, pager = await a_page(viewer, Appeal, which, tab, after, "/moderation/appeals")
    operations = await by_id(Operation, {"_id": {"$in": [appeal.operation for appeal in found]}})
    return await _appeal_rows(viewer, found, operations), pager


async def _appeal_rows(
    viewer: Viewer, found: Sequence[Appeal], operations: dict[ObjectId, Operation]
) -> list[AppealRow]:
    known = [appeal for appeal in found if appeal.operation in operations]
    subject_of = {appeal.oid: await _own(operations[appeal.operation], appeal.person) for appeal in known}
    subjects = list(subject_of.values())
    people = {person for appeal in found for person in (appeal.person, appeal.decided_by) if person}
    things = await things_of(subjects, people)
    rows = []
    for appeal in known:
        operation = operations[appeal.operation]
        rows.append(
            AppealRow(
                id=str(appeal.oid),
                exhibit=await _exhibit(things, operation, appeal, subject_of[appeal.oid]),
                who=things.people[appeal.person],
                text=appeal.text,
                at=appeal.at,
                state=appeal.state,
                quarrel=quarrel(operation),
                decided_by=things.people[appeal.decided_by] if appeal.decided_by else None,
                decided_at=appeal.decided_at,
                may_judge=appeal.state == "open" and await may_judge(viewer, appeal, operation),
            )
        )
    return rows


async def _exhibit(things: Things, operation: Operation, appeal: Appeal, subject: tuple[str, ObjectId]) -> Exhibit:
    if operation.verb == taken.VERB:
        url = f"/moderation/appeals/{appeal.oid}/files" if appeal.state == "open" else ""
        return files_exhibit(await taken.files_of(operation, appeal.person), things.people[appeal.person], url)
    kind, id = subject
    return await exhibit_of(things, kind, id, appeal.person, await _message_in(kind, id))


def quarrel(operation: Operation, by: Card | None = None) -> Quarrel:
    """What was decided, in words."""
    after = operation.targets[0].after
    ends = after.get("silenced_until") or after.get("banned_until")
    label = str(Text(LABELS[operation.verb]))
    return Quarrel(operation.verb, label, operation.reason, operation.at, ends, by)


async def decisions(person: ObjectId) -> list[tuple[str, Quarrel]]:
    """What was decided about somebody, newest first: ids and words."""
    return [(str(operation.oid), quarrel(operation)) for operation in await about(person)]


async def decision(operation: Operation, person: ObjectId) -> Exhibit:
    """What was decided on, for whom it concerns."""
    if operation.verb == taken.VERB:
        return files_exhibit(await taken.files_of(operation, person), (await cards([person]))[person])
    kind, id = await _own(operation, person)
    return await exhibit_of(await things_of([(kind, id)], {person}), kind, id, person, await _message_in(kind, id))


async def _message_in(kind: str, id: ObjectId) -> str:
    """What a message says that moderators were shown when it was reported."""
    raw = await Message.raw().find_one({"_id": id}, {"body": 1}) if kind == "message" else None
    return raw["body"] if raw else ""


async def _own(operation: Operation, person: ObjectId) -> tuple[str, ObjectId]:
    """The first of its texts that this person has written, or the person."""
    for text in await texts_of(operation, person):
        return operation_kind(text), text.oid
    first = operation.targets[0]
    return first.kind, first.id or person


def operation_kind(text: Comment | Topic | Message) -> str:
    """The kind of a text, as operations name it."""
    return "message" if isinstance(text, Message) else text.kind
