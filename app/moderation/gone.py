"""What is in the recycle bin, and taking it out again: each kind for those who may see or restore it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bson import ObjectId
from pymongo.asynchronous.cursor import AsyncCursor

from app.accounts import leaving
from app.boards import service as boards
from app.boards.directory import all_boards, may_read
from app.comments import marking
from app.comments import policy as comment_policy
from app.errors import Invalid, NotFound
from app.notifications.moderated import tell_each
from app.notifications.service import notify_moderation
from app.operations.service import record, target
from app.topics import policy as topic_policy
from app.topics import removing as topics
from app.uploads.kinds import unnamed
from app.uploads.listing import used_among
from app.uploads.service import used
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Comment, Topic, Upload, User
from documents.base import GONE, RESTORED, UNSEEN, Raw, Record
from documents.clock import now
from documents.operation import Target

RESTORED_MAX: Final = 50
# What waits for approval, or was turned down, has marks of its own and a queue of its own.
BINNED: Final[Raw] = {**GONE, "deleted_as": {"$nin": list(UNSEEN)}}
# Comments and people are counted no further: the page says “1,000+”.
COUNTED_MAX: Final = 1_000
# Of files so many are looked at for those that nothing uses, so many at once.
LOOKED_AT: Final = 2_000
CHUNK: Final = 500
KINDS: Final = ("topics", "comments", "boards", "uploads", "people")
DOCUMENTS: Final[Mapping[str, type[Record]]] = {
    "topics": Topic,
    "comments": Comment,
    "boards": Board,
    "uploads": Upload,
    "people": User,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: all of these. `since` and `until` are moments, `until` not included."""

    board: ObjectId | None = None
    by: ObjectId | None = None
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def seen_boards(viewer: Viewer) -> list[Board]:
    """Where they see what was deleted; boards that are deleted themselves too."""
    known = (await all_boards()).values()
    return [board for board in known if may_read(viewer, board) and viewer.may("see_deleted", board)]


async def kinds_for(viewer: Viewer) -> list[str]:
    """The kinds that are there for somebody."""
    needed = {"boards": "manage_boards", "uploads": "manage_uploads", "people": "see_gone"}
    texts = bool(await seen_boards(viewer))
    return [kind for kind in KINDS if (viewer.may(needed[kind]) if kind in needed else texts)]


async def query(viewer: Viewer, kind: str, asked: Asked, *, unused_before: datetime) -> Raw:
    """The documents of a kind that are in the bin for them."""
    if kind == "uploads":
        return {"$and": [{"touched_at": {"$lt": unused_before}}, _between("touched_at", asked), _of(asked, "user")]}
    which: list[Raw] = [BINNED, _between("deleted_at", asked), _of(asked, "deleted_by")]
    if asked.reason:
        which.append({"$expr": {"$gte": [{"$indexOfCP": [_lower("$delete_reason"), asked.reason.lower()]}, 0]}})
    if kind in ("topics", "comments"):
        seen = [board.oid for board in await seen_boards(viewer)]
        which.append({"board": {"$in": [id for id in seen if asked.board in (None, id)]}})
    if kind == "topics":
        which.append({"merged_into": None})
    if kind == "comments":
        which.append({"number": {"$ne": 1}})
    if kind == "people":
        which.append({"erased_at": None, "password_hash": {"$ne": ""}})  # of who is erased nothing can come back
    return {"$and": which}


def _lower(field: str) -> Raw:
    return {"$toLower": {"$ifNull": [field, ""]}}


def _between(field: str, asked: Asked) -> Raw:
    bounds: Raw = {}
    if asked.since is not None:
        bounds["$gte"] = asked.since
    if asked.until is not None:
        bounds["$lt"] = asked.until
    return {field: bounds} if bounds else {}


def _of(asked: Asked, field: str) -> Raw:
    return {} if asked.by is None else {field: asked.by}


async def count(viewer: Viewer, kind: str, *, unused_before: datetime) -> int:
    """How many are there, up to `COUNTED_MAX`."""
    which = await query(viewer, kind, Asked(), unused_before=unused_before)
    if kind == "uploads":
        newest = Upload.raw().find(which, {"touched_at": 1}).sort([("touched_at", -1), ("_id", -1)])
        return len((await unused(newest, COUNTED_MAX))[0])
    return await DOCUMENTS[kind].raw().count_documents(which, limit=COUNTED_MAX)


async def unused(cursor: AsyncCursor[Raw], most: int) -> tuple[list[Raw], Raw | None]:
    """The first of these files that nothing uses, at most so many; and after which there may be more."""
    rows: list[Raw] = []
    last: Raw | None = None
    for _ in range(LOOKED_AT // CHUNK):
        chunk = await cursor.to_list(CHUNK)
        taken = await used_among([raw["_id"] for raw in chunk])
        rows += [raw for raw in chunk if raw["_id"] not in taken]
        if len(rows) >= most or len(chunk) < CHUNK:
            return rows[:most], rows[most - 1] if len(rows) >= most else None
        last = chunk[-1]
    return rows, last


async def restore(viewer: Viewer, kind: str, ids: Collection[ObjectId]) -> int:
    """Bring these back as one operation; what is not in the bin any more, or not theirs to restore, is left out.

    Gives how many came back. What was deleted separately inside of them stays deleted.
    """
    if kind not in restored_by(viewer) or kind not in await kinds_for(viewer):
        raise NotFound
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise Invalid(Text(N_("Choose at least one.")))
    if len(chosen) > RESTORED_MAX:
        raise Invalid(Text(N_("Choose at most %(count)s at once."), count=RESTORED_MAX))
    return await RESTORERS[kind](viewer, chosen)


async def _board_of(viewer: Viewer, raw: Raw) -> Board | None:
    board = (await all_boards()).get(raw["board"])
    return board if board is not None and may_read(viewer, board) else None


async def _restore_texts(viewer: Viewer, ids: Sequence[ObjectId], one: Restorer) -> int:
    async def steps(work: Work) -> int:
        done: list[Target] = []
        written: list[tuple[ObjectId, str, str]] = []
        which: Raw = {"_id": {"$in": list(ids)}, **BINNED}
        async for raw in one.document.raw().find(which, session=work.session):
            title = await one.bring_back(work, viewer, raw)
            if title is not None:
                done.append(target(one.kind, raw["_id"], {name: raw.get(name) for name in RESTORED}, RESTORED))  # type: ignore[arg-type]
                written.append((raw["author"], title, f"/{one.kind}s/{raw['_id']}"))
        if done:
            people = [author for author, _, _ in written]
            by = await record(work, viewer, f"{one.kind}.restore", done, concerns=people)
            await tell_each(work, viewer, by, f"{one.kind}.restore", written)
        return len(done)

    return await together(steps, hot=list(ids))


@dataclass(frozen=True, slots=True)
class Restorer:
    """How one thing of a kind comes back; its `bring_back` gives the title by which its author knows it, or None."""

    kind: str
    document: type[Record]
    bring_back: Callable[[Work, Viewer, Raw], Awaitable[str | None]]


async def _topic_back(work: Work, viewer: Viewer, raw: Raw) -> str | None:
    topic, board = Topic.model_validate(raw), await _board_of(viewer, raw)
    if board is None or not topic_policy.may_restore(viewer, topic, board):
        return None
    await topics.mark_again(work, topic, RESTORED)
    return str(topic.title)


async def _comment_back(work: Work, viewer: Viewer, raw: Raw) -> str | None:
    comment, board = Comment.model_validate(raw), await _board_of(viewer, raw)
    topic = await Topic.raw().find_one({"_id": comment.topic}, {"title": 1}, session=work.session)
    if topic is None or board is None or comment.number == 1 or not comment_policy.may_restore(viewer, comment, board):
        return None
    await marking.mark_again(work, comment, RESTORED)
    return str(topic["title"])


async def _restore_boards(viewer: Viewer, ids: Sequence[ObjectId]) -> int:
    gone = await Board.raw().distinct("_id", {"_id": {"$in": list(ids)}, **GONE})
    for id in gone:
        await boards.restore_board(viewer, id)
    return len(gone)


async def _keep_uploads(viewer: Viewer, ids: Sequence[ObjectId]) -> int:
    """Files that nothing uses wait as long again."""
    if not viewer.may("manage_uploads"):
        raise NotFound

    async def steps(work: Work) -> int:
        moment, done = now(), list[Target]()
        which: Raw = {"_id": {"$in": list(ids)}}
        fields = {"touched_at": 1, "name": 1, "bytes": 1}
        async for raw in Upload.raw().find(which, fields, session=work.session):
            if not await used(raw["_id"], work.session):
                kept = target("upload", raw["_id"], {"touched_at": raw["touched_at"]}, {"touched_at": moment})
                done.append(kept.model_copy(update={"name": unnamed(raw["name"], raw["bytes"])}))
        await Upload.touch([found.id for found in done if found.id], moment, work.session)
        if done:
            await record(work, viewer, "upload.keep", done)
        return len(done)

    return await together(steps)


async def _restore_people(viewer: Viewer, ids: Sequence[ObjectId]) -> int:
    if not viewer.may("manage_people"):
        raise NotFound
    count = 0
    for id in ids:
        count += await leaving.bring_back(viewer, id, then=_welcome)
    return count


async def _welcome(work: Work, viewer: Viewer, person: ObjectId, done: ObjectId) -> None:
    text = N_("Your account was brought back. If that is not what you wanted, you can leave again in your settings.")
    await notify_moderation(work, person, subject=done, actor=viewer.me, text=text, url="/settings/data")


def restored_by(viewer: Viewer) -> list[str]:
    """The kinds that somebody may bring back, of those that they see."""
    return [kind for kind in RESTORERS if kind != "people" or viewer.may("manage_people")]


RESTORERS: Final[Mapping[str, Callable[[Viewer, Sequence[ObjectId]], Awaitable[int]]]] = {
    "topics": lambda viewer, ids: _restore_texts(viewer, ids, Restorer("topic", Topic, _topic_back)),
    "comments": lambda viewer, ids: _restore_texts(viewer, ids, Restorer("comment", Comment, _comment_back)),
    "boards": _restore_boards,
    "uploads": _keep_uploads,
    "people": _restore_people,
}


async def deleted_text(viewer: Viewer, kind: str, id: ObjectId) -> tuple[Any, Comment, Topic, Board]:
    """The deleted topic or comment `id`, the text to read in it, its topic and board; `NotFound` for who may not."""
    thing = await DOCUMENTS[kind].load(id)
    if thing is None or getattr(thing, "deleted_at", None) is None or getattr(thing, "merged_into", None) is not None:
        raise NotFound
    if thing.deleted_as in UNSEEN:
        raise NotFound
    board = (await all_boards()).get(thing.board)
    if board is None or not may_read(viewer, board) or not viewer.may("see_deleted", board):
        raise NotFound
    if isinstance(thing, Comment):
        topic = await Topic.load(thing.topic)
        text: Comment | None = thing
    else:
        topic, text = thing, await Comment.find_one({"topic": id, "number": 1})
    if topic is None or text is None:
        raise NotFound
    return thing, text, topic, board
