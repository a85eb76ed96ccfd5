"""Another title for somebody's topic, or a slower pace in it; and one act on many topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bson import ObjectId

from app.boards.directory import all_boards, may_post, may_read, visible_board
from app.comments.editing import as_it_is
from app.comments.rendering import words_in
from app.errors import Forbidden, Invalid
from app.events import TopicChanged
from app.moderation.arranging import arrangeable, put_into_board, still_live
from app.notifications.moderated import tell_authors, tell_each
from app.operations.service import record, target
from app.text.segment import found_by, words_of
from app.topics import policy, removing
from app.topics.places import VERBS
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Comment, Revision, Topic
from documents.base import LIVE, RESTORED, Raw, deletion
from documents.clock import now
from documents.operation import Target

SLOW_CHOICES: Final = (0, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)
BULK_MAX: Final = 50
# What can be done to many topics at once, beside moving and deleting them.
BULK_VERBS: Final = ("pin", "unpin", "lock", "unlock", "feature", "unfeature", "delete", "move")


async def retitle(viewer: Viewer, id: ObjectId, title: str, reason: str) -> None:
    """Another title; the one before stays in the history of the opening post."""
    topic, _ = await arrangeable(viewer, id, "retitle")

    async def steps(work: Work) -> None:
        (raw,) = await still_live(work, id)
        if raw["title"] == title:
            return
        await set_title(work, viewer, raw, title, reason)
        done = target("topic", id, {"title": raw["title"]}, {"title": title})
        by = await record(work, viewer, "topic.retitle", [done], reason, concerns=[topic.author])
        titles = {"title": title, "before": raw["title"]}
        url = f"/topics/{id}"
        await tell_authors(work, viewer, by, "topic.retitle", [topic.author], url=url, reason=reason, **titles)

    await together(steps, hot=(id, topic.author))


async def set_title(work: Work, viewer: Viewer, topic: Raw, title: str, reason: str) -> None:
    """Set it, and have topic and opening post found by it."""
    moment, session = now(), work.session
    opening = await Comment.find_one({"topic": topic["_id"], "number": 1}, session=session)
    if opening is not None:
        kept = as_it_is(opening, moment, {"title": topic["title"], "tags": topic["tags"]})
        await Revision.raw().insert_one(kept.as_stored(), session=session)
        fields = found_by(await words_in(opening.html, (title, *topic["tags"])))
        fields |= {"edited_at": moment, "edited_by": viewer.me, "edit_reason": reason, "restored_from": None}
        change = {"$set": fields, "$inc": {"edit_count": 1}}
        await Comment.raw().update_one({"_id": opening.oid}, change, session=session)
    found = found_by(words_of(title, *topic["tags"]))
    await Topic.change(topic["_id"], session, title=title, **found, edited_at=moment)
    work.record(TopicChanged(topic["_id"], topic["board"]))


async def slow_down(viewer: Viewer, id: ObjectId, seconds: int, reason: str) -> None:
    """Have everybody wait so long between two comments in this topic; 0 ends it."""
    topic, _ = await arrangeable(viewer, id, "slow_mode")
    if seconds not in SLOW_CHOICES:
        raise Invalid(fields={"seconds": Text(N_("Please choose one of these."))})

    async def steps(work: Work) -> None:
        (raw,) = await still_live(work, id)
        before = raw.get("slow_seconds", 0)
        if before == seconds:
            return
        await Topic.change(id, work.session, slow_seconds=seconds)
        done = target("topic", id, {"slow_seconds": before}, {"slow_seconds": seconds})
        await record(work, viewer, "topic.slow", [done], reason, concerns=[topic.author])
        work.record(TopicChanged(id, raw["board"]))

    await together(steps, hot=(id,))


async def do_to_many(
    viewer: Viewer, ids: Sequence[ObjectId], verb: str, *, board_id: ObjectId | None = None, reason: str = ""
) -> int:
    """One act on many topics, as one operation; those where it is so already, or that are gone, are left out.

    Gives how many have changed.
    """
    if verb not in BULK_VERBS:
        raise Forbidden
    chosen = _some(ids)
    if verb == "move" and (board_id is None or not may_post(viewer, await visible_board(viewer, board_id))):
        raise Invalid(Text(N_("Please choose a board.")))

    async def steps(work: Work) -> int:
        done: list[Target] = []
        written: list[tuple[ObjectId, str, str]] = []
        async for raw in Topic.raw().find({"_id": {"$in": chosen}, **LIVE}, session=work.session):
            changed = await _do_one(work, viewer, raw, verb, board_id, reason)
            if changed is not None:
                done.append(changed)
                written.append((raw["author"], raw["title"], f"/topics/{raw['_id']}"))
        if done:
            people = [author for author, _, _ in written]
            by = await record(work, viewer, f"topic.{verb}", done, reason, concerns=people)
            await _tell(work, viewer, by, verb, written, board_id, reason)
        return len(done)

    return await together(steps, hot=chosen)


async def _tell(
    work: Work,
    viewer: Viewer,
    by: ObjectId,
    verb: str,
    written: list[tuple[ObjectId, str, str]],
    board_id: ObjectId | None,
    reason: str,
) -> None:
    """Of what was moved or deleted, its authors hear; the rest shows by itself."""
    if verb == "delete":
        await tell_each(work, viewer, by, "topic.delete", written, reason=reason)
    elif verb == "move" and board_id is not None:
        place = (await all_boards())[board_id].name
        await tell_each(work, viewer, by, "topic.move", written, reason=reason, board=board_id, place=place)


def _some(ids: Sequence[ObjectId]) -> list[ObjectId]:
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise Invalid(Text(N_("Choose at least one topic.")))
    if len(chosen) > BULK_MAX:
        raise Invalid(Text(N_("Choose at most %(count)s topics at once."), count=BULK_MAX))
    return chosen


async def _may(viewer: Viewer, topic: Topic, verb: str) -> bool:
    board = (await all_boards()).get(topic.board)
    if board is None or not may_read(viewer, board):
        return False
    if verb == "move":
        return policy.may_arrange(viewer, topic, board, "move")
    if verb == "delete":
        return policy.may_delete(viewer, topic, board)
    return policy.may_place(viewer, topic, verb.removeprefix("un"), board)


async def _do_one(
    work: Work, viewer: Viewer, raw: Raw, verb: str, board: ObjectId | None, reason: str
) -> Target | None:
    id, topic = raw["_id"], Topic.model_validate(raw)
    if not await _may(viewer, topic, verb):
        return None
    if verb == "move":
        if raw["board"] == board or board is None:
            return None
        await still_live(work, id)
        await put_into_board(work, raw, board)
        return target("topic", id, {"board": raw["board"]}, {"board": board})
    if verb == "delete":
        marks = deletion(now(), viewer.me, "moderator", reason)
        await removing.mark_again(work, topic, marks)
        return target("topic", id, {name: raw.get(name) for name in RESTORED}, marks)
    wanted = not verb.startswith("un")
    field = VERBS[verb.removeprefix("un")]
    if raw.get(field, False) == wanted:
        return None
    fields: dict[str, Any] = {field: wanted}
    await Topic.change(id, work.session, **fields)
    work.record(TopicChanged(id, raw["board"]))
    return target("topic", id, {field: not wanted}, fields)
