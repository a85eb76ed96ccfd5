"""Appeals: whoever was concerned by a decision may ask once that somebody else looks at it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.accounts import banning
from app.boards.directory import all_boards
from app.errors import Conflict, Forbidden, NotFound
from app.events import QueueChanged
from app.messages import removing
from app.notifications.moderated import tell_authors
from app.notifications.service import notify_moderation
from app.operations.service import record, target
from app.people.readers import FIELDS, viewer_from
from app.permissions.rules import allows
from app.reports.decisions import VERBS, Own, concerning, deleted_still, stands, texts_of
from app.reports.waiting import handles_in
from app.topics.texts import restore_within
from app.uploads import taken
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell, together
from documents import Appeal, Message, Operation, Upload, User
from documents.base import LIVE, Raw
from documents.clock import now

SAID: Final = {
    "text": N_("Your appeal was granted: your text is back."),
    "person.warn": N_("Your appeal was granted: the warning is taken back."),
    "person.silence": N_("Your appeal was granted: you can write again."),
    "person.ban": N_("Your appeal was granted: your account is open again."),
    "person.remove": N_("Your appeal was granted: what was removed of yours is back."),
    taken.VERB: N_("Your appeal was granted: your file is there again."),
    "refused": N_("Your appeal was looked at by a moderator and not granted. Answer: %(answer)s"),
}

WayBack = Callable[[Work, Viewer, Operation], Awaitable[None]]
# Of operations that are larger than what they name.
_ways_back: dict[str, WayBack] = {}


def use(verb: str, way_back: WayBack) -> None:
    """Undo operations of this kind so when an appeal is granted."""
    _ways_back[verb] = way_back


async def appeal_of(person: ObjectId, operation: ObjectId) -> Appeal | None:
    """What somebody has said against it."""
    return await Appeal.find_one({"operation": operation, "person": person})


async def appeal(person: ObjectId, id: ObjectId, text: str) -> None:
    """Say why it was wrong; `Conflict` the second time."""
    operation = await concerning(person, id)
    if not await stands(operation, person):
        raise Conflict(Text(N_("This decision no longer applies.")))
    board = next((text.board for text in await texts_of(operation, person) if not isinstance(text, Message)), None)
    try:
        await Appeal(operation=id, verb=operation.verb, person=person, board=board, text=text, at=now()).insert()
    except DuplicateKeyError:
        raise Conflict(Text(N_("You have appealed against this already."))) from None
    await tell(QueueChanged())


async def visible_appeal(viewer: Viewer, id: ObjectId) -> tuple[Appeal, Operation]:
    """An appeal in a board that they look after, or about files that they do; never their own."""
    found = await Appeal.load(id)
    if found is None or found.person == viewer.id or not handles_in(viewer, "see_reports", found.board):
        raise NotFound
    if found.verb == taken.VERB and not viewer.may(VERBS[taken.VERB]):
        raise NotFound
    operation = await Operation.load(found.operation)
    if operation is None:
        raise NotFound
    return found, operation


async def file_in(viewer: Viewer, id: ObjectId, upload: ObjectId) -> Upload:
    """A file of an open appeal: who appeals shows it to those who judge."""
    found, operation = await visible_appeal(viewer, id)
    if found.verb != taken.VERB or found.state != "open":
        raise NotFound
    for file in await taken.files_of(operation, found.person):
        if file.oid == upload:
            return file
    raise NotFound


async def may_judge(viewer: Viewer, found: Appeal, operation: Operation) -> bool:
    """Whoever has decided does not judge the appeal, as long as there is somebody else who can."""
    if not handles_in(viewer, VERBS[operation.verb], found.board):
        return False
    return operation.actor != viewer.id or not await _others(viewer, found, VERBS[operation.verb])


async def _others(viewer: Viewer, found: Appeal, permission: str) -> bool:
    board = (await all_boards()).get(found.board) if found.board else None
    staff: Raw = {"$or": [{"role": {"$ne": "member"}}, {"roles.0": {"$exists": True}}]}
    apart = {"_id": {"$nin": [viewer.me, found.person]}, "banned_at": None, **LIVE}
    rows = User.raw().find({**staff, **apart}, dict.fromkeys(FIELDS, 1))
    async for raw in rows:
        other = viewer_from(raw)
        if allows(other, permission, board) and allows(other, "see_reports", board):
            return True
    return False


async def judge(viewer: Viewer, id: ObjectId, *, granted: bool, answer: str) -> None:
    """Grant or refuse it, once; who has appealed is told."""
    found, operation = await visible_appeal(viewer, id)
    if not await may_judge(viewer, found, operation):
        raise Forbidden(Text(N_("You have decided this yourself: another moderator looks at the appeal.")))
    texts = deleted_still(operation, await texts_of(operation, found.person))
    state = "granted" if granted else "refused"

    async def steps(work: Work) -> None:
        fields = {"state": state, "decided_by": viewer.me, "decided_at": now(), "answer": answer}
        if not await Appeal.settle(id, fields, work.session):
            raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
        work.record(QueueChanged())
        done = await _write_down(work, viewer, operation, found, state, answer)
        if granted and operation.verb == taken.VERB:
            others = await taken.put_back(work, operation, found.person)
            await tell_authors(work, viewer, done, "upload.restore", others, url="/uploads")
        elif granted:
            await _take_back(work, viewer, operation, found.person, texts)
        facts = {} if granted else {"answer": answer}
        said = SAID.get(operation.verb, SAID["text"]) if granted else SAID["refused"]
        told = {"subject": id, "actor": viewer.me, "text": said, "facts": facts, "url": f"/decisions/{operation.oid}"}
        await notify_moderation(work, found.person, **told)  # type: ignore[arg-type]

    await together(steps, hot=[found.person, *(place for text in texts for place in _places(text))])


def _places(text: Own) -> tuple[ObjectId, ...]:
    if isinstance(text, Message):
        return (text.conversation,)
    return text.board, text.place


async def _write_down(
    work: Work, viewer: Viewer, operation: Operation, found: Appeal, state: str, answer: str
) -> ObjectId:
    """Whatever is granted of an operation on one thing has undone all of it; gives the id of what is written."""
    first = operation.targets[0]
    about = target(first.kind, first.id, {"appeal": "open"}, {"appeal": state})
    verb = "appeal.grant" if state == "granted" else "appeal.refuse"
    whole = state == "granted" and len(operation.targets) == 1
    back = operation.oid if whole else None
    done = await record(work, viewer, verb, [about], answer, concerns=[found.person], undo_of=back)
    if whole:
        await Operation.mark_undone(operation.oid, done, now(), work.session)
    return done


async def _take_back(work: Work, viewer: Viewer, operation: Operation, person: ObjectId, texts: list[Own]) -> None:
    first = operation.targets[0]
    if operation.verb in _ways_back:
        await _ways_back[operation.verb](work, viewer, operation)
    elif first.kind == "person":
        await banning.take_back(work, person, first.before, first.after)
    for text in texts:
        if isinstance(text, Message):
            await removing.put_back(work, text)
        else:
            await restore_within(work, text)
