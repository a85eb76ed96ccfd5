"""Comments: posting, editing, deleting, restoring, liking. Each is one transaction with all that follows from it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.boards.access import visible_comment, visible_topic
from app.comments import policy
from app.comments.flooding import Repeated, look, trace_of
from app.comments.holding import hold_if_wanted, mark, marks_of
from app.comments.ledger import reasons_for
from app.comments.newer import require_read
from app.comments.quoting import write_text
from app.comments.rendering import Written
from app.comments.screening import flag, flag_edit, screen
from app.drafts import service as drafts
from app.drafts.places import reply_to as reply_place
from app.drafts.service import Sending
from app.errors import Conflict, Forbidden, Invalid, MovedAway, NotFound, TooMany
from app.events import QueueChanged, TopicChanged
from app.files.links import touch
from app.interest.telling import subject_of, watchers
from app.markers.service import note_written
from app.notifications.likes import tell_of_like
from app.notifications.moderated import tell_each
from app.notifications.service import bring_back, forget, notify, withdraw
from app.operations.service import record, target
from app.people.readers import readers_among
from app.text.model import RENDERER_VERSION
from app.text.segment import SEGMENTER_VERSION
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Bookmark, Comment, Reaction, Revision, Topic, User
from documents.base import DECIDABLE, LIVE, RESTORED, UNSEEN, Raw, Session, deletion
from documents.clock import now

# The same text again at the same place is the same post, not another one.
SAME_WITHIN: Final = timedelta(minutes=5)


async def post_comment(
    viewer: Viewer,
    topic_id: ObjectId,
    body: str,
    *,
    reply_to: ObjectId | None = None,
    once: str | None = None,
    known: int | None = None,
    draft: Sending | None = None,
) -> Comment:
    """Add a comment to a topic. The same `once` key again gives the comment that is there already.

    `known` is the last number that the writer has seen: what others have said since raises `NewReplies`. When the topic
    has become part of another one meanwhile, the comment goes there.
    """
    sent: Any = {"reply_to": reply_to, "once": once}
    try:
        return await _post(viewer, topic_id, body, **sent, known=known, draft=draft)
    except MovedAway as moved:
        elsewhere = draft and replace(draft, place=reply_place(moved.to))
        return await post_comment(viewer, moved.to, body, **sent, draft=elsewhere)
    except OnTheMove:
        return await post_comment(viewer, topic_id, body, **sent, known=known, draft=draft)


class OnTheMove(NotFound):
    """The topic was moved or merged while the comment was about to be stored."""


async def _post(
    viewer: Viewer,
    topic_id: ObjectId,
    body: str,
    *,
    reply_to: ObjectId | None,
    once: str | None,
    known: int | None,
    draft: Sending | None,
) -> Comment:
    topic, board = await visible_topic(viewer, topic_id)
    if not policy.may_comment(viewer, topic, board):
        closed = topic.locked or not topic.live
        raise Forbidden(Text(N_("This topic no longer takes replies.")) if viewer.known and closed else None)
    sent = await sent_before(viewer, once) or (await _just_said(viewer, topic_id, body, reply_to) if once else None)
    if sent is not None:
        await drafts.finish(viewer, draft, body)
        return sent
    await require_read(viewer, topic, known)
    parent = await _parent(topic_id, reply_to)
    screened = await screen(viewer, board, body)
    comment_id, shown = ObjectId(), screened.texts[0]
    written = await write_text(viewer, board, shown, footnote_prefix(comment_id))
    comment = new_comment(comment_id, viewer.me, topic, shown, written, parent=parent, once=once)
    await hold_if_wanted(viewer, board, comment, by_rule=screened.hold)
    trace, waits = await trace_of(viewer, body), comment.unseen

    paced = not viewer.may("slow_mode", board)

    async def steps(work: Work) -> Comment:
        flood = await look(work, trace, comment)
        mark(comment, held=waits or bool(flood), why=flood)
        await _store(work, comment, parent, board, written, paced=paced)
        await flag(work, screened, comment)
        await drafts.sent(work, viewer, draft, body)
        return comment

    hot = {topic_id, board.oid, viewer.me, *written.named, *written.quoted} | ({parent.author} if parent else set())
    try:
        return await together(steps, hot=hot)
    except NotFound:
        raise (NotFound if await _stands_as(topic) else OnTheMove) from None
    except (DuplicateKeyError, Repeated):
        sent = await sent_before(viewer, once) or (await _just_said(viewer, topic_id, body, reply_to) if once else None)
        if sent is None:
            raise
        await drafts.finish(viewer, draft, body)
        return sent


async def _stands_as(topic: Topic) -> bool:
    """Whether the topic is where it was: one that was moved or merged meanwhile takes comments at its new place."""
    now_there = await Topic.load(topic.oid)
    return now_there is None or (now_there.board, now_there.merged_into) == (topic.board, topic.merged_into)


async def sent_before(viewer: Viewer, once: str | None) -> Comment | None:
    """The comment that this form has made already."""
    return await Comment.find_one({"author": viewer.me, "once": once}) if once else None


async def _just_said(viewer: Viewer, topic: ObjectId, body: str, reply_to: ObjectId | None) -> Comment | None:
    """The same from another form, a moment ago: a browser that goes back may put the old text into a fresh form."""
    where: Raw = {"author": viewer.me, "topic": topic, "created_at": {"$gt": now() - SAME_WITHIN}}
    return await Comment.find_one({**where, "body": body, "reply_to": reply_to, "deleted_at": None})


async def _parent(topic: ObjectId, reply_to: ObjectId | None) -> Comment | None:
    if reply_to is None:
        return None
    parent = await Comment.find_one({"_id": reply_to, "topic": topic, "deleted_at": None})
    if parent is None:
        raise Invalid(Text(N_("The comment you are replying to is no longer there.")))
    return parent


def footnote_prefix(comment: ObjectId) -> str:
    """What keeps the footnotes of a comment apart from others on the page."""
    return f"c{comment}-"


def new_comment(
    id: ObjectId,
    author: ObjectId,
    topic: Topic,
    body: str,
    written: Written,
    *,
    parent: Comment | None = None,
    once: str | None = None,
    number: int = 1,
    at: datetime | None = None,
    words: list[str] | None = None,
) -> Comment:
    """A comment that is not stored yet; its number is taken when it is. `words` are those of its text if not given."""
    return Comment(
        id=id,
        topic=topic.oid,
        board=topic.board,
        number=number,
        author=author,
        body=body,
        html=written.html,
        excerpt=written.excerpt,
        renderer=RENDERER_VERSION,
        words=list(written.words) if words is None else words,
        segmented=SEGMENTER_VERSION,
        created_at=at or now(),
        reply_to=parent.oid if parent else None,
        reply_to_number=parent.number if parent else None,
        reply_to_author=parent.author if parent else None,
        mentions=list(written.named),
        quoted=list(written.quoted),
        uploads=list(written.uploads),
        once=once,
    )


async def _store(
    work: Work, comment: Comment, parent: Comment | None, board: Board, written: Written, *, paced: bool
) -> None:
    """What most others write to comes first, so that one who is in the way shows before the work is done."""
    if comment.unseen:
        await _store_held(work, comment, written, paced=paced)
        return
    await Board.add(comment.board, work.session, last=comment.topic, comment_count=1)
    topic = await Topic.take_number(comment.topic, board.oid, comment.author, comment.created_at, work.session)
    if topic is None:
        raise NotFound
    await _insert(work, comment, topic, written, paced=paced)
    await User.add(comment.author, work.session, comment_count=1)
    await note_written(comment.author, comment.topic, comment.number, work.session)
    await tell_named(work, comment, board, written.named, parent, quoted=written.quoted, watched=True)
    work.record(TopicChanged(comment.topic, comment.board))


async def _store_held(work: Work, comment: Comment, written: Written, *, paced: bool) -> None:
    """It has its number, but counts nowhere and tells nobody before it is approved."""
    topic = await Topic.take_hidden_number(comment.topic, comment.board, work.session)
    if topic is None:
        raise NotFound
    await _insert(work, comment, topic, written, paced=paced)
    work.record(TopicChanged(comment.topic, comment.board))
    work.record(QueueChanged())


async def _insert(work: Work, comment: Comment, topic: Raw, written: Written, *, paced: bool) -> None:
    """Put the comment in its place, the last number of the topic."""
    comment.number = topic["last_number"]
    if paced:
        await _require_slowly(work, comment, topic)
    await Comment.raw().insert_one(comment.as_stored(), session=work.session)
    await touch(written.uploads, work.session)


async def appear(work: Work, comment: Comment) -> bool:
    """Let a comment that waited, or was turned down, appear; False when it does not wait any more."""
    waiting = await Comment.raw().find_one({"_id": comment.oid, "deleted_as": {"$in": DECIDABLE}}, session=work.session)
    board = await Board.find_one({"_id": waiting["board"]}, session=work.session) if waiting else None
    if waiting is None or board is None:
        return False
    found: Comment = Comment.model_validate(waiting)
    await _mark(work, found, RESTORED, 1)
    await Topic.join(found.topic, found.author, work.session)
    topic = await Topic.raw().find_one({"_id": found.topic, **LIVE}, {"_id": 1}, session=work.session)
    if topic is not None:
        parent = await Comment.find_one({"_id": found.reply_to}, session=work.session) if found.reply_to else None
        await tell_named(work, found, board, found.mentions, parent, quoted=found.quoted or (), watched=True)
    return True


async def redrawn(work: Work, topic: ObjectId, board: ObjectId) -> None:
    """Have the pages of a topic drawn anew."""
    await Topic.change(topic, work.session)
    work.record(TopicChanged(topic, board))


async def _require_slowly(work: Work, comment: Comment, topic: Raw) -> None:
    """In slow mode each person waits between two comments. Whoever writes here changes the topic: so one at a time."""
    slow = timedelta(seconds=topic.get("slow_seconds", 0))
    if not slow:
        return
    which: Raw = {"author": comment.author, "topic": comment.topic, "created_at": {"$gt": now() - slow}}
    last = await Comment.raw().find_one(which, {"created_at": 1}, sort=[("created_at", -1)], session=work.session)
    if last is not None:
        seconds = math.ceil((last["created_at"] + slow - now()).total_seconds())
        text = N_("Slow mode: in this topic you can write again in %(seconds)s s. Your text is still here.")
        raise TooMany(seconds, Text(text, seconds=max(1, seconds)))


async def tell_named(
    work: Work,
    comment: Comment,
    board: Board,
    named: Iterable[ObjectId],
    parent: Comment | None = None,
    *,
    quoted: Iterable[ObjectId] = (),
    watched: bool = False,
) -> None:
    """Tell those who are mentioned, replied to or quoted, if they may read the place; never the writer themselves.

    Of what is `watched`, as it is new, also those who watch the place. Whoever is mentioned and is not told, as they
    have blocked or muted or may not read it, is noted at the comment (`unheard`): every other mention has its notice.
    """
    named = tuple(named)
    reasons = reasons_for(named, parent, quoted)
    for person, why in (await watchers(work, comment) if watched else {}).items():
        reasons.setdefault(person, []).extend(why)
    reasons.pop(comment.author, None)
    readers = await readers_among(reasons, board, work.session)
    reasons = {person: why for person, why in reasons.items() if person in readers}
    refused = await notify(work, reasons, subject_of(comment), places=(comment.topic, comment.board))
    unheard = [person for person in named if person != comment.author and (person not in reasons or person in refused)]
    if unheard:
        change = {"$addToSet": {"unheard": {"$each": unheard}}}
        await Comment.raw().update_one({"_id": comment.oid}, change, session=work.session)


async def edit_comment(
    viewer: Viewer,
    id: ObjectId,
    body: str,
    *,
    seen: int | None = None,
    why: Why | None = None,
    draft: Sending | None = None,
) -> Comment:
    """Change the text. `seen` is the number of edits that the writer knew of: another one since is a `Conflict`,
    unless it has made the same text: the form was sent before, and its answer was lost.
    """
    comment, topic, board = await visible_comment(viewer, id)
    if not policy.may_edit(viewer, comment, topic, board):
        raise Forbidden
    if comment.unseen:
        return await rewrite(viewer, comment, board, body, seen=seen, draft=draft)
    if body == comment.body:
        await drafts.finish(viewer, draft, body)
        return comment
    if seen is not None and seen != comment.edits:
        raise changed_meanwhile()
    found_by = (topic.title, *topic.tags) if comment.number == 1 else ()
    screened = await screen(viewer, board, body)
    shown = screened.texts[0]
    written = await write_text(viewer, board, shown, footnote_prefix(id), *found_by, had=comment.uploads)

    async def steps(work: Work) -> None:
        await store_edit(work, viewer, comment, board, shown, written, why=why)
        await flag_edit(work, screened, comment)
        await drafts.sent(work, viewer, draft, body)

    await together(steps, hot=(comment.topic, *written.named, *written.quoted))
    return comment


async def rewrite(
    viewer: Viewer, comment: Comment, board: Board, body: str, *, seen: int | None, draft: Sending | None
) -> Comment:
    """Change a comment that nobody else has seen yet: it waits for approval again, and what it said is not kept."""
    require_changed(comment.deleted_as == "rejected" and body == comment.body, seen, comment)
    screened = await screen(viewer, board, body)
    shown = screened.texts[0]
    written = await write_text(viewer, board, shown, footnote_prefix(comment.oid), had=comment.uploads)

    async def steps(work: Work) -> None:
        guard: Raw = {"deleted_as": {"$in": UNSEEN}}
        await store_rewrite(work, comment, shown, written, guard, marks_of(comment))
        await redrawn(work, comment.topic, comment.board)
        await drafts.sent(work, viewer, draft, body)

    await together(steps, hot=_counting(comment))
    return comment


def require_changed(same: bool, seen: int | None, text: Comment) -> None:
    """Refuse what was turned down `same` as it is, and a form that does not know of the last change."""
    if same:
        raise Invalid(Text(N_("This was turned down as it is. Change it before you send it again.")))
    if seen is not None and seen != text.edits:
        raise changed_meanwhile()


async def store_rewrite(
    work: Work, comment: Comment, body: str, written: Written, guard: Raw, marks: Raw | None = None
) -> None:
    """Set the text of a comment that still fits `guard` and was not rewritten since; `Conflict` when it does not."""
    fields: Raw = {"body": body, "html": written.html, "excerpt": written.excerpt, "renderer": RENDERER_VERSION}
    fields |= {"words": list(written.words), "segmented": SEGMENTER_VERSION, "uploads": list(written.uploads)}
    fields |= {"mentions": list(written.named), "quoted": list(written.quoted), **(marks or {})}
    same: Raw = {"_id": comment.oid, "rewrites": comment.rewrites or {"$in": [0, None]}}
    change = {"$set": fields, "$inc": {"rewrites": 1}}
    found = await Comment.raw().update_one({**same, **guard}, change, session=work.session)
    if not found.modified_count:
        raise decided_meanwhile()
    await touch((*comment.uploads, *written.uploads), work.session)
    work.record(QueueChanged())


def decided_meanwhile() -> Conflict:
    """Moderators, or the author in another tab, were faster."""
    return Conflict(Text(N_("Moderators have decided on this meanwhile, or you have changed it elsewhere.")))


async def withdraw_comment(viewer: Viewer, id: ObjectId) -> Comment:
    """Take one's own comment out of the queue before anybody decides; `Conflict` when somebody has."""
    comment, topic, board = await visible_comment(viewer, id)
    if not policy.may_withdraw(viewer, comment, topic, board):
        raise Forbidden if comment.author != viewer.id else decided_meanwhile()
    marks = deletion(now(), viewer.me, "withdrawn", "")

    async def steps(work: Work) -> None:
        which: Raw = {"_id": id, "deleted_as": "held"}
        found = await Comment.raw().update_one(which, {"$set": marks}, session=work.session)
        if not found.modified_count:
            raise decided_meanwhile()
        await redrawn(work, comment.topic, comment.board)
        work.record(QueueChanged())

    await together(steps, hot=_counting(comment))
    return comment


def changed_meanwhile() -> Conflict:
    """Somebody else's edit was faster."""
    return Conflict(
        Text(N_("Someone else has edited this in the meantime. Your text is still here: compare it before you save."))
    )


@dataclass(frozen=True, slots=True)
class Why:
    """What somebody says of their edit, and which earlier version (from 1) it brings back."""

    reason: str = ""
    restored_from: int | None = None


async def store_edit(
    work: Work,
    viewer: Viewer,
    comment: Comment,
    board: Board,
    body: str,
    written: Written,
    title: Raw | None = None,
    *,
    why: Why | None = None,
    recorded: bool = True,
) -> None:
    """Keep the text before, set the new one, tell the newly named. `title`: the topic's title and tags before.

    Not `recorded`: it is part of a larger act, which is written down by who does it.
    """
    moment = now()
    fields: Raw = {"body": body, "html": written.html, "excerpt": written.excerpt, "renderer": RENDERER_VERSION}
    fields |= {"words": list(written.words), "segmented": SEGMENTER_VERSION}
    fields |= {
        "edited_at": moment,
        "edited_by": viewer.me,
        "mentions": list(written.named),
        "quoted": list(written.quoted),
    }
    told = why or Why()
    fields |= {"edit_reason": told.reason, "restored_from": told.restored_from}
    fields["uploads"] = list(written.uploads)
    found = await Comment.raw().update_one(
        {"_id": comment.oid, "edit_count": comment.edit_count, "deleted_at": None},
        {"$set": fields, "$inc": {"edit_count": 1}},
        session=work.session,
    )
    if not found.modified_count:
        raise changed_meanwhile()
    await Revision.raw().insert_one(as_it_is(comment, moment, title or {}).as_stored(), session=work.session)
    if not await Topic.change(comment.topic, work.session):
        raise NotFound  # deleted since the policy was asked: nobody may be told of what is in it
    await touch((*comment.uploads, *written.uploads), work.session)
    if recorded and viewer.id != comment.author and title is None:
        done = target("comment", comment.oid, version_of(comment.edit_count), version_of(comment.edit_count + 1))
        await record(work, viewer, "comment.edit", [done], told.reason, concerns=[comment.author])
    known = {*comment.mentions, viewer.me}
    named = [person for person in written.named if person not in known]
    # Of a text from before quotes were kept, nobody knows whom they have told.
    before = comment.quoted
    quoted = [] if before is None else [person for person in written.quoted if person not in (*before, viewer.me)]
    await tell_named(work, comment, board, named, quoted=quoted)
    work.record(TopicChanged(comment.topic, comment.board))


def version_of(edit_count: int) -> Raw:
    """Which version a text is in, as its history counts them; what it says in each stands there."""
    return {"version": edit_count + 1}


def is_moderation(viewer: Viewer, author: ObjectId, before: Raw, marks: Raw) -> bool:
    """Whether deleting or restoring is an act of staff; what authors do with their own is no operation."""
    return viewer.id != author or "moderator" in (before.get("deleted_as"), marks["deleted_as"])


def as_it_is(comment: Comment, at: datetime, title: Raw) -> Revision:
    """The present text as it is kept when another takes its place. `title`: the topic's title and tags with it."""
    return Revision(
        comment=comment.oid,
        topic=comment.topic,
        number=comment.edit_count,
        body=comment.body,
        html=comment.html,
        author=comment.edited_by or comment.author,
        written_at=comment.edited_at or comment.created_at,
        created_at=at,
        reason=comment.edit_reason,
        restored_from=comment.restored_from,
        uploads=comment.uploads,
        **title,
    )


async def delete_comment(viewer: Viewer, id: ObjectId, reason: str) -> Comment:
    """Leave a tombstone in its place."""
    comment, _, board = await visible_comment(viewer, id)
    if not policy.may_delete(viewer, comment, board):
        raise Forbidden
    deleted_as = "author" if viewer.id == comment.author else "moderator"
    marks = deletion(now(), viewer.me, deleted_as, reason)  # type: ignore[arg-type]
    await together(lambda work: _mark(work, comment, marks, -1, viewer), hot=_counting(comment))
    return comment


async def restore_comment(viewer: Viewer, id: ObjectId) -> Comment:
    """Bring a deleted comment back to its place."""
    comment, _, board = await visible_comment(viewer, id)
    if not policy.may_restore(viewer, comment, board):
        raise Forbidden
    await together(lambda work: _mark(work, comment, RESTORED, 1, viewer), hot=_counting(comment))
    return comment


async def mark_again(work: Work, comment: Comment, marks: Raw) -> None:
    """Set the marks of a deletion, or of none, as they were, with all that follows; `marks` are complete."""
    await _mark(work, comment, marks, 1 if marks["deleted_at"] is None else -1)


async def erase_comment(comment: Comment) -> None:
    """Remove it with all that hangs on it, as if it had never been; its number stays free."""

    async def steps(work: Work) -> None:
        await _mark(work, comment, deletion(now(), comment.author, "author", ""), -1)
        await Topic.change(comment.topic, work.session, inc={"like_count": -comment.like_count})
        for document in (Revision, Reaction, Bookmark):
            await document.raw().delete_many({"comment": comment.oid}, session=work.session)
        await forget(work, {"subject": comment.oid})
        await Comment.raw().delete_one({"_id": comment.oid}, session=work.session)
        await touch(comment.uploads, work.session)
        work.record(TopicChanged(comment.topic, comment.board))

    await together(steps, hot=_counting(comment))


async def take_back(reaction: Reaction) -> None:
    """Take a like back, wherever it is."""
    await together(lambda work: take_back_within(work, reaction.oid, reaction.comment), hot=(reaction.topic,))


async def take_back_within(work: Work, reaction: ObjectId, liked: ObjectId) -> None:
    """Take a like back as part of a larger act."""
    gone = await Reaction.raw().delete_one({"_id": reaction}, session=work.session)
    comment = await Comment.find_one({"_id": liked}, session=work.session)
    if gone.deleted_count and comment is not None:
        await _count_like(work, comment, -1)


async def like_again(work: Work, person: ObjectId, liked: ObjectId, at: datetime) -> None:
    """Put a like back that was taken away, wherever its text stands now. That is no news to anybody."""
    comment = await Comment.find_one({"_id": liked}, session=work.session)
    known = await Reaction.raw().find_one({"comment": liked, "user": person}, {"_id": 1}, session=work.session)
    if comment is None or known is not None:
        return
    place: Raw = {"comment": liked, "topic": comment.topic, "number": comment.number}
    await Reaction.raw().insert_one(Reaction(**place, user=person, created_at=at).as_stored(), session=work.session)
    await _count_like(work, comment, 1)


def _counting(comment: Comment) -> tuple[ObjectId, ...]:
    """Where a comment counts."""
    return comment.topic, comment.board, comment.author


async def delete_within(work: Work, viewer: Viewer, comment: Comment, reason: str) -> None:
    """Delete somebody's comment as a moderator, as part of a larger act that has asked whether it may."""
    await _mark(work, comment, deletion(now(), viewer.me, "moderator", reason), -1, viewer)


async def restore_within(work: Work, comment: Comment) -> None:
    """Bring it back, as part of a larger act, which is written down by who does it."""
    if comment.unseen:
        await appear(work, comment)
        return
    await _mark(work, comment, RESTORED, 1)


async def _mark(work: Work, comment: Comment, marks: Raw, by: int, viewer: Viewer | None = None) -> None:
    """Delete (`by` -1) or restore (`by` 1); nothing happens when somebody was faster.

    What is in a deleted topic counts nowhere and tells nobody, so there only the topic's own numbers change.
    """
    guard = {"_id": comment.oid, "deleted_at": None if by < 0 else {"$ne": None}}
    fields = dict.fromkeys(RESTORED, 1)
    found = await Comment.raw().find_one_and_update(guard, {"$set": marks}, projection=fields, session=work.session)
    if found is None:
        return
    if viewer is not None and is_moderation(viewer, comment.author, found, marks):
        done = target("comment", comment.oid, {name: found.get(name) for name in RESTORED}, marks)
        verb = "comment.delete" if by < 0 else "comment.restore"
        act = await record(work, viewer, verb, [done], marks["delete_reason"], concerns=[comment.author])
        await _tell_author(work, viewer, act, verb, comment, marks["delete_reason"])
    standing = await standing_of(comment.topic, work.session)
    board = await Topic.change(comment.topic, work.session, inc={"comment_count": by}, **standing)
    if board is not None:
        active = await Topic.last_active(board, work.session)
        await Board.add(board, work.session, last=active, comment_count=by)
        await User.add(comment.author, work.session, comment_count=by)
        await (withdraw if by < 0 else bring_back)(work, {"subject": comment.oid})
    work.record(TopicChanged(comment.topic, comment.board))


async def _tell_author(work: Work, viewer: Viewer, act: ObjectId, verb: str, comment: Comment, reason: str) -> None:
    topic = await Topic.raw().find_one({"_id": comment.topic}, {"title": 1}, session=work.session)
    if topic is not None:
        own = (comment.author, topic["title"], f"/comments/{comment.oid}")
        await tell_each(work, viewer, act, verb, [own], reason=reason)


async def standing_of(topic: ObjectId, session: Session) -> Raw:
    """Who was the last to write in a topic, and when; nothing when it is empty."""
    last = await Comment.last_live(topic, session)
    if last is None:
        return {}
    mixed = await Topic.raw().find_one({"_id": topic, "mixed": True}, {"_id": 1}, session=session) is not None
    latest = (await Comment.latest_live(topic, session) if mixed else None) or last
    return {"active_at": latest.created_at, "last_author": latest.author, "last_visible": last.number}


async def like(viewer: Viewer, id: ObjectId) -> Comment:
    """Like a comment; a second time changes nothing."""
    comment, topic, board = await visible_comment(viewer, id)
    if not policy.may_like(viewer, comment, topic, board):
        raise Forbidden
    raw = Reaction(comment=id, topic=topic.oid, number=comment.number, user=viewer.me, created_at=now()).as_stored()

    async def steps(work: Work) -> None:
        known = await Reaction.raw().find_one({"comment": id, "user": viewer.me}, session=work.session)
        if known is None:
            await Reaction.raw().insert_one(raw, session=work.session)
            await _count_like(work, comment, 1, liker=viewer.me)

    with contextlib.suppress(DuplicateKeyError):
        await together(steps, hot=(topic.oid, comment.author))
    return comment


async def unlike(viewer: Viewer, id: ObjectId) -> Comment:
    """Take a like back; when there is none nothing changes."""
    comment, _, _ = await visible_comment(viewer, id)

    async def steps(work: Work) -> None:
        found = await Reaction.raw().delete_one({"comment": id, "user": viewer.me}, session=work.session)
        if found.deleted_count:
            await _count_like(work, comment, -1)

    await together(steps, hot=(comment.topic, comment.author))
    return comment


async def _count_like(work: Work, comment: Comment, by: int, *, liker: ObjectId | None = None) -> None:
    # What was deleted while somebody liked it takes no like: nobody would be told of it when it comes back.
    guard: Raw = {"_id": comment.oid, **(LIVE if liker else {})}
    counted = await Comment.raw().find_one_and_update(
        guard, {"$inc": {"like_count": by}}, return_document=True, session=work.session
    )
    if counted is None and liker:
        raise Forbidden
    is_live = await Topic.change(comment.topic, work.session, inc={"like_count": by}) is not None
    await User.add(comment.author, work.session, like_count=by)
    if counted is not None:
        now_liked = Comment.model_validate(counted)
        await tell_of_like(work, now_liked, liker=liker, shown=is_live and now_liked.live)
    work.record(TopicChanged(comment.topic, comment.board))
