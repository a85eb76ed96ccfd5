"""Topics: lists, opening, editing, deleting, restoring."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from bson import ObjectId
from pydantic import Field

from app.api.errors import ChangedSince
from app.api.parsing import checked, once_key, seen_version, used_otherwise
from app.api.shapes import BoardName, Cursor, Gone, Id, Line, Page, Person, Prose, Sent, Shape, next_of
from app.api.table import Given, operation
from app.boards.access import visible_topic
from app.boards.directory import visible_board
from app.boards.views import ref
from app.comments.policy import may_comment
from app.comments.views import tombstone
from app.errors import Conflict, Forbidden, Invalid
from app.interest.kept import kept_in
from app.markers import service as markers
from app.people.cards import NOBODY, cards
from app.topics import lists, opening, places, policy, removing, rewriting, tagging
from app.topics.forms import TopicEditForm, TopicForm
from app.topics.pages import Sort, TopicRow
from app.topics.tags import tag_named
from app.web.context import plumbing, spend, viewer
from app.web.i18n import N_, Text
from app.web.limits import Limit
from app.web.needs import EVERYBODY, needs
from documents import Board, Topic
from documents.base import Raw

NUMBER_MAX = 10**9


class TopicLine(Shape):
    """A topic in a list. `folded`: you have blocked its author."""

    id: Id
    title: str
    url: str
    board: BoardName
    tags: list[str]
    author: Person
    last_by: Person
    active_at: datetime
    replies: int
    views: int
    locked: bool
    pinned: bool
    folded: bool

    @classmethod
    def of(cls, row: TopicRow) -> Self:
        """Out of what pages show."""
        return cls(
            id=row.id,
            title=row.title,
            url=row.url,
            board=BoardName.of(row.board),
            tags=list(row.tags),
            author=Person.of(row.author),
            last_by=Person.of(row.last),
            active_at=row.last_at,
            replies=row.reply_count,
            views=row.view_count,
            locked=row.locked,
            pinned=row.pinned,
            folded=row.folded,
        )


class TopicOut(Shape):
    """A topic. Its texts are its comments, numbered from `first_number`; the opening post is one of them.

    `version` grows with each edit of the opening post: it begins the ETag, and If-Match holds an edit to it.
    """

    id: Id
    title: str
    url: str
    board: BoardName
    tags: list[str]
    author: Person
    created_at: datetime
    active_at: datetime
    replies: int
    views: int
    first_number: int
    last_number: int
    locked: bool
    pinned: bool
    featured: bool
    announced: bool
    deleted: Gone | None
    version: int
    level: Literal["watch", "mute", ""] = Field(description="Whether you watch or mute it.")
    may: list[str] = Field(description="What you may do with it: reply, edit, delete, restore, pin, lock …")


class TopicPage(Page[TopicLine]):
    """One page of topics."""


class TopicsQuery(Cursor):
    """Which topics, in which order."""

    sort: Literal["active", "new", "hot", "unanswered"] = "active"
    board: Id | None = None
    tag: Line | None = None
    author: Id | None = None
    limit: int | None = Field(None, ge=1, le=100)


class TopicIn(Sent):
    """A new topic: its title, its first text in Markdown, and up to five tags."""

    board: Id
    title: Line
    body: Prose
    tags: list[Line] = Field(default_factory=list, max_length=20)


class TopicChange(Sent):
    """What is different from now on; what is not named stays. `reason` stands in the history."""

    title: Line | None = None
    body: Prose | None = None
    tags: list[Line] | None = Field(None, max_length=20)
    reason: Line = ""


class Reason(Sent):
    """Why; moderators should say."""

    reason: Line = Field("", max_length=300)


class Number(Sent):
    """The number of a comment."""

    number: int = Field(ge=1, le=NUMBER_MAX)


async def topic_out(topic: Topic, board: Board) -> TopicOut:
    """A topic for who asks."""
    found = viewer()
    opening = await rewriting.opening_version(topic)
    people = await cards([topic.author])
    gone = tombstone(topic)
    return TopicOut(
        id=str(topic.oid),
        title=topic.title,
        url=f"/topics/{topic.oid}",
        board=BoardName.of(ref(board)),
        tags=list(topic.tags),
        author=Person.of(people.get(topic.author, NOBODY)),
        created_at=topic.created_at,
        active_at=topic.active_at,
        replies=max(0, topic.comment_count - 1),
        views=topic.view_count,
        first_number=topic.first_number,
        last_number=topic.last_number,
        **{name: getattr(topic, name) for name in ("locked", "pinned", "featured", "announced")},
        deleted=Gone(by_moderator=gone.by_moderator, reason=gone.reason, at=gone.at) if gone else None,
        version=opening,
        level=(await kept_in(found, topic.oid, fresh=True)).level if found.known else "",
        may=_may(topic, board),
    )


def _may(topic: Topic, board: Board) -> list[str]:
    found = viewer()
    asked = {
        "reply": may_comment(found, topic, board),
        "edit": policy.may_edit(found, topic, board),
        "delete": policy.may_delete(found, topic, board),
        "restore": policy.may_restore(found, topic, board),
        **{verb: policy.may_place(found, topic, verb, board) for verb in places.VERBS},
    }
    return [name for name, may in asked.items() if may]


async def given_topic(topic_id: ObjectId, status: int = 200) -> Given:
    """A topic as the viewer sees it now."""
    out = await topic_out(*await visible_topic(viewer(), topic_id))
    location = f"/api/v1/topics/{topic_id}" if status == 201 else ""
    return Given(out, status, version=out.version, location=location)


@operation("GET", "/topics", "List topics", need=EVERYBODY, asks=TopicsQuery, gives=TopicPage)
async def list_topics(query: TopicsQuery) -> Given:
    """One page, in which what is hidden from who asks is missing."""
    sort: Sort = query.sort
    key = lists.parse_key(sort, query.cursor, None)
    if query.cursor is not None and key is None:
        raise Invalid(fields={"cursor": Text(N_("This is no cursor of this list."))})
    limit = query.limit or plumbing().settings.topics_per_page
    found = await lists.topic_list(viewer(), await _which(query), sort=sort, key=key, limit=limit, url="/topics")
    following = next_of(found.pager)
    return Given(TopicPage(items=[TopicLine.of(row) for row in found.rows], next=following), next=following)


async def _which(query: TopicsQuery) -> Raw:
    which: Raw = {}
    if query.board is not None:
        which["board"] = (await visible_board(viewer(), ObjectId(query.board))).oid
    if query.author is not None:
        which["author"] = ObjectId(query.author)
    if query.tag is not None:
        which["tags"] = tag_named(query.tag) or query.tag
    return which


@operation(
    "POST",
    "/topics",
    "Open a topic",
    scope="write",
    need=needs("post"),
    takes=TopicIn,
    gives=TopicOut,
    status=201,
    once=True,
)
async def open_topic(body: TopicIn) -> Given:
    """A new topic with its first text."""
    form = checked(TopicForm, title=body.title, body=body.body, tags=_joined(body.tags))
    tags, once, board = tagging.tags_from(form.text("tags")), once_key(), ObjectId(body.board)
    title, text = form.text("title"), form.text("body")
    if not await opening.sent_before(viewer(), once, board, title, text):
        await spend(Limit.TOPIC)
    topic = await opening.open_topic(viewer(), board, title=title, body=text, tags=tags, once=once)
    if topic.edited_at is None and (topic.title, topic.board) != (title, board):
        raise used_otherwise()
    return await given_topic(topic.oid, 201)


def _joined(tags: list[str]) -> str:
    """As the form takes them: the last comma says that spaces part nothing."""
    return "".join(f"{tag}," for tag in tags)


@operation("GET", "/topics/<oid:topic_id>", "Read a topic", need=EVERYBODY, gives=TopicOut)
async def get_topic(topic_id: ObjectId) -> Given:
    """All but its texts."""
    return await given_topic(topic_id)


@operation(
    "PATCH",
    "/topics/<oid:topic_id>",
    "Edit title, tags and first text",
    scope="write",
    need=needs("edit_others", own=True),
    takes=TopicChange,
    gives=TopicOut,
    matches=True,
)
async def edit_topic(topic_id: ObjectId, body: TopicChange) -> Given:
    """What it was stays in its history."""
    topic, board = await visible_topic(viewer(), topic_id)
    if not policy.may_edit(viewer(), topic, board):
        raise Forbidden
    opening = await rewriting.opening_post(topic)
    seen = seen_version(opening.edit_count + 1)
    form = checked(
        TopicEditForm,
        title=topic.title if body.title is None else body.title,
        body=opening.body if body.body is None else body.body,
        tags=_joined(topic.tags if body.tags is None else body.tags),
        reason=body.reason,
    )
    tags = tagging.tags_from(form.text("tags"))
    await spend(Limit.EDIT)
    title, text = form.text("title"), form.text("body")
    try:
        await rewriting.edit_topic(
            viewer(), topic_id, title=title, body=text, tags=tags, seen=opening.edits, why=form.why
        )
    except Conflict:
        if seen is None:
            raise
        raise ChangedSince from None
    return await given_topic(topic_id)


@operation(
    "DELETE",
    "/topics/<oid:topic_id>",
    "Delete a topic",
    scope="write",
    need=needs("delete_others", own=True),
    takes=Reason,
)
async def delete_topic(topic_id: ObjectId, body: Reason) -> None:
    """Softly: it can be restored."""
    await removing.delete_topic(viewer(), topic_id, body.reason)


@operation(
    "POST",
    "/topics/<oid:topic_id>/restore",
    "Restore a topic",
    scope="write",
    need=needs("delete_others", own=True),
    gives=TopicOut,
)
async def restore_topic(topic_id: ObjectId) -> Given:
    """Bring it back."""
    await removing.restore_topic(viewer(), topic_id)
    return await given_topic(topic_id)


@operation("POST", "/topics/<oid:topic_id>/read", "Say how far you have read", scope="write", takes=Number)
async def read_topic(topic_id: ObjectId, body: Number) -> None:
    """The marker only moves forward."""
    topic, _ = await visible_topic(viewer(), topic_id)
    await spend(Limit.READ)
    await markers.note_read(viewer(), topic, min(body.number, topic.last_number))


def _place(verb: str, does: str, undoes: str) -> None:
    """The two operations of a verb."""

    async def put(topic_id: ObjectId) -> None:
        await places.put(viewer(), topic_id, verb, wanted=True)

    async def take(topic_id: ObjectId) -> None:
        await places.put(viewer(), topic_id, verb, wanted=False)

    put.__name__, take.__name__ = f"{verb}_topic", f"un{verb}_topic"
    path = f"/topics/<oid:topic_id>/{verb}"
    operation("PUT", path, does, scope="moderate", need=needs(verb))(put)
    operation("DELETE", path, undoes, scope="moderate", need=needs(verb))(take)


_place("pin", "Pin a topic in its board", "Unpin a topic")
_place("lock", "Lock a topic", "Unlock a topic")
_place("feature", "Feature a topic", "Feature a topic no more")
_place("announce", "Announce a topic to all", "Announce a topic no more")
