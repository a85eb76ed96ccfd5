"""The queue of texts that wait for approval: letting them appear, with all that follows from a new text, or not."""

from __future__ import annotations

from typing import Any, Final

from bson import ObjectId

from app.boards.access import visible_comment, visible_topic
from app.errors import Conflict, Forbidden, NotFound
from app.events import QueueChanged
from app.notifications.moderated import tell_each
from app.operations.service import record, target
from app.reports.waiting import boards_of, handles_in
from app.topics import texts
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Comment, Topic
from documents.base import DECIDABLE, RESTORED, Raw, deletion
from documents.clock import now

PAGE: Final = 20
Held = Comment | Topic


async def visible_held(viewer: Viewer, kind: str, id: ObjectId) -> Held:
    """A text that waits or was turned down, in a board whose texts they approve; `Conflict` for what was withdrawn."""
    document: Any = {"topic": Topic, "comment": Comment}.get(kind)
    found: Held | None = await document.load(id) if document else None
    if found is None or not found.unseen or not handles_in(viewer, "approve", found.board):
        raise NotFound
    if found.deleted_as not in DECIDABLE:
        raise withdrawn()
    return found


def withdrawn() -> Conflict:
    """Its author was faster."""
    return Conflict(Text(N_("The author has withdrawn this meanwhile, so there is nothing to decide.")))


async def _require_seen(work: Work, text: Held, seen: int | None) -> None:
    """`Conflict` when its author has rewritten it since the moderator read it, or has withdrawn it."""
    which: Raw = {"topic": text.oid, "number": 1} if isinstance(text, Topic) else {"_id": text.oid}
    raw = await Comment.raw().find_one(which, {"rewrites": 1, "edit_count": 1}, session=work.session)
    if raw is not None and seen is not None and raw.get("rewrites", 0) + raw["edit_count"] != seen:
        raise Conflict(Text(N_("The author has changed this meanwhile. This is the new text: please read it again.")))
    document: Any = type(text)
    fresh = await document.raw().find_one({"_id": text.oid}, {"deleted_as": 1}, session=work.session)
    if fresh is not None and fresh["deleted_as"] == "withdrawn":
        raise withdrawn()


async def approve(viewer: Viewer, kind: str, id: ObjectId, seen: int | None = None) -> None:
    """Let it appear: from now on it counts, is found, and tells whom it names; once.

    `seen` is how often the text that was read had been changed: another one since is a `Conflict`.
    """
    text = await visible_held(viewer, kind, id)

    async def steps(work: Work) -> None:
        await _require_seen(work, text, seen)
        before = await _marks(work, text)
        await appear(work, text)
        done = target(text.kind, text.oid, before, RESTORED)
        act = await record(work, viewer, f"{text.kind}.approve", [done], concerns=[text.author])
        await _tell(work, viewer, text, act, "approve", "")

    await together(steps, hot=text.counts_in)


async def _marks(work: Work, text: Held) -> Raw:
    document: Any = type(text)
    raw: Raw | None = await document.raw().find_one({"_id": text.oid}, dict.fromkeys(RESTORED, 1), session=work.session)
    return {name: (raw or {}).get(name) for name in RESTORED}


async def appear(work: Work, text: Held) -> None:
    """As part of a larger act, which is written down by who does it; `Conflict` when somebody was faster."""
    if not await texts.appear(work, text):
        raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
    work.record(QueueChanged())


async def reject(viewer: Viewer, kind: str, id: ObjectId, reason: str, seen: int | None = None) -> None:
    """Turn it down: its author still has it, with the reason, and nobody else has ever seen it. `seen` as above."""
    text = await visible_held(viewer, kind, id)
    marks = deletion(now(), viewer.me, "rejected", reason)

    async def steps(work: Work) -> None:
        await _require_seen(work, text, seen)
        document: Any = type(text)
        which: Raw = {"_id": text.oid, "deleted_as": "held"}
        found = await document.raw().find_one_and_update(
            which, {"$set": marks}, projection=dict.fromkeys(RESTORED, 1), session=work.session
        )
        if found is None:
            raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
        await texts.redrawn(work, text)
        done = target(text.kind, text.oid, {name: found.get(name) for name in RESTORED}, marks)
        act = await record(work, viewer, f"{text.kind}.reject", [done], reason, concerns=[text.author])
        await _tell(work, viewer, text, act, "reject", reason)
        work.record(QueueChanged())

    await together(steps, hot=text.counts_in)


async def holdable(viewer: Viewer, kind: str, id: ObjectId) -> Held:
    """A text that everybody sees, in a board whose texts they approve. An opening post is its topic."""
    if kind not in ("topic", "comment"):
        raise NotFound
    text: Held
    if kind == "topic":
        text, board = await visible_topic(viewer, id)
    else:
        text, topic, board = await visible_comment(viewer, id)
        text = topic if text.number == 1 else text
    if not (text.live and viewer.may("approve", board)):
        raise Forbidden
    return text


async def hold(viewer: Viewer, kind: str, id: ObjectId, reason: str) -> Held:
    """Take what everybody sees out of sight, until it is approved: its author can change it meanwhile."""
    text = await holdable(viewer, kind, id)
    marks = deletion(now(), viewer.me, "held", reason)

    async def steps(work: Work) -> None:
        before = await _marks(work, text)
        if before["deleted_at"] is not None:
            raise Conflict(Text(N_("Somebody else has decided this meanwhile.")))
        await texts.mark_again(work, text, marks)
        done = target(text.kind, text.oid, before, marks)
        act = await record(work, viewer, f"{text.kind}.hold", [done], reason, concerns=[text.author])
        await _tell(work, viewer, text, act, "hold", reason)
        work.record(QueueChanged())

    await together(steps, hot=text.counts_in)
    return text


async def _tell(work: Work, viewer: Viewer, text: Held, act: ObjectId, what: str, reason: str) -> None:
    topic = text if isinstance(text, Topic) else await Topic.load(text.topic)
    title = topic.title if topic else ""
    url = f"/{text.kind}s/{text.oid}"
    await tell_each(work, viewer, act, f"{text.kind}.{what}", [(text.author, title, url)], reason=reason)


async def waiting(viewer: Viewer, after: ObjectId | None) -> tuple[list[Held], bool]:
    """The oldest texts that wait for this moderator, after one, and whether there are more."""
    which: Raw = {"deleted_as": "held", "board": {"$in": boards_of(viewer, "approve")}}
    if after is not None:
        which["_id"] = {"$gt": after}
    found: list[Held] = []
    for document in (Comment, Topic):
        reading: Any = document
        found += await reading.find(which).sort([("_id", 1)]).limit(PAGE + 1).to_list()
    found.sort(key=lambda text: text.oid)
    return found[:PAGE], len(found) > PAGE
