"""Notifications as page, feed and socket show them: joined with what they are about, checked anew each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bson import ObjectId

from app.boards.access import could_read
from app.boards.directory import all_boards
from app.notifications.pages import Kind, Notice
from app.people.cards import cards
from app.viewer import Viewer
from app.web.pages import Card, KeyPager
from app.web.templating import iso
from documents import Comment, Conversation, Membership, Message, Notification, Topic
from documents.base import Raw
from documents.notification import BELL

PAGE_ROWS: Final = 30
FEED_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a batch of notifications is about, each kind fetched once."""

    topics: dict[ObjectId, Topic]
    comments: dict[ObjectId, Raw]
    conversations: dict[ObjectId, Conversation]
    messages: dict[ObjectId, Raw]
    cleared: dict[ObjectId, int]


async def bell_rows(viewer: Viewer, before: int | None) -> tuple[tuple[Notice, ...], KeyPager]:
    """One page of the bell, newest first."""
    query: Raw = {"user": viewer.me, "withdrawn_at": None, "kind": {"$in": list(BELL)}}
    if viewer.blocks:
        query["actor"] = {"$nin": list(viewer.blocks)}
    if before is not None:
        query["seq"] = {"$lt": before}
    found = await Notification.find(query).sort("-seq").limit(PAGE_ROWS + 1).to_list()
    rows = found[:PAGE_ROWS]
    following = f"/notifications?before={rows[-1].seq}" if len(found) > PAGE_ROWS else None
    first = "/notifications" if before is not None else None
    return tuple(await notices(viewer, rows)), KeyPager(next=following, first=first)


async def notices(viewer: Viewer, found: Sequence[Notification]) -> list[Notice]:
    """All of them as the viewer may see them now; what they may not see is `hidden`, but keeps its number."""
    subjects = await _subjects(viewer, found)
    boards = await all_boards()
    people = await cards(notification.actor for notification in found)

    def draw(notification: Notification) -> Notice:
        actor = people[notification.actor]
        if notification.actor in viewer.blocks and (notification.kind != "message" or actor.role == "member"):
            return hidden(notification)
        if notification.kind == "message":
            return _message_notice(notification, subjects, people)
        if notification.kind == "follow":
            return _follow_notice(notification, people)
        topic = subjects.topics.get(notification.topic) if notification.topic else None
        comment = subjects.comments.get(notification.subject)
        board = boards.get(topic.board) if topic else None
        if topic is None or board is None or comment is None or not could_read(viewer, topic, board):
            return hidden(notification)
        if comment["deleted_at"] is not None or notification.withdrawn_at is not None:
            return hidden(notification)
        url = f"/topics/{topic.oid}/n/{notification.number}"
        return _notice(notification, people, topic.title, url, comment["excerpt"])

    return [draw(notification) for notification in found]


def _message_notice(notification: Notification, subjects: Subjects, people: dict[ObjectId, Card]) -> Notice:
    conversation = subjects.conversations.get(notification.conversation) if notification.conversation else None
    message = subjects.messages.get(notification.subject)
    if conversation is None or message is None or message["number"] <= subjects.cleared.get(conversation.oid, 0):
        return hidden(notification)
    return _notice(notification, people, conversation.title, f"/messages/{conversation.oid}#m{message['number']}", "")


def _follow_notice(notification: Notification, people: dict[ObjectId, Card]) -> Notice:
    actor = people[notification.actor]
    if actor.gone or notification.withdrawn_at is not None:
        return hidden(notification)
    return _notice(notification, people, "", actor.url, "")


def _notice(notification: Notification, people: dict[ObjectId, Card], title: str, url: str, excerpt: str) -> Notice:
    return Notice(
        id=str(notification.oid),
        seq=notification.seq,
        kind=_kind(notification.kind),
        at=notification.created_at,
        read=not notification.unread,
        actor=people[notification.actor],
        title=title,
        url=url,
        excerpt=excerpt,
    )


def _kind(kind: str) -> Kind:
    return kind  # type: ignore[return-value]


def hidden(notification: Notification) -> Notice:
    """A number whose content is not for the viewer (any more)."""
    return Notice(
        id=str(notification.oid),
        seq=notification.seq,
        kind="hidden",
        at=notification.created_at,
        read=not notification.unread,
    )


async def _subjects(viewer: Viewer, found: Sequence[Notification]) -> Subjects:
    topic_ids = {notification.topic for notification in found if notification.topic}
    conversation_ids = {notification.conversation for notification in found if notification.conversation}
    comments = [notification.subject for notification in found if notification.topic]
    messages = [notification.subject for notification in found if notification.conversation]
    return Subjects(
        topics={topic.oid: topic for topic in await _all(Topic, list(topic_ids))},
        comments=await _projected(Comment, comments, {"excerpt": 1, "deleted_at": 1}),
        conversations={item.oid: item for item in await _all(Conversation, list(conversation_ids))},
        messages=await _projected(Message, messages, {"number": 1}),
        cleared=await _cleared(viewer, list(conversation_ids)),
    )


async def _all(document: Any, ids: list[ObjectId]) -> list[Any]:
    return await document.find({"_id": {"$in": ids}}).to_list() if ids else []


async def _projected(document: Any, ids: Sequence[ObjectId], fields: Raw) -> dict[ObjectId, Raw]:
    if not ids:
        return {}
    return {raw["_id"]: raw async for raw in document.raw().find({"_id": {"$in": list(ids)}}, fields)}


async def _cleared(viewer: Viewer, conversations: list[ObjectId]) -> dict[ObjectId, int]:
    if not conversations:
        return {}
    query = {"user": viewer.me, "conversation": {"$in": conversations}}
    fields = {"conversation": 1, "cleared_to": 1}
    return {raw["conversation"]: raw["cleared_to"] async for raw in Membership.raw().find(query, fields)}


def as_json(notice: Notice) -> dict[str, Any]:
    """A notice as the feed and the socket send it: a hidden one is its number alone."""
    event: dict[str, Any] = {"type": "notification", "seq": notice.seq, "kind": notice.kind}
    if notice.kind == "hidden" or notice.actor is None:
        return event
    actor = notice.actor
    return event | {
        "id": notice.id,
        "at": iso(notice.at),
        "read": notice.read,
        "title": notice.title,
        "url": notice.url,
        "excerpt": notice.excerpt,
        "actor": {
            "id": actor.id,
            "username": actor.username,
            "name": actor.name,
            "initial": actor.initial,
            "hue": actor.hue,
            "avatar": actor.avatar,
        },
    }
