"""Topics: opening, editing, deleting, restoring."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.access import visible_topic
from app.boards.directory import may_post, visible_board
from app.comments.editing import (
    Why,
    changed_meanwhile,
    decided_meanwhile,
    require_changed,
    store_edit,
    store_rewrite,
    version_of,
)
from app.comments.flooding import Repeated, look, look_at_edit, trace_of, trace_of_edit
from app.comments.holding import mark, marks_of, waits
from app.comments.making import footnote_prefix, new_comment, tell_named
from app.comments.marking import is_moderation
from app.comments.posting import SAME_WITHIN
from app.comments.quoting import write_text
from app.comments.rendering import Written
from app.comments.screening import flag, flag_edit, screen
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Forbidden, Invalid, NotFound
from app.events import QueueChanged, TopicChanged
from app.files.links import touch
from app.interest.service import watch_if_wanted
from app.markers.service import note_written
from app.notifications.moderated import tell_each
from app.notifications.service import bring_back, forget, withdraw
from app.operations.service import record, target
from app.text.segment import SEGMENTER_VERSION, words_of
from app.topics import policy
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Bookmark, Comment, Marker, Reaction, Revision, Tag, Topic, User, Watch
from documents.base import DECIDABLE, RESTORED, UNSEEN, Raw, deletion
from documents.clock import now

TAGS_MAX: Final = 5
TAG_CHARS_MAX: Final = 30


def tags_from(text: str) -> list[str]:
    """Up to five tags, separated by commas of either script, or by spaces where there is none; folded, each once."""
    plain = unicodedata.normalize("NFKC", text).replace("、", ",").replace("，", ",").replace("#", " ")
    parts = plain.split(",") if "," in plain else plain.split()
    tags = list(dict.fromkeys("-".join(part.split()).casefold() for part in parts if part.strip()))
    if len(tags) > TAGS_MAX:
        raise Invalid(fields={"tags": Text(N_("Use at most %(count)s tags."), count=TAGS_MAX)})
    if any(len(tag) > TAG_CHARS_MAX or not _is_tag(tag) for tag in tags):
        raise Invalid(
            fields={
                "tags": Text(
                    N_("A tag has letters, digits and the signs - _ . + only, up to %(count)s characters."),
                    count=TAG_CHARS_MAX,
                )
            }
        )
    return tags


def _is_tag(tag: str) -> bool:
    if not any(letter.isalnum() for letter in tag):
        return False  # for /tags/.. a browser asks for what is above it
    return all(letter.isalnum() or letter in "-_.+" or unicodedata.category(letter)[0] == "M" for letter in tag)


async def standing_tags(tags: list[str]) -> list[str]:
    """What these tags are called now; `Invalid` for one that nobody may use."""
    named, barred = await Tag.standing(tags)
    if barred:
        text = N_("The tag “%(tag)s” cannot be used here. Please leave it out.")
        raise Invalid(fields={"tags": Text(text, tag=barred[0])})
    return named


async def open_topic(
    viewer: Viewer,
    board_id: ObjectId,
    *,
    title: str,
    body: str,
    tags: list[str],
    once: str | None = None,
    draft: Sending | None = None,
) -> Topic:
    """A new topic with its opening post, number 1. The same `once` key again gives the topic that is there already."""
    board = await visible_board(viewer, board_id)
    if not may_post(viewer, board):
        raise Forbidden
    sent = await sent_before(viewer, once, board_id, title, body)
    if sent is not None:
        await drafts.finish(viewer, draft, body)
        return sent
    tags = await standing_tags(tags)
    comment_id = ObjectId()
    screened = await screen(viewer, board, title, body)
    title, shown = screened.texts
    written = await write_text(viewer, board, shown, footnote_prefix(comment_id), title, *tags)
    topic = new_topic(viewer.me, board_id, title, tags, once)
    opening = new_comment(comment_id, viewer.me, topic, shown, written, at=topic.created_at)
    held = screened.hold or await waits(viewer, board)
    trace = await trace_of(viewer, body, title)

    async def steps(work: Work) -> None:
        flood = await look(work, trace, topic)
        mark(topic, held=held or bool(flood), why=flood)
        await (_store_held if topic.unseen else _store)(work, topic, opening, board, written)
        await flag(work, screened, topic)
        await drafts.sent(work, viewer, draft, body)

    try:
        await together(steps, hot=(board_id, viewer.me, *written.named, *written.quoted))
    except (DuplicateKeyError, Repeated):
        sent = await sent_before(viewer, once, board_id, title, body)
        if sent is None:
            raise
        await drafts.finish(viewer, draft, body)
        return sent
    return topic


async def sent_before(viewer: Viewer, once: str | None, board: ObjectId, title: str, body: str) -> Topic | None:
    """The topic that this form has made, or a moment ago another with the same text: see `post_comment`."""
    if once is None:
        return None
    sent = await Topic.find_one({"author": viewer.me, "once": once})
    if sent is not None:
        return sent
    live: Raw = {"author": viewer.me, "deleted_at": None, "created_at": {"$gt": now() - SAME_WITHIN}}
    same = await Topic.find_one({**live, "board": board, "title": title})
    return same if same is not None and (await opening_post(same)).body == body else None


def new_topic(author: ObjectId, board: ObjectId, title: str, tags: list[str], once: str | None) -> Topic:
    """A topic that is not stored yet."""
    moment = now()
    return Topic(
        id=ObjectId(),
        board=board,
        author=author,
        title=title,
        tags=tags,
        words=words_of(title, *tags),
        segmented=SEGMENTER_VERSION,
        created_at=moment,
        active_at=moment,
        last_author=author,
        participants=[author],
        once=once,
    )


async def _store(work: Work, topic: Topic, opening: Comment, board: Board, written: Written) -> None:
    await Board.add(topic.board, work.session, last=topic.oid, topic_count=1, comment_count=1)
    await Topic.raw().insert_one(topic.as_stored(), session=work.session)
    await Topic.change(topic.oid, work.session)
    await Comment.raw().insert_one(opening.as_stored(), session=work.session)
    await touch(written.uploads, work.session)
    await User.add(topic.author, work.session, topic_count=1)
    await note_written(topic.author, topic.oid, 1, work.session)
    await watch_if_wanted(topic.author, topic.oid, work.session)
    await tell_named(work, opening, board, written.named, quoted=written.quoted, watched=True)
    work.record(TopicChanged(topic.oid, topic.board))


async def _store_held(work: Work, topic: Topic, opening: Comment, board: Board, written: Written) -> None:
    """As a deleted topic hides its comments, what waits in one counts nowhere and tells nobody."""
    await Topic.raw().insert_one(topic.as_stored(), session=work.session)
    await Topic.change(topic.oid, work.session)
    await Comment.raw().insert_one(opening.as_stored(), session=work.session)
    await touch(written.uploads, work.session)
    await watch_if_wanted(topic.author, topic.oid, work.session)
    work.record(QueueChanged())


async def appear(work: Work, topic: Topic) -> bool:
    """Let a topic that waited, or was turned down, appear; False when it does not wait any more."""
    board = await Board.find_one({"_id": topic.board}, session=work.session)
    if board is None or not await _mark(work, topic, {"deleted_as": {"$in": DECIDABLE}}, RESTORED, 1):
        return False
    await Topic.change(topic.oid, work.session)
    opening = await Comment.find_one({"topic": topic.oid, "number": 1, "deleted_at": None}, session=work.session)
    if opening is not None:
        await note_written(topic.author, topic.oid, 1, work.session)
        await tell_named(work, opening, board, opening.mentions, quoted=opening.quoted or (), watched=True)
    return True


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
    trace = await trace_of_edit(viewer, topic, (topic.title, opening.body), (title, body))

    async def steps(work: Work) -> None:
        await look_at_edit(work, trace, topic)
        await store_edit(work, viewer, opening, board, shown, written, before, why=why)
        await flag_edit(work, screened, topic)
        await Topic.change(id, work.session, title=title, tags=tags, words=words_of(title, *tags), edited_at=now())
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
    fields = {"title": title, "tags": tags, "words": words_of(title, *tags), **marks_of(topic)}

    async def steps(work: Work) -> None:
        await store_rewrite(work, opening, shown, written, {})
        await _mark_unseen(work, topic, {"$in": UNSEEN}, fields)
        await drafts.sent(work, viewer, draft, body)

    await together(steps, hot=topic.counts_in)


async def _mark_unseen(work: Work, topic: Topic, deleted_as: Any, fields: Raw) -> None:
    which: Raw = {"_id": topic.oid, "deleted_as": deleted_as}
    change = {"$set": fields, "$inc": {"version": 1}}
    if not (await Topic.raw().update_one(which, change, session=work.session)).modified_count:
        raise decided_meanwhile()
    work.record(TopicChanged(topic.oid, topic.board))
    work.record(QueueChanged())


async def withdraw_topic(viewer: Viewer, id: ObjectId) -> Topic:
    """Take one's own topic out of the queue before anybody decides; `Conflict` when somebody has."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_withdraw(viewer, topic, board):
        raise Forbidden if topic.author != viewer.id else decided_meanwhile()
    marks = deletion(now(), viewer.me, "withdrawn", "")
    await together(lambda work: _mark_unseen(work, topic, "held", marks), hot=topic.counts_in)
    return topic


async def delete_topic(viewer: Viewer, id: ObjectId, reason: str) -> Topic:
    """Hide a topic with all its comments."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_delete(viewer, topic, board):
        raise Forbidden
    deleted_as = "author" if viewer.id == topic.author else "moderator"
    marks = deletion(now(), viewer.me, deleted_as, reason)  # type: ignore[arg-type]
    # Somebody may have answered since the policy was asked.
    unanswered: Raw = {"participants": {"$not": {"$elemMatch": {"$ne": topic.author}}}}
    alone: Raw = {} if viewer.may("delete_others", board) else unanswered
    guard = {"deleted_at": None, **alone}
    if not await together(lambda work: _mark(work, topic, guard, marks, -1, viewer), hot=topic.counts_in):
        raise Forbidden
    return topic


async def restore_topic(viewer: Viewer, id: ObjectId) -> Topic:
    """Bring a topic back; comments that were deleted by themselves stay deleted."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_restore(viewer, topic, board):
        raise Forbidden
    guard = {"deleted_at": {"$ne": None}, "merged_into": None}
    await together(lambda work: _mark(work, topic, guard, RESTORED, 1, viewer), hot=topic.counts_in)
    return topic


async def mark_again(work: Work, topic: Topic, marks: Raw) -> None:
    """Set the marks of a deletion, or of none, as they were, with all that follows; `marks` are complete."""
    deleted = marks["deleted_at"] is not None
    await _mark(work, topic, {"deleted_at": None if deleted else {"$ne": None}}, marks, -1 if deleted else 1)


async def delete_within(work: Work, viewer: Viewer, topic: Topic, reason: str) -> None:
    """Delete somebody's topic as a moderator, as part of a larger act that has asked whether it may."""
    marks = deletion(now(), viewer.me, "moderator", reason)
    await _mark(work, topic, {"deleted_at": None}, marks, -1, viewer)


async def restore_within(work: Work, topic: Topic) -> None:
    """Bring it back, as part of a larger act, which is written down by who does it."""
    if topic.unseen:
        await appear(work, topic)
        return
    await _mark(work, topic, {"deleted_at": {"$ne": None}}, RESTORED, 1)


async def erase_topic(topic: Topic) -> None:
    """Remove a topic that nobody else has written in, with all that hangs on it."""

    async def steps(work: Work) -> None:
        marks = deletion(now(), topic.author, "author", "")
        await _mark(work, topic, {"deleted_at": None}, marks, -1)
        await forget(work, {"topic": topic.oid})
        for document in (Revision, Reaction, Bookmark, Comment):
            await document.raw().delete_many({"topic": topic.oid}, session=work.session)
        await User.raw().update_many({"mutes": topic.oid}, {"$pull": {"mutes": topic.oid}}, session=work.session)
        for place in (Watch, Marker):
            await place.raw().delete_many({"place": topic.oid}, session=work.session)
        await Topic.raw().delete_one({"_id": topic.oid}, session=work.session)

    await together(steps, hot=topic.counts_in)


async def _mark(work: Work, topic: Topic, guard: Raw, marks: Raw, by: int, viewer: Viewer | None = None) -> bool:
    """Delete (`by` -1) or restore (`by` 1) what `guard` still fits; False when it does not any more."""
    found = await Topic.raw().find_one_and_update(
        {"_id": topic.oid, **guard},
        {"$set": marks, "$inc": {"version": 1}},
        projection={"comment_count": 1, **dict.fromkeys(RESTORED, 1)},
        session=work.session,
    )
    if found is None:
        return False
    await _count(work, topic, by, found["comment_count"])
    if by < 0:
        await withdraw(work, {"topic": topic.oid})
    else:
        deleted = {"topic": topic.oid, "deleted_at": {"$ne": None}}
        gone = await Comment.raw().distinct("_id", deleted, session=work.session)
        await bring_back(work, {"topic": topic.oid, "subject": {"$nin": gone}})
    work.record(TopicChanged(topic.oid, topic.board))
    if viewer is not None and is_moderation(viewer, topic.author, found, marks):
        done = target("topic", topic.oid, {name: found.get(name) for name in RESTORED}, marks)
        verb = "topic.delete" if by < 0 else "topic.restore"
        act = await record(work, viewer, verb, [done], marks["delete_reason"], concerns=[topic.author])
        written = (topic.author, topic.title, f"/topics/{topic.oid}")
        await tell_each(work, viewer, act, verb, [written], reason=marks["delete_reason"])
    return True


async def _count(work: Work, topic: Topic, by: int, comments: int) -> None:
    """What a deleted topic holds counts neither in its board nor for those who wrote it."""
    await Board.add(topic.board, work.session, topic_count=by, comment_count=by * comments)
    await Board.point_to(topic.board, await Topic.last_active(topic.board, work.session), work.session)
    await User.add(topic.author, work.session, topic_count=by)
    written = await Comment.by_author(topic.oid, work.session)
    await User.add_comments({person: by * count for person, count in written.items()}, work.session)
