"""What a batch of notifications is about, each kind of thing fetched once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.boards.access import could_read
from app.boards.directory import all_boards
from app.people.cards import cards
from app.viewer import Viewer
from app.web.pages import Card
from documents import Board, Comment, Conversation, Membership, Message, Notification, Topic
from documents.base import Raw


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the notifications name, by id."""

    people: dict[ObjectId, Card]
    boards: Mapping[ObjectId, Board]
    topics: dict[ObjectId, Topic]
    comments: dict[ObjectId, Raw]
    conversations: dict[ObjectId, Conversation]
    messages: dict[ObjectId, Raw]
    sides: dict[tuple[ObjectId, ObjectId], Membership]

    def text_for(self, viewer: Viewer, notification: Notification) -> tuple[Topic, Raw] | None:
        """Topic and comment, where both are there for the viewer."""
        topic = self.topics.get(notification.topic) if notification.topic else None
        comment = self.comments.get(notification.subject)
        board = self.boards.get(topic.board) if topic else None
        if topic is None or board is None or comment is None or not could_read(viewer, topic, board):
            return None
        return (topic, comment) if comment["deleted_at"] is None else None

    def message_for(self, notification: Notification) -> tuple[Conversation, int] | None:
        """Conversation and number of the message, unless the viewer has deleted it for themselves."""
        conversation = self.conversations.get(notification.conversation) if notification.conversation else None
        message = self.messages.get(notification.subject)
        if conversation is None or message is None or message.get("deleted_at") is not None:
            return None
        side = self.sides.get((notification.user, conversation.oid))
        if side is None:
            return None
        if not side.covers(message["number"], message.get("hidden_for", ())):
            return None
        title = conversation.title if side.left_title is None else side.left_title
        return conversation.model_copy(update={"title": title}), message["number"]


async def subjects_of(found: Sequence[Notification]) -> Subjects:
    """Read all of them; the notifications may be of many people."""
    topic_ids = {notification.topic for notification in found if notification.topic}
    conversation_ids = {notification.conversation for notification in found if notification.conversation}
    comments = {notification.subject for notification in found if notification.topic}
    messages = {notification.subject for notification in found if notification.conversation}
    topics, texts, talks, sent, sides = await asyncio.gather(
        _all(Topic, list(topic_ids)),
        _projected(Comment, comments, {"excerpt": 1, "deleted_at": 1}),
        _all(Conversation, list(conversation_ids)),
        _projected(Message, messages, {"number": 1, "hidden_for": 1, "deleted_at": 1}),
        _sides(found, list(conversation_ids)),
    )
    return Subjects(
        people=await cards(person for notice in found for person in (notice.actor, *notice.people)),
        boards=await all_boards(),
        topics={topic.oid: topic for topic in topics},
        comments=texts,
        conversations={item.oid: item for item in talks},
        messages=sent,
        sides=sides,
    )


async def _all(document: Any, ids: list[ObjectId]) -> list[Any]:
    return await document.find({"_id": {"$in": ids}}).to_list() if ids else []


async def _projected(document: Any, ids: Collection[ObjectId], fields: Raw) -> dict[ObjectId, Raw]:
    if not ids:
        return {}
    return {raw["_id"]: raw async for raw in document.raw().find({"_id": {"$in": list(ids)}}, fields)}


async def _sides(
    found: Sequence[Notification], conversations: list[ObjectId]
) -> dict[tuple[ObjectId, ObjectId], Membership]:
    if not conversations:
        return {}
    people = {notification.user for notification in found if notification.conversation}
    sides = Membership.find({"user": {"$in": list(people)}, "conversation": {"$in": conversations}})
    return {(side.user, side.conversation): side async for side in sides}
