"""Taking an operation back, as one: if something has changed since, it says what, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.accounts import logins
from app.boards.directory import all_boards, may_read
from app.errors import Conflict, Forbidden, NotFound
from app.moderation.removing import VERB as REMOVAL
from app.moderation.removing import bring_back_rest
from app.moderation.takedowns import tell_turned
from app.moderation.unediting import Ready, edited_back
from app.moderation.ways_back import DOCUMENTS, EDITS, PLAIN, UNDOERS, set_back
from app.notifications.moderated import tell_person_undone, tell_undone
from app.operations.conflicts import changed_since
from app.operations.service import record
from app.permissions.catalogue import PERMISSIONS as PERMITTED
from app.permissions.rules import allows_somewhere
from app.reports.service import reopen
from app.reports.waiting import handles_in
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Operation, Report, Topic
from documents.clock import now
from documents.operation import Target

# What is put back once, and not done again by a button.
ONCE: Final = frozenset({"report.accept", "report.reject", "tag.rename", "tag.merge", "tag.delete", REMOVAL})
# Why there is no way back, where something better can be said than that there is none.
NO_WAY: Final[Mapping[str, str]] = {
    **dict.fromkeys(("tag.rename", "tag.merge", "tag.delete"), N_("Do it once more on the page of the tag.")),
    REMOVAL: N_("What came back is looked at anew before it is removed again: do so on the page of the person."),
    "report.accept": N_("The report waits in the queue again: decide it there."),
    "report.reject": N_("The report waits in the queue again: decide it there."),
    "appeal.grant": N_("Whoever appealed was told that it was granted. You can act on the text or person again."),
    "appeal.refuse": N_("Whoever appealed was told that it was refused. You can undo what they appealed against."),
    "person.restore": N_("Only they can leave again, in their settings."),
    "forum.cleanup": N_("What was purged is gone for good."),
    "person.password": N_("Nobody knows the password that was there before."),
    "person.logout": N_("Who was logged out logs in again."),
    "person.factors": N_("The secrets of a second factor are not kept."),
}


def can_undo(operation: Operation) -> bool:
    """Whether there is a way back from it, and nobody has gone it yet. What takes something back can be taken back."""
    if operation.undone_by is not None or (operation.undo_of is not None and operation.verb in ONCE):
        return False
    return operation.verb in PLAIN or operation.verb in UNDOERS or operation.verb in EDITS


def why_not(operation: Operation) -> Text:
    """Why an operation cannot be undone."""
    if operation.undone_by is not None:
        return Text(N_("This has been undone already."))
    return Text(NO_WAY.get(operation.verb, N_("There is no way to undo this.")))


PERMISSIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("delete", "restore", "remove"), "delete_others"),
    **dict.fromkeys(("approve", "reject", "hold"), "approve"),
    "split": "merge",
    "slow": "slow_mode",
    "edit": "edit_others",
    "lift": "ban",
    "role": "manage_people",
}


def permission_of(verb: str) -> str:
    """Who may do something may undo it."""
    kind, _, act = verb.partition(".")
    if kind in ("board", "tag", "upload"):
        return f"manage_{kind}s"
    if kind == "report":
        return "see_reports"
    return PERMISSIONS.get(act, act.removeprefix("un"))


def may_undo(viewer: Viewer, operation: Operation) -> bool:
    """Whether they may undo such things anywhere."""
    permission = permission_of(operation.verb)
    return permission in PERMITTED and allows_somewhere(viewer, permission)


async def _require_allowed(viewer: Viewer, operation: Operation) -> None:
    """In the boards that it is about."""
    permission = permission_of(operation.verb)
    if not may_undo(viewer, operation):
        raise Forbidden
    for target in operation.targets:
        if target.kind == "message" and not viewer.may(permission):
            raise Forbidden
        if target.kind in ("topic", "comment"):
            raw = await DOCUMENTS[target.kind].raw().find_one({"_id": target.id}, {"board": 1})
            board = (await all_boards()).get(raw["board"]) if raw else None
            if board is None or not may_read(viewer, board) or not viewer.may(permission, board):
                raise Forbidden
        if target.kind == "report":
            report = await Report.load(target.id) if target.id else None
            if report is None or report.accused == viewer.id or not handles_in(viewer, permission, report.board):
                raise Forbidden


async def undo(viewer: Viewer, id: ObjectId, *, rest: bool = False) -> Operation:
    """Take it back; `Conflict` says what has changed since.

    `rest`: of a removal, only what has not changed; the others stay as they are.
    """
    operation = await Operation.load(id)
    if operation is None:
        raise NotFound
    if not can_undo(operation):
        raise Conflict(why_not(operation))
    await _require_allowed(viewer, operation)
    ready = await edited_back(viewer, operation) if operation.verb in EDITS else None

    async def steps(work: Work) -> None:
        turned = await _turn(work, viewer, operation, ready, rest=rest)
        again = operation.undo_of is not None and not operation.redo
        whose: Any = {"concerns": operation.concerns, "undo_of": operation.oid, "redo": again}
        by = await record(work, viewer, operation.verb, turned, **whose)
        if not await Operation.mark_undone(operation.oid, by, now(), work.session):
            raise Conflict(Text(N_("This has been undone already.")))
        await reopen(work, operation.oid)
        await _tell(work, viewer, operation, by)

    try:
        await together(steps, hot=[target.id for target in operation.targets if target.id])
    except DuplicateKeyError:
        raise changed_since() from None
    for target in operation.targets:
        if target.kind == "person" and target.id is not None and target.before.get("banned_at") is not None:
            await logins.end_all(target.id)
    return operation


async def _turn(work: Work, viewer: Viewer, operation: Operation, ready: Ready | None, *, rest: bool) -> list[Target]:
    """Do the contrary; gives what was done to each."""
    if ready is not None:
        return [await ready.store(work, viewer)]
    undoer = bring_back_rest if rest and operation.verb == REMOVAL else UNDOERS.get(operation.verb, set_back)
    turned = await undoer(work, viewer, operation)
    if turned is not None:
        return turned
    return [Target(kind=t.kind, id=t.id, name=t.name, before=t.after, after=t.before) for t in operation.targets]


async def _tell(work: Work, viewer: Viewer, operation: Operation, by: ObjectId) -> None:
    """Whoever heard of it hears that it was taken back, or done again; about a comment, by the topic of that."""
    (first, *_) = operation.targets
    again = operation.undo_of is not None and not operation.redo
    if first.kind in ("person", "message") and not again:
        for person in operation.concerns if first.kind == "message" else filter(None, [first.id]):
            await tell_person_undone(work, viewer, operation.verb, by, person)
    if first.kind == "upload":
        await tell_turned(work, viewer, operation, by)
    if first.kind not in ("topic", "comment"):
        return
    url = f"/{first.kind}s/{first.id}"
    raw = await DOCUMENTS[first.kind].raw().find_one({"_id": first.id}, {"topic": 1, "title": 1}, session=work.session)
    about = raw if raw is None or "title" in raw else await Topic.raw().find_one({"_id": raw["topic"]}, {"title": 1})
    if about is not None:
        again_as = operation.verb if again else ""
        await tell_undone(work, viewer, operation.oid, by, title=about["title"], url=url, again_as=again_as)
