"""Topics whose title, tags or opening post are changed."""

from __future__ import annotations

from bson import ObjectId

from app.boards.access import visible_topic
from app.comments.editing import (
    Why,
    changed_meanwhile,
    require_changed,
    store_edit,
    store_rewrite,
    version_of,
)
from app.comments.flooding import look_at_edit, trace_of_edit
from app.comments.holding import marks_of
from app.comments.making import footnote_prefix
from app.comments.quoting import write_text
from app.comments.screening import flag_edit, screen
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Forbidden, NotFound
from app.operations.service import record, target
from app.text.segment import found_by, words_of
from app.topics import policy
from app.topics.removing import mark_unseen
from app.topics.tagging import standing_tags
from app.viewer import Viewer
from app.work import Work, together
from documents import Board, Comment, Topic
from documents.base import UNSEEN, Raw
from documents.clock import now


async def opening_post(topic: Topic) -> Comment:
    """The comment number 1; a topic without one (imported in part) cannot be edited."""
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    if opening is None:
        raise NotFound
    return opening


async def opening_version(topic: Topic) -> int:
    """Which version its first text is in, as histories count; 1 for a topic without one."""
    raw = await Comment.raw().find_one({"topic": topic.oid, "number": 1}, {"edit_count": 1})
    return int(raw["edit_count"]) + 1 if raw else 1


async def edit_topic(
    viewer: Viewer,
    id: ObjectId,
    *,
    title: str,
    body: str,
    tags: list[str],
    seen: int | None = None,
    why: Why | None = None,
    draft: Sending | None = None,
) -> None:
    """Change title, tags and opening post together; what they were is kept. `seen` as in `edit_comment`."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_edit(viewer, topic, board):
        raise Forbidden
    opening = await opening_post(topic)
    tags = await standing_tags(tags)
    if topic.unseen:
        await rewrite(viewer, topic, board, opening, title, body, tags, seen=seen, draft=draft)
        return
    if (title, tags, body) == (topic.title, topic.tags, opening.body):
        await drafts.finish(viewer, draft, body)
        return
    if seen is not None and seen != opening.edits:
        raise changed_meanwhile()
    screened = await screen(viewer, board, title, body)
    title, shown = screened.texts
    written = await write_text(viewer, board, shown, footnote_prefix(opening.oid), title, *tags, had=opening.uploads)
    before: Raw = {"title": topic.title, "tags": topic.tags}
    found = found_by(words_of(title, *tags))
    trace = await trace_of_edit(viewer, topic, (topic.title, opening.body), (title, body))

    async def steps(work: Work) -> None:
        await look_at_edit(work, trace, topic)
        await store_edit(work, viewer, opening, board, shown, written, before, why=why)
        await flag_edit(work, screened, topic)
        await Topic.change(id, work.session, title=title, tags=tags, **found, edited_at=now())
        if viewer.id != topic.author:
            after = {"title": title, "tags": tags, **version_of(opening.edit_count + 1)}
            done = target("topic", id, {**before, **version_of(opening.edit_count)}, after)
            await record(work, viewer, "topic.edit", [done], (why or Why()).reason, concerns=[topic.author])
        await drafts.sent(work, viewer, draft, body)

    await together(steps, hot=(id, *written.named, *written.quoted))


async def rewrite(
    viewer: Viewer,
    topic: Topic,
    board: Board,
    opening: Comment,
    title: str,
    body: str,
    tags: list[str],
    *,
    seen: int | None,
    draft: Sending | None,
) -> None:
    """Change a topic that nobody else has seen yet; see the same of a comment."""
    same = (title, tags, body) == (topic.title, topic.tags, opening.body)
    require_changed(same and topic.deleted_as == "rejected", seen, opening)
    screened = await screen(viewer, board, title, body)
    title, shown = screened.texts
    written = await write_text(viewer, board, shown, footnote_prefix(opening.oid), title, *tags, had=opening.uploads)
    fields = {"title": title, "tags": tags, **found_by(words_of(title, *tags)), **marks_of(topic)}

    async def steps(work: Work) -> None:
        await store_rewrite(work, opening, shown, written, {})
        await mark_unseen(work, topic, {"$in": UNSEEN}, fields)
        await drafts.sent(work, viewer, draft, body)

    await together(steps, hot=topic.counts_in)
