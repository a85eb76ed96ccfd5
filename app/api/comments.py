"""Comments: windows by number, writing, editing, deleting, liking, histories."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from bson import ObjectId
from pydantic import Field

from app.api.errors import ChangedSince
from app.api.parsing import checked, once_key, seen_version, used_otherwise
from app.api.shapes import Gone, Id, Line, Page, Person, Prose, Sent, Shape
from app.api.table import Given, operation
from app.api.topics import NUMBER_MAX, Reason
from app.boards.access import visible_comment, visible_topic
from app.comments import editing, liking, marking, policy, posting, views
from app.comments.forms import CommentForm, EditForm, ReasonForm
from app.comments.likes import liked_in
from app.comments.pages import CommentView
from app.errors import Conflict, Forbidden, NotFound
from app.interest.kept import kept_in
from app.web.context import plumbing, spend, viewer
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, Need, needs
from documents import Board, Comment, Topic

WINDOW_MAX = 100
ASKED = ("like", "reply", "edit", "delete", "restore", "history")


class CommentOut(Shape):
    """A text of a topic, as Markdown (`body`) and as it is shown (`html`); both empty when it is `deleted`.

    `number` never changes; 1 is the opening post. `version` grows with each edit: it begins the ETag, and If-Match
    holds an edit to it. `folded`: you have blocked its author.
    """

    id: Id
    topic: Id
    number: int
    url: str
    author: Person
    created_at: datetime
    edited_at: datetime | None
    version: int
    body: str
    html: str
    reply_to: int | None = Field(description="The number of the comment that it answers.")
    likes: int
    deleted: Gone | None
    folded: bool
    liked: bool
    bookmarked: bool
    may: list[str] = Field(description="What you may do with it: like, reply, edit, delete, restore, history.")


class CommentWindow(Shape):
    """Comments in the order of their numbers. Numbers of purged ones are missing. `next` is the next `from`."""

    items: list[CommentOut]
    first_number: int
    last_number: int
    next: int | None


class WindowQuery(Sent):
    """Which numbers."""

    first: int = Field(1, ge=1, le=NUMBER_MAX, alias="from", description="The first number.")
    limit: int | None = Field(None, ge=1, le=WINDOW_MAX)


class CommentIn(Sent):
    """A comment in Markdown; `reply_to` is the id of the one that it answers."""

    body: Prose
    reply_to: Id | None = None


class CommentChange(Sent):
    """Another text, and why."""

    body: Prose
    reason: Line = ""


class VersionOut(Shape):
    """One text that a comment had; the title where it is an opening post."""

    version: int
    by: Person
    at: datetime
    body: str
    html: str
    title: str | None
    reason: str
    restored_from: int | None


class Versions(Page[VersionOut]):
    """One page of a history, newest first."""


class VersionsQuery(Sent):
    """Where the history goes on."""

    cursor: int | None = Field(None, ge=1, le=NUMBER_MAX)


class _Own:
    """What is the viewer's own in a topic: likes and bookmarks, by number."""

    def __init__(self, liked: frozenset[int], bookmarked: frozenset[int]) -> None:
        self.liked = liked
        self.bookmarked = bookmarked

    @classmethod
    async def in_(cls, topic: ObjectId) -> Self:
        if not viewer().known:
            return cls(frozenset(), frozenset())
        kept = await kept_in(viewer(), topic, fresh=True)
        return cls(await liked_in(viewer(), topic), kept.bookmarks)


async def comments_out(comments: list[Comment], topic: Topic, board: Board) -> list[CommentOut]:
    """Comments of one topic for who asks."""
    own, shown = await _Own.in_(topic.oid), await views.views(comments)
    return [_out(comment, view, topic, board, own) for comment, view in zip(comments, shown, strict=True)]


def _out(comment: Comment, view: CommentView, topic: Topic, board: Board, own: _Own) -> CommentOut:
    liked, kept = comment.number in own.liked, comment.number in own.bookmarked
    may = policy.actions(viewer(), comment, topic, board, liked=liked)
    gone = view.tombstone
    return CommentOut(
        id=view.id,
        topic=str(topic.oid),
        number=view.number,
        url=view.url,
        author=Person.of(view.author),
        created_at=view.created_at,
        edited_at=view.edited_at,
        version=comment.edit_count + 1,
        body=comment.body if comment.live else "",
        html=str(view.html),
        reply_to=comment.reply_to_number,
        likes=view.like_count,
        deleted=Gone(by_moderator=gone.by_moderator, reason=gone.reason, at=gone.at) if gone else None,
        folded=comment.author in viewer().blocks,
        liked=liked,
        bookmarked=kept,
        may=[name for name in ASKED if getattr(may, name)],
    )


async def _given(comment_id: ObjectId, status: int = 200) -> Given:
    comment, topic, board = await visible_comment(viewer(), comment_id)
    out = (await comments_out([comment], topic, board))[0]
    location = f"/api/v1/comments/{comment_id}" if status == 201 else ""
    return Given(out, status, version=out.version, location=location)


@operation(
    "GET",
    "/topics/<oid:topic_id>/comments",
    "Read a window of comments",
    need=EVERYBODY,
    asks=WindowQuery,
    gives=CommentWindow,
)
async def list_comments(topic_id: ObjectId, query: WindowQuery) -> Given:
    """By number, so that the last page of a long topic costs what the first does."""
    topic, board = await visible_topic(viewer(), topic_id)
    limit = query.limit or plumbing().settings.comments_per_page
    first = max(query.first, topic.first_number)
    last = min(first + limit - 1, topic.last_number)
    found = await Comment.window(topic_id, first, last)
    following = last + 1 if last < topic.last_number else None
    window = CommentWindow(
        items=await comments_out(found, topic, board),
        first_number=topic.first_number,
        last_number=topic.last_number,
        next=following,
    )
    return Given(window)


@operation(
    "POST",
    "/topics/<oid:topic_id>/comments",
    "Write a comment",
    scope="write",
    need=needs("reply"),
    takes=CommentIn,
    gives=CommentOut,
    status=201,
    once=True,
)
async def post_comment(topic_id: ObjectId, body: CommentIn) -> Given:
    """The same Idempotency-Key again gives the comment that is there."""
    form, once = checked(CommentForm, body=body.body), once_key()
    await visible_topic(viewer(), topic_id)
    if not await posting.sent_before(viewer(), once):
        await spend(Limit.COMMENT)
    answered = ObjectId(body.reply_to) if body.reply_to else None
    posted = await posting.post_comment(viewer(), topic_id, form.text("body"), reply_to=answered, once=once)
    if posted.edit_count == 0 and posted.body != form.text("body"):
        raise used_otherwise()
    return await _given(posted.oid, 201)


@operation("GET", "/comments/<oid:comment_id>", "Read a comment", need=EVERYBODY, gives=CommentOut)
async def get_comment(comment_id: ObjectId) -> Given:
    """One."""
    return await _given(comment_id)


@operation(
    "PATCH",
    "/comments/<oid:comment_id>",
    "Edit a comment",
    scope="write",
    need=needs("edit_others", own=True),
    takes=CommentChange,
    gives=CommentOut,
    matches=True,
)
async def edit_comment(comment_id: ObjectId, body: CommentChange) -> Given:
    """What it was stays in its history."""
    comment, topic, board = await visible_comment(viewer(), comment_id)
    if not policy.may_edit(viewer(), comment, topic, board):
        raise Forbidden
    seen = seen_version(comment.edit_count + 1)
    form = checked(EditForm, body=body.body, reason=body.reason)
    await spend(Limit.EDIT)
    try:
        await editing.edit_comment(
            viewer(), comment_id, form.text("body"), seen=comment.edits, why=editing.Why(form.text("reason"))
        )
    except Conflict:
        if seen is None:
            raise
        raise ChangedSince from None
    return await _given(comment_id)


@operation(
    "DELETE",
    "/comments/<oid:comment_id>",
    "Delete a comment",
    scope="write",
    need=needs("delete_others", own=True),
    takes=Reason,
)
async def delete_comment(comment_id: ObjectId, body: Reason) -> None:
    """Softly: a tombstone keeps its number."""
    form = checked(ReasonForm, reason=body.reason)
    await marking.delete_comment(viewer(), comment_id, form.text("reason"))


@operation(
    "POST",
    "/comments/<oid:comment_id>/restore",
    "Restore a comment",
    scope="write",
    need=needs("delete_others", own=True),
    gives=CommentOut,
)
async def restore_comment(comment_id: ObjectId) -> Given:
    """Bring it back."""
    await marking.restore_comment(viewer(), comment_id)
    return await _given(comment_id)


@operation("PUT", "/comments/<oid:comment_id>/like", "Like a comment", scope="write", need=needs("like"))
async def like_comment(comment_id: ObjectId) -> None:
    """A second time changes nothing."""
    await spend(Limit.LIKE)
    await liking.like(viewer(), comment_id)


@operation("DELETE", "/comments/<oid:comment_id>/like", "Take a like back", scope="write", need=MEMBERS)
async def unlike_comment(comment_id: ObjectId) -> None:
    """When there is none nothing changes."""
    await spend(Limit.LIKE)
    await liking.unlike(viewer(), comment_id)


@operation(
    "GET",
    "/comments/<oid:comment_id>/history",
    "Read the earlier texts of a comment",
    need=Need(("see_history", "see_deleted"), login=False),
    asks=VersionsQuery,
    gives=Versions,
)
async def list_versions(comment_id: ObjectId, query: VersionsQuery) -> Given:
    """The first is the text as it is."""
    comment, topic, board = await visible_comment(viewer(), comment_id)
    if not policy.may_see_history(viewer(), comment, board):
        raise Forbidden
    found, older = await views.history(comment, topic.title if comment.number == 1 else None, query.cursor)
    if query.cursor is not None and not found:
        raise NotFound
    rows = [
        VersionOut(
            version=each.number,
            by=Person.of(each.who),
            at=each.at,
            body=each.body,
            html=str(each.html),
            title=each.title,
            reason=each.reason,
            restored_from=each.restored_from,
        )
        for each in found
    ]
    following = str(older) if older is not None else None
    return Given(Versions(items=rows, next=following), next=following)
