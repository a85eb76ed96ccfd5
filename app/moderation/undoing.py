"""Taking an operation back, as one: if something has changed since, it says what, and changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bson import ObjectId

from app.boards.directory import all_boards, may_read
from app.comments import service as comments
from app.errors import Conflict, Forbidden, NotFound
from app.events import BoardsChanged, PersonChanged, TopicChanged
from app.moderation.arranging import put_into_board, still_live, unmerge
from app.moderation.splitting import unsplit
from app.moderation.titles import set_title
from app.notifications.moderated import tell_undone
from app.operations.service import record
from app.permissions.rules import allows_somewhere
from app.topics import service as topics
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Comment, Moved, Operation, Topic, User
from documents.base import RESTORED, Raw, Record
from documents.clock import now
from documents.operation import Target

Undoer = Callable[[Work, Viewer, Operation], Awaitable[None]]
DOCUMENTS: Final[Mapping[str, type[Record]]] = {"topic": Topic, "comment": Comment, "board": Board, "person": User}
# Only these verbs set fields and nothing else, so that setting them back is all.
PLAIN: Final = frozenset(
    {
        *("topic.pin", "topic.unpin", "topic.announce", "topic.unannounce", "topic.feature", "topic.unfeature"),
        *("topic.lock", "topic.unlock", "topic.slow"),
        *("board.change", "board.delete", "board.restore"),
        *("person.silence", "person.unsilence", "person.ban", "person.unban"),
    }
)
# What each field is called in the sentence that says what has changed.
FIELDS: Final[Mapping[str, str]] = {
    "pinned": N_("whether it is pinned"),
    "announced": N_("whether it is announced"),
    "featured": N_("whether it is featured"),
    "locked": N_("whether it is locked"),
    "slow_seconds": N_("the slow mode"),
    "board": N_("the board"),
    "title": N_("the title"),
    "tags": N_("the tags"),
    "name": N_("the name"),
    "description": N_("the description"),
    "staff_only": N_("who can see it"),
    "deleted_at": N_("whether it is deleted"),
    "banned_at": N_("the ban"),
    "banned_until": N_("the ban"),
    "silenced_until": N_("the silence"),
    "role": N_("the role"),
}


def can_undo(operation: Operation) -> bool:
    """Whether there is a way back from it, and nobody has gone it yet."""
    if operation.undo_of is not None:
        return False
    return operation.undone_by is None and (operation.verb in PLAIN or operation.verb in UNDOERS)


def permission_of(verb: str) -> str:
    """Who may do something may undo it."""
    kind, _, act = verb.partition(".")
    if kind == "board":
        return "manage_boards"
    if act in ("delete", "restore"):
        return "delete_others"
    return {"split": "merge", "slow": "slow_mode"}.get(act, act.removeprefix("un"))


def may_undo(viewer: Viewer, operation: Operation) -> bool:
    """Whether they may undo such things anywhere."""
    return allows_somewhere(viewer, permission_of(operation.verb))


async def _require_allowed(viewer: Viewer, operation: Operation) -> None:
    """In the boards that it is about."""
    permission = permission_of(operation.verb)
    if not may_undo(viewer, operation):
        raise Forbidden
    for target in operation.targets:
        if target.kind in ("topic", "comment"):
            raw = await DOCUMENTS[target.kind].raw().find_one({"_id": target.id}, {"board": 1})
            board = (await all_boards()).get(raw["board"]) if raw else None
            if board is None or not may_read(viewer, board) or not viewer.may(permission, board):
                raise Forbidden


async def undo(viewer: Viewer, id: ObjectId) -> Operation:
    """Take it back; `Conflict` says what has changed since."""
    operation = await Operation.load(id)
    if operation is None:
        raise NotFound
    if operation.undone_by is not None:
        raise Conflict(Text(N_("This has been undone already.")))
    if not can_undo(operation):
        raise Conflict(Text(N_("There is no way to undo this.")))
    await _require_allowed(viewer, operation)

    async def steps(work: Work) -> None:
        await UNDOERS.get(operation.verb, _set_back)(work, viewer, operation)
        turned = [Target(kind=t.kind, id=t.id, name=t.name, before=t.after, after=t.before) for t in operation.targets]
        by = await record(work, viewer, operation.verb, turned, concerns=operation.concerns, undo_of=operation.oid)
        if not await Operation.mark_undone(operation.oid, by, now(), work.session):
            raise Conflict(Text(N_("This has been undone already.")))
        await _tell(work, viewer, operation, by)

    await together(steps, hot=[target.id for target in operation.targets if target.id])
    return operation


async def _tell(work: Work, viewer: Viewer, operation: Operation, by: ObjectId) -> None:
    """Whoever heard of it hears that it was taken back; where it was about a comment, by the topic of that."""
    (first, *_) = operation.targets
    if first.kind not in ("topic", "comment"):
        return
    url = f"/{first.kind}s/{first.id}"
    raw = await DOCUMENTS[first.kind].raw().find_one({"_id": first.id}, {"topic": 1, "title": 1}, session=work.session)
    about = raw if raw is None or "title" in raw else await Topic.raw().find_one({"_id": raw["topic"]}, {"title": 1})
    if about is not None:
        await tell_undone(work, viewer, operation.oid, by, title=about["title"], url=url)


async def _set_back(work: Work, _: Viewer, operation: Operation) -> None:
    for target in operation.targets:
        await _require_unchanged(work, target)
    for target in operation.targets:
        await _put_back(work, target)


async def _require_unchanged(work: Work, target: Target) -> Raw:
    """The document, if the fields that were changed are as they were left."""
    document = DOCUMENTS[target.kind]
    raw = await document.raw().find_one({"_id": target.id}, session=work.session)
    if raw is None:
        raise Conflict(Text(N_("It is not there any more.")))
    changed = [name for name, value in target.after.items() if raw.get(name) != value]
    if changed:
        name = next((name for name in changed if name in FIELDS), "")
        raise changed_since(name)
    return raw


def changed_since(field: str) -> Conflict:
    """The sentence that says what somebody else has changed."""
    if field not in FIELDS:
        return Conflict(Text(N_("It has been changed since, so nothing was undone.")))
    text = N_("This has been changed since, so nothing was undone: %(what)s.")
    return Conflict(Text(text, what=Text(FIELDS[field])))


async def _put_back(work: Work, target: Target) -> None:
    assert target.id is not None
    if target.kind == "topic":
        await Topic.change(target.id, work.session, **target.before)
        raw = await Topic.raw().find_one({"_id": target.id}, {"board": 1}, session=work.session)
        work.record(TopicChanged(target.id, (raw or {})["board"]))
        return
    await DOCUMENTS[target.kind].raw().update_one({"_id": target.id}, {"$set": target.before}, session=work.session)
    work.record(BoardsChanged() if target.kind == "board" else PersonChanged(target.id))


async def _move_back(work: Work, _: Viewer, operation: Operation) -> None:
    for target in operation.targets:
        (raw,) = await still_live(work, (await _require_unchanged(work, target))["_id"])
        board = await Board.raw().find_one({"_id": target.before["board"], "deleted_at": None}, session=work.session)
        if board is None:
            raise Conflict(Text(N_("The board where it was is not there any more.")))
        await put_into_board(work, raw, board["_id"])


async def _retitle_back(work: Work, viewer: Viewer, operation: Operation) -> None:
    (target,) = operation.targets
    raw = await _require_unchanged(work, target)
    await set_title(work, viewer, raw, target.before["title"], "")


async def _unmerge(work: Work, _: Viewer, operation: Operation) -> None:
    gone, gained = operation.targets
    assert gained.id is not None
    source = await Topic.raw().find_one({"_id": gone.id}, session=work.session)
    if source is None or source.get("merged_into") != gained.id:
        raise changed_since("")
    (there,) = await still_live(work, gained.id)
    shift = int(gone.after["shift"])
    inside: Raw = {"topic": gained.id, "first": {"$lte": shift + source["last_number"]}, "last": {"$gt": shift}}
    if await Moved.raw().find_one(inside, session=work.session) is not None:
        raise Conflict(Text(N_("Some of the comments have been moved on since, so nothing was undone.")))
    await unmerge(work, source, there, shift)


async def _unsplit(work: Work, viewer: Viewer, operation: Operation) -> None:
    kept, made = operation.targets
    assert kept.id is not None
    assert made.id is not None
    new, source = await still_live(work, made.id, kept.id)
    await unsplit(work, viewer, source, new, kept.after["numbers"])


async def _undelete_topic(work: Work, viewer: Viewer, operation: Operation) -> None:
    await _each(work, operation, topics.mark_again)


async def _undelete_comment(work: Work, viewer: Viewer, operation: Operation) -> None:
    await _each(work, operation, comments.mark_again)


async def _each(work: Work, operation: Operation, mark: Callable[[Work, Any, Raw], Awaitable[None]]) -> None:
    for target in operation.targets:
        raw = await _require_unchanged(work, target)
        await mark(work, DOCUMENTS[target.kind].model_validate(raw), {**RESTORED, **target.before})


UNDOERS: Final[Mapping[str, Undoer]] = {
    "topic.move": _move_back,
    "topic.retitle": _retitle_back,
    "topic.merge": _unmerge,
    "topic.split": _unsplit,
    "topic.delete": _undelete_topic,
    "topic.restore": _undelete_topic,
    "comment.delete": _undelete_comment,
    "comment.restore": _undelete_comment,
}
