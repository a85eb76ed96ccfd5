"""Appeals: whoever was concerned by a deletion may ask once that somebody else looks at it again."""

from __future__ import annotations

from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.directory import all_boards
from app.comments import service as comments
from app.errors import Conflict, Forbidden, NotFound
from app.events import QueueChanged
from app.notifications.service import notify_moderation
from app.operations.service import record, target
from app.people.readers import FIELDS, viewer_from
from app.permissions.rules import allows
from app.reports.waiting import handles_in
from app.topics import service as topics
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell, together
from documents import Appeal, Comment, Operation, Topic, User
from documents.base import LIVE, Raw
from documents.clock import now

# What one can appeal against.
VERBS: Final = frozenset({"comment.delete", "topic.delete", "comment.reject", "topic.reject"})
JUDGE: Final = "delete_others"
SAID: Final = {
    "granted": N_("Your appeal was granted: your text is back."),
    "refused": N_("Your appeal was looked at by a moderator and not granted. Answer: %(answer)s"),
}


async def concerning(viewer: Viewer, id: ObjectId) -> Operation:
    """An operation that the viewer may read of because it is about them."""
    found = await Operation.load(id)
    if found is None or viewer.me not in found.concerns or found.verb not in VERBS or found.actor == viewer.id:
        raise NotFound
    if found.undo_of is not None and not found.redo:
        raise NotFound  # it took such a thing back
    return found


async def appeal_of(viewer: Viewer, operation: ObjectId) -> Appeal | None:
    """What the viewer has said against it."""
    return await Appeal.find_one({"operation": operation, "person": viewer.me})


async def texts_of(operation: Operation, person: ObjectId) -> list[Comment | Topic]:
    """What an operation has deleted of somebody's: comments or topics."""
    ids: dict[str, list[ObjectId]] = {"comment": [], "topic": []}
    for about in operation.targets:
        if about.id is not None:
            ids.setdefault(about.kind, []).append(about.id)
    comments_ = await Comment.find({"_id": {"$in": ids["comment"]}, "author": person}).to_list()
    topics_ = await Topic.find({"_id": {"$in": ids["topic"]}, "author": person}).to_list()
    return [*comments_, *topics_]


def deleted_still(texts: list[Comment | Topic]) -> list[Comment | Topic]:
    """Those that moderators keep deleted."""
    return [text for text in texts if text.deleted_as in ("moderator", "rejected")]


async def stands(operation: Operation, person: ObjectId) -> bool:
    """Whether anything that the operation has deleted of theirs is deleted still."""
    return operation.undone_by is None and bool(deleted_still(await texts_of(operation, person)))


async def appeal(viewer: Viewer, id: ObjectId, text: str) -> None:
    """Say why it was wrong; `Conflict` the second time."""
    operation = await concerning(viewer, id)
    if not await stands(operation, viewer.me):
        raise Conflict(Text(N_("This deletion is not in force any more.")))
    board = next((text.board for text in await texts_of(operation, viewer.me)), None)
    try:
        await Appeal(operation=id, person=viewer.me, board=board, text=text, at=now()).insert()
    except DuplicateKeyError:
        raise Conflict(Text(N_("You have appealed against this already."))) from None
    await tell(QueueChanged())


async def visible_appeal(viewer: Viewer, id: ObjectId) -> tuple[Appeal, Operation]:
    """An appeal in a board that they look after; never their own."""
    found = await Appeal.load(id)
    if found is None or found.person == viewer.id or not handles_in(viewer, "see_reports", found.board):
        raise NotFound
    operation = await Operation.load(found.operation)
    if operation is None:
        raise NotFound
    return found, operation


async def may_judge(viewer: Viewer, found: Appeal, operation: Operation) -> bool:
    """Whoever has decided does not judge the appeal, as long as there is somebody else who can."""
    if not handles_in(viewer, JUDGE, found.board):
        return False
    return operation.actor != viewer.id or not await _others(viewer, found)


async def _others(viewer: Viewer, found: Appeal) -> bool:
    board = (await all_boards()).get(found.board) if found.board else None
    staff: Raw = {"$or": [{"role": {"$ne": "member"}}, {"roles.0": {"$exists": True}}]}
    apart = {"_id": {"$nin": [viewer.me, found.person]}, "banned_at": None, **LIVE}
    rows = User.raw().find({**staff, **apart}, dict.fromkeys(FIELDS, 1))
    async for raw in rows:
        if allows(viewer_from(raw), JUDGE, board):
            return True
    return False


async def judge(viewer: Viewer, id: ObjectId, *, granted: bool, answer: str) -> None:
    """Grant or refuse it, once; who has appealed is told."""
    found, operation = await visible_appeal(viewer, id)
    if not await may_judge(viewer, found, operation):
        raise Forbidden(Text(N_("You have decided this yourself: another moderator looks at the appeal.")))
    texts = deleted_still(await texts_of(operation, found.person))
    state = "granted" if granted else "refused"

    async def steps(work: Work) -> None:
        fields = {"state": state, "decided_by": viewer.me, "decided_at": now(), "answer": answer}
        if not await Appeal.settle(id, fields, work.session):
            raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
        work.record(QueueChanged())
        first = operation.targets[0]
        about = target(first.kind, first.id, {"appeal": "open"}, {"appeal": state})
        verb = "appeal.grant" if granted else "appeal.refuse"
        whole = granted and len(operation.targets) == 1
        back = operation.oid if whole else None
        done = await record(work, viewer, verb, [about], answer, concerns=[found.person], undo_of=back)
        if whole:
            await Operation.mark_undone(operation.oid, done, now(), work.session)
        if granted:
            for text in texts:
                await _bring_back(work, text)
        facts = {} if granted else {"answer": answer}
        url = f"/decisions/{operation.oid}"
        told = {"subject": id, "actor": viewer.me, "text": SAID[state], "facts": facts, "url": url}
        await notify_moderation(work, found.person, **told)  # type: ignore[arg-type]

    places = {place for text in texts for place in (text.board, getattr(text, "topic", text.oid))}
    await together(steps, hot=[found.person, *places])


async def _bring_back(work: Work, text: Comment | Topic) -> None:
    if isinstance(text, Comment):
        await comments.restore_within(work, text)
    else:
        await topics.restore_within(work, text)
