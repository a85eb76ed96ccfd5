"""Private messages: only members of a conversation know of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bson import ObjectId
from pydantic import Field

from app.api.parsing import checked, once_key, used_otherwise
from app.api.shapes import Cursor, Id, Line, Page, Person, Prose, Sent, Shape, checked_cursor, next_of
from app.api.table import Given, operation
from app.api.topics import NUMBER_MAX, Number
from app.messages import boxes, clearing, service, views
from app.messages.forms import MessageForm, ReplyForm
from app.messages.pages import ConversationRow, MessageView, Thread
from app.messages.routes import spend_on_strangers
from app.web.context import plumbing, spend, viewer
from app.web.limits import Limit
from app.web.needs import needs
from documents import Message


class ConversationLine(Shape):
    """A conversation in a list. `people` are up to three of the others."""

    id: Id
    title: str
    url: str
    people: list[Person]
    excerpt: str
    at: datetime
    messages: int
    unread: int
    group: bool
    muted: bool


class Conversations(Page[ConversationLine]):
    """One page of them, the latest first."""


class MessageOut(Shape):
    """One message. Where something has happened in a group, `event` says what, and there is no text; nor where
    moderators have `removed` it.
    """

    id: Id
    number: int
    author: Person
    at: datetime
    edited_at: datetime | None
    html: str
    mine: bool
    event: str
    folded: bool
    removed: bool


class ConversationOut(Shape):
    """A conversation with a window of its messages, oldest first. `before` is the number to ask for older ones."""

    id: Id
    title: str
    url: str
    members: list[Person]
    messages: list[MessageOut]
    last_number: int
    before: int | None
    group: bool
    muted: bool
    archived: bool
    request: bool
    may_reply: bool


class BoxQuery(Cursor):
    """Which list."""

    box: Literal["inbox", "requests", "declined", "sent", "archive"] = "inbox"


class BeforeQuery(Sent):
    """Which window; the newest messages without."""

    before: int | None = Field(None, ge=1, le=NUMBER_MAX)


class ConversationIn(Sent):
    """A new conversation with everybody in `to`, by their usernames."""

    to: list[Line] = Field(min_length=1, max_length=50)
    title: Line
    body: Prose


class MessageIn(Sent):
    """A message in Markdown."""

    body: Prose


class MessageSent(Shape):
    """Where the message stands."""

    number: int


def _line(row: ConversationRow) -> ConversationLine:
    return ConversationLine(
        id=row.id,
        title=row.title,
        url=row.url,
        people=[Person.of(card) for card in row.faces],
        excerpt=row.excerpt,
        at=row.at,
        messages=row.message_count,
        unread=row.unread,
        group=row.group,
        muted=row.muted,
    )


def _message(view: MessageView) -> MessageOut:
    return MessageOut(
        id=view.id,
        number=view.number,
        author=Person.of(view.author),
        at=view.at,
        edited_at=view.edited_at,
        html="" if view.line else str(view.html),
        mine=view.mine,
        event=view.line.kind if view.line else "",
        folded=view.folded,
        removed=view.removed,
    )


def _thread(thread: Thread) -> ConversationOut:
    return ConversationOut(
        id=thread.id,
        title=thread.title,
        url=f"/messages/{thread.id}",
        members=[Person.of(card) for card in thread.members],
        messages=[_message(view) for view in thread.messages],
        last_number=thread.last,
        before=int(thread.older.rpartition("=")[2]) if thread.older else None,
        **{name: getattr(thread, name) for name in ("group", "muted", "archived", "request", "may_reply")},
    )


async def conversation_out(conversation_id: ObjectId, before: int | None = None) -> ConversationOut:
    """A conversation as the viewer sees it now."""
    conversation, side = await service.visible_conversation(viewer(), conversation_id)
    minutes = plumbing().settings.message_edit_minutes
    return _thread((await views.thread(viewer(), conversation, side, before, minutes))[0])


@operation("GET", "/conversations", "List conversations", scope="messages", asks=BoxQuery, gives=Conversations)
async def list_conversations(query: BoxQuery) -> Given:
    """Of one box."""
    rows, pager = await boxes.box_rows(viewer(), query.box, checked_cursor(query.cursor))
    following = next_of(pager)
    return Given(Conversations(items=[_line(row) for row in rows], next=following), next=following)


@operation(
    "POST",
    "/conversations",
    "Write to somebody",
    scope="messages",
    need=needs("message"),
    takes=ConversationIn,
    gives=ConversationOut,
    status=201,
    once=True,
)
async def start_conversation(body: ConversationIn) -> Given:
    """A new conversation with its first message."""
    form = checked(MessageForm, to=", ".join(body.to), title=body.title, body=body.body)
    once = once_key()
    if not await service.sent_before(viewer(), once):
        await spend(Limit.MESSAGE)
    to, title, text = form.text("to"), form.text("title"), form.text("body")
    found = await service.start(viewer(), to=to, title=title, body=text, once=once, meeting=spend_on_strangers)
    await _require_same(once, text)
    return Given(await conversation_out(found), 201, location=f"/api/v1/conversations/{found}")


async def _require_same(once: str | None, body: str) -> None:
    stored = await Message.find_one({"author": viewer().me, "once": once}) if once else None
    if stored is not None and stored.edited_at is None and stored.body != body:
        raise used_otherwise()


@operation(
    "GET",
    "/conversations/<oid:conversation_id>",
    "Read a conversation",
    scope="messages",
    asks=BeforeQuery,
    gives=ConversationOut,
)
async def get_conversation(conversation_id: ObjectId, query: BeforeQuery) -> ConversationOut:
    """Reading here marks nothing as read."""
    return await conversation_out(conversation_id, query.before)


@operation(
    "POST",
    "/conversations/<oid:conversation_id>/messages",
    "Answer in a conversation",
    scope="messages",
    need=needs("message"),
    takes=MessageIn,
    gives=MessageSent,
    status=201,
    once=True,
)
async def post_message(conversation_id: ObjectId, body: MessageIn) -> MessageSent:
    """The same Idempotency-Key again gives the number that it has."""
    await service.visible_conversation(viewer(), conversation_id)
    form, once = checked(ReplyForm, body=body.body), once_key()
    if not await service.sent_before(viewer(), once):
        await spend(Limit.MESSAGE)
    number = await service.reply(viewer(), conversation_id, form.text("body"), once=once, exact=True)
    await _require_same(once, form.text("body"))
    return MessageSent(number=number)


@operation(
    "POST",
    "/conversations/<oid:conversation_id>/read",
    "Say how far you have read a conversation",
    scope="messages",
    takes=Number,
)
async def read_conversation(conversation_id: ObjectId, body: Number) -> None:
    """It only moves forward."""
    conversation, side = await service.visible_conversation(viewer(), conversation_id)
    await spend(Limit.READ)
    await service.read_to(viewer(), conversation_id, min(body.number, side.reach(conversation.last_number)))


@operation("DELETE", "/conversations/<oid:conversation_id>", "Delete a conversation for yourself", scope="messages")
async def delete_conversation(conversation_id: ObjectId) -> None:
    """The others keep their copy."""
    await clearing.delete_for_me(viewer(), conversation_id)
