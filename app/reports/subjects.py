"""What can be reported, as who reports it sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.boards.access import visible_comment, visible_topic
from app.errors import NotFound
from app.messages.service import visible_conversation
from app.viewer import Viewer
from documents import Comment, Message, User
from documents.base import Raw
from documents.message import SPOKEN
from documents.report import SubjectKind

SAID_CHARS: Final = 4_000
# So many messages before a reported one can be shown with it.
BEFORE_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that somebody is about to report. `said` is kept only of messages, which moderators cannot open."""

    kind: SubjectKind
    id: ObjectId
    accused: ObjectId
    url: str
    title: str = ""
    excerpt: str = ""
    topic: ObjectId | None = None
    board: ObjectId | None = None
    said: str = ""


async def subject_for(viewer: Viewer, kind: str, id: ObjectId) -> Subject:
    """The thing, if it is there for the viewer; an opening post is its topic."""
    if kind == "topic":
        return await _topic(viewer, id)
    if kind == "comment":
        return await _comment(viewer, id)
    if kind == "message":
        return await _message(viewer, id)
    if kind == "person":
        return await _person(id)
    raise NotFound


async def _topic(viewer: Viewer, id: ObjectId) -> Subject:
    topic, board = await visible_topic(viewer, id)
    if not topic.live:
        raise NotFound
    opening = await Comment.find_one({"topic": id, "number": 1})
    return Subject(
        kind="topic",
        id=id,
        accused=topic.author,
        url=f"/topics/{id}",
        title=topic.title,
        excerpt=opening.excerpt if opening else "",
        topic=id,
        board=board.oid,
    )


async def _comment(viewer: Viewer, id: ObjectId) -> Subject:
    comment, topic, board = await visible_comment(viewer, id)
    if comment.number == 1:
        return await _topic(viewer, comment.topic)
    if not (comment.live and topic.live):
        raise NotFound
    return Subject(
        kind="comment",
        id=id,
        accused=comment.author,
        url=f"/topics/{topic.oid}/n/{comment.number}",
        title=topic.title,
        excerpt=comment.excerpt,
        topic=topic.oid,
        board=board.oid,
    )


async def _message(viewer: Viewer, id: ObjectId) -> Subject:
    message = await Message.load(id)
    if message is None or message.kind != "text" or not message.live:
        raise NotFound
    conversation, side = await visible_conversation(viewer, message.conversation)
    if not side.covers(message.number, message.hidden_for):
        raise NotFound
    return Subject(
        kind="message",
        id=id,
        accused=message.author,
        url=f"/messages/{conversation.oid}#m{message.number}",
        title=conversation.title,
        excerpt=message.body[:300],
        said=message.body[:SAID_CHARS],
    )


async def before(viewer: Viewer, subject: Subject) -> list[Message]:
    """The messages before a reported one that the viewer could attach, oldest first."""
    message = await Message.load(subject.id) if subject.kind == "message" else None
    if message is None:
        return []
    _, side = await visible_conversation(viewer, message.conversation)
    earlier: Raw = {"number": {"$lt": message.number}, "deleted_at": None, **SPOKEN}
    found = await Message.find({"$and": [side.covered, earlier]}).sort("-number").limit(BEFORE_MAX).to_list()
    return found[::-1]


async def _person(id: ObjectId) -> Subject:
    person = await User.load(id)
    if person is None or not person.live:
        raise NotFound
    return Subject(kind="person", id=id, accused=id, url=f"/users/{id}", title=person.name, excerpt=person.bio[:300])
