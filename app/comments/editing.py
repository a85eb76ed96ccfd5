"""Editing comments: what somebody has seen keeps its versions; what still waits for approval is written anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bson import ObjectId

from app.boards.access import visible_comment
from app.comments import policy
from app.comments.flooding import look_at_edit, trace_of_edit
from app.comments.holding import marks_of
from app.comments.making import footnote_prefix, redrawn, tell_named
from app.comments.quoting import write_text
from app.comments.rendering import Written
from app.comments.screening import flag_edit, screen
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.events import QueueChanged, TopicChanged
from app.files.links import touch
from app.operations.service import record, target
from app.text.model import RENDERER_VERSION
from app.text.segment import found_by
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board, Comment, Revision, Topic
from documents.base import UNSEEN, Raw, deletion
from documents.clock import now


@dataclass(frozen=True, slots=True)
class Why:
    """What somebody says of their edit, and which earlier version (from 1) it brings back."""

    reason: str = ""
    restored_from: int | None = None


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
    told_by = topic if comment.number == 1 else comment
    title = topic.title if comment.number == 1 else ""
    trace = await trace_of_edit(viewer, told_by, (title, comment.body), (title, body))

    async def steps(work: Work) -> None:
        await look_at_edit(work, trace, told_by)
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

    await together(steps, hot=comment.counts_in)
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
    fields |= {**found_by(written.words), "uploads": list(written.uploads)}
    fields |= {"mentions": list(written.named), "quoted": list(written.quoted), **(marks or {})}
    same: Raw = {"_id": comment.oid, "rewrites": comment.rewrites or {"$in": [0, None]}}
    change = {"$set": fields, "$inc": {"rewrites": 1}}
    found = await Comment.raw().update_one({**same, **guard}, change, session=work.session)
    if not found.modified_count:
        raise decided_meanwhile()
    await touch((*comment.uploads, *written.uploads), work.session)
    work.record(QueueChanged())


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

    await together(steps, hot=comment.counts_in)
    return comment


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
    fields |= found_by(written.words)
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


def version_of(edit_count: int) -> Raw:
    """Which version a text is in, as its history counts them; what it says in each stands there."""
    return {"version": edit_count + 1}


def decided_meanwhile() -> Conflict:
    """Moderators, or the author in another tab, were faster."""
    return Conflict(Text(N_("Moderators have decided on this meanwhile, or you have changed it elsewhere.")))


def changed_meanwhile() -> Conflict:
    """Somebody else's edit was faster."""
    return Conflict(
        Text(N_("Someone else has edited this in the meantime. Your text is still here: compare it before you save."))
    )
