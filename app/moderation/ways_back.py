"""The way back from each kind of operation: if a field is not as it was left, it says which, and changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from app.accounts import networks
from app.errors import Conflict
from app.events import BoardsChanged, PersonChanged, TopicChanged
from app.messages import removing
from app.moderation import redeciding, takedowns
from app.moderation.arranging import put_into_board, still_live
from app.moderation.rearranging import turn_merge, turn_split
from app.moderation.removing import VERB as REMOVAL
from app.moderation.removing import bring_back
from app.moderation.titles import set_title
from app.operations.conflicts import changed_since
from app.tags import undoing as tags
from app.topics import texts
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Board, Comment, Message, Operation, Report, Topic, User
from documents.base import RESTORED, Raw, Record
from documents.clock import now
from documents.operation import Target

# Some say themselves what they have done to each, where that is not just the contrary.
Undoer = Callable[[Work, Viewer, Operation], Awaitable[list[Target] | None]]
DOCUMENTS: Final[Mapping[str, type[Record]]] = {
    "topic": Topic,
    "comment": Comment,
    "board": Board,
    "person": User,
    "message": Message,
}
# Only these verbs set fields and nothing else, so that setting them back is all.
PLAIN: Final = frozenset(
    {
        *("topic.pin", "topic.unpin", "topic.announce", "topic.unannounce", "topic.feature", "topic.unfeature"),
        *("topic.lock", "topic.unlock", "topic.slow"),
        *("board.change", "board.move", "board.archive", "board.unarchive", "board.delete", "board.restore"),
        *("person.warn", "person.silence", "person.unsilence", "person.ban", "person.unban"),
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
    "version": N_("the text"),
    "position": N_("the order of the boards"),
    "archived_at": N_("whether it is archived"),
    "deleted_at": N_("whether it is deleted"),
    "deleted_as": N_("whether it is approved"),
    "warned_at": N_("the warning"),
    "banned_at": N_("the ban"),
    "banned_until": N_("the ban"),
    "silenced_until": N_("the silence"),
    "role": N_("the role"),
}


async def set_back(work: Work, _: Viewer, operation: Operation) -> None:
    """Have the fields that were changed be as they were before."""
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
        raise changed_since(FIELDS.get(name, ""))
    return raw


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


async def _undelete(work: Work, _: Viewer, operation: Operation) -> None:
    for target in operation.targets:
        raw = await _require_unchanged(work, target)
        await texts.mark_again(work, texts.text_of(target.kind, raw), {**RESTORED, **target.before})


async def _message_back(work: Work, _: Viewer, operation: Operation) -> None:
    for target in operation.targets:
        message: Message = Message.model_validate(await _require_unchanged(work, target))
        await removing.mark_again(work, message, {**RESTORED, **target.before})


async def _redecide(work: Work, _: Viewer, operation: Operation) -> None:
    for target in operation.targets:
        await redeciding.put(work, target, await _require_unchanged(work, target))


async def _reopen(work: Work, _: Viewer, operation: Operation) -> None:
    """`undo` has the report wait again; here it is only asked whether it is as it was left."""
    for target in operation.targets:
        decided: Raw = {"_id": target.id, "operation": operation.oid, "pending": False}
        if await Report.raw().find_one(decided, {"_id": 1}, session=work.session) is None:
            raise changed_since()


async def _network_back(work: Work, _: Viewer, operation: Operation) -> None:
    for target in operation.targets:
        assert target.id is not None
        bans = "network" in target.after or target.after.get("lifted_at", now()) is None
        if not await networks.set_lifted(work, target.id, lifted=bans):
            raise changed_since()


EDITS: Final = frozenset({"comment.edit", "topic.edit"})
UNDOERS: Final[dict[str, Undoer]] = {
    "topic.move": _move_back,
    "topic.retitle": _retitle_back,
    "topic.merge": turn_merge,
    "topic.split": turn_split,
    **dict.fromkeys(("topic.delete", "topic.restore", "comment.delete", "comment.restore"), _undelete),
    "message.delete": _message_back,
    **dict.fromkeys((f"{kind}.{act}" for kind in ("topic", "comment") for act in redeciding.ACTS), _redecide),
    **dict.fromkeys(("report.accept", "report.reject"), _reopen),
    **dict.fromkeys(("network.ban", "network.lift"), _network_back),
    **dict.fromkeys(("upload.take_down", "upload.restore"), takedowns.turn_back),
    "tag.rename": tags.unrename,
    "tag.merge": tags.unmerge,
    "tag.delete": tags.undelete,
    **dict.fromkeys(("tag.describe", "tag.allow"), tags.unsay),
    REMOVAL: bring_back,
}


def also(verb: str, undoer: Undoer) -> None:
    """Have features above this one say what the way back is from what they do."""
    UNDOERS[verb] = undoer
