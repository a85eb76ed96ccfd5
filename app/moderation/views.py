"""Operations and comments as moderators see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from bson import ObjectId

from app.boards.directory import all_boards
from app.moderation.pages import Choice, Choosable, OperationRow, TargetRow
from app.moderation.undoing import NO_WAY, can_undo, may_undo, why_not
from app.moderation.wording import changes_in, role_called
from app.operations.words import VERBS
from app.people.cards import cards
from app.site.catalogue import SECTIONS
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.web.pages import Card
from documents import Comment, Operation, Role, Topic
from documents.base import Raw
from documents.operation import Target

SHOWN: Final = 20
CHOICE: Final = 50
# Of an operation on many, so many are named at once, and so many more where one asks for them.
TARGETS_SHOWN: Final = 5
TARGETS_LISTED: Final = 200


async def choosable(topic: Topic, start: str) -> Choice:
    """The comments from number `start` on that can be ticked, without the opening post."""
    first = int(start) if start.isdecimal() and len(start) < 10 else 2
    which: Raw = {"topic": topic.oid, "number": {"$gte": max(2, first)}, "deleted_at": None}
    fields: Raw = {"number": 1, "author": 1, "created_at": 1, "excerpt": 1}
    found = await Comment.raw().find(which, fields).sort("number").limit(CHOICE + 1).to_list()
    people = await cards(raw["author"] for raw in found)
    rows = tuple(
        Choosable(raw["number"], people[raw["author"]], raw["created_at"], raw.get("excerpt", ""))
        for raw in found[:CHOICE]
    )
    path = f"/topics/{topic.oid}/moderate"
    following = f"{path}?from={found[CHOICE]['number']}#split" if len(found) > CHOICE else ""
    return Choice(rows, following, f"{path}#split" if first > 2 else "")


async def about(viewer: Viewer, thing: ObjectId, *, concerns: bool = False) -> tuple[OperationRow, ...]:
    """The last operations on one thing, or of a person also those that concern them."""
    which: Raw = {"$or": [{"targets.id": thing}, {"concerns": thing}]} if concerns else {"targets.id": thing}
    found = await Operation.find(which).sort("-at", "-_id").limit(SHOWN).to_list()
    return await operation_rows(viewer, found)


async def operation_rows(viewer: Viewer, found: Sequence[Operation]) -> tuple[OperationRow, ...]:
    """Lines of the log with people, boards and titles, each looked up once."""
    people = await cards(id for operation in found for id in (operation.actor, *operation.concerns) if id is not None)
    names = await _names([target for operation in found for target in operation.targets[:TARGETS_LISTED]])
    return tuple(_row(viewer, operation, people, names) for operation in found)


async def _names(targets: Sequence[Target]) -> dict[ObjectId, str]:
    """What topics, boards and roles are called; a comment by its topic and number."""
    ids: dict[str, list[ObjectId]] = {"topic": [], "comment": [], "role": []}
    for target in targets:
        if target.kind in ids and target.id is not None:
            ids[target.kind].append(target.id)
    fields: Raw = {"topic": 1, "number": 1}
    comments = await Comment.raw().find({"_id": {"$in": ids["comment"]}}, fields).to_list()
    at = [*ids["topic"], *(raw["topic"] for raw in comments)]
    names = {raw["_id"]: raw["title"] async for raw in Topic.raw().find({"_id": {"$in": at}}, {"title": 1})}
    names |= {raw["_id"]: f"{names[raw['topic']]} #{raw['number']}" for raw in comments if raw["topic"] in names}
    roles = Role.raw().find({"_id": {"$in": ids["role"]}}, {"key": 1})
    names |= {raw["_id"]: role_called(raw["key"]) async for raw in roles}
    return names | {id: board.name for id, board in (await all_boards()).items()}


def _row(
    viewer: Viewer, operation: Operation, people: dict[ObjectId, Card], names: dict[ObjectId, str]
) -> OperationRow:
    shown = [_target(viewer, target, people, names) for target in operation.targets[:TARGETS_LISTED]]
    first = operation.targets[:1]
    allowed = may_undo(viewer, operation)
    return OperationRow(
        id=str(operation.oid),
        verb=operation.verb,
        label=str(Text(VERBS[operation.verb])) if operation.verb in VERBS else operation.verb,
        actor=people.get(operation.actor) if operation.actor else None,
        at=operation.at,
        targets=tuple(shown[:TARGETS_SHOWN]),
        further=tuple(shown[TARGETS_SHOWN:]),
        people=tuple(people[id] for id in operation.concerns[:TARGETS_SHOWN] if id in people),
        changes=tuple(change for target in first for change in changes_in(target, names)),
        reason=operation.reason,
        address=operation.address if viewer.may("see_addresses") else "",
        more=len(operation.targets) - len(shown),
        undo=can_undo(operation) and allowed,
        no_way=str(why_not(operation)) if operation.verb in NO_WAY and not can_undo(operation) and allowed else "",
        undone_at=operation.undone_at,
        is_undo=operation.undo_of is not None and not operation.redo,
        is_redo=operation.redo,
    )


def _target(viewer: Viewer, target: Target, people: dict[ObjectId, Card], names: dict[ObjectId, str]) -> TargetRow:
    if target.kind == "person" and target.id in people:
        return TargetRow("person", people[target.id].name, people[target.id].url)
    url = {"topic": "/topics/", "comment": "/comments/", "board": "/boards/"}.get(target.kind, "")
    if target.kind == "upload" and viewer.may("manage_uploads"):
        return TargetRow("upload", target.name or str(target.id), f"/admin/uploads/{target.id}")
    if target.kind == "tag":
        return TargetRow("tag", target.name, f"/tags/{quote(target.name)}")
    if target.kind == "setting" and target.name in SECTIONS:
        return TargetRow("setting", str(Text(SECTIONS[target.name].title)), f"/admin/settings/{target.name}")
    return TargetRow(target.kind, _name(target, names), f"{url}{target.id}" if url else "")


def _name(target: Target, names: dict[ObjectId, str]) -> str:
    """What it is called, or was when something was done to it."""
    if target.kind == "message":
        return str(Text(N_("Private message")))
    known = names.get(target.id, "") if target.id else ""
    if target.kind == "setting" and "words" in {**target.before, **target.after}:
        return str(Text(N_("Rules for words")))
    at_that_time = target.before.get("name") or target.after.get("name") if target.kind == "role" else ""
    return known or target.name or str(at_that_time or target.id or "")
