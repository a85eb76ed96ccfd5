"""Conversations as templates print them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from bson import ObjectId
from markupsafe import Markup

from app.messages.pages import ConversationRow, MessageView, Thread
from app.people.cards import NOBODY, cards
from app.text.language import language_of
from app.viewer import Viewer
from app.web.pages import Card, KeyPager
from documents import Conversation, Membership, Message
from documents.base import Raw

Box = Literal["inbox", "sent"]
FIELD: Final[dict[Box, str]] = {"inbox": "received_at", "sent": "sent_at"}
URL: Final[dict[Box, str]] = {"inbox": "/messages", "sent": "/messages/sent"}
ROWS: Final = 30
THREAD_MESSAGES: Final = 50
EPOCH: Final = datetime.fromtimestamp(0, UTC)


async def box_rows(viewer: Viewer, box: Box, after: str | None) -> tuple[tuple[ConversationRow, ...], KeyPager]:
    """One page of the inbox or of what was sent, newest first."""
    field = FIELD[box]
    query: Raw = {"user": viewer.me, "deleted_at": None, field: {"$ne": None}}
    key = _parse(after)
    if key is not None:
        query |= {field: {"$lte": key[0]}, "$or": [{field: {"$lt": key[0]}}, {"_id": {"$lt": key[1]}}]}
    sides = await Membership.raw().find(query).sort([(field, -1), ("_id", -1)]).limit(ROWS + 1).to_list()
    more = len(sides) > ROWS
    sides = sides[:ROWS]
    following = f"{URL[box]}?after={_key(sides[-1], field)}" if more else None
    return await _rows(viewer, box, sides), KeyPager(next=following, first=URL[box] if key else None)


def _key(side: Raw, field: str) -> str:
    return f"{round((side[field] - EPOCH).total_seconds() * 1000)}_{side['_id']}"


def _parse(after: str | None) -> tuple[datetime, ObjectId] | None:
    value, _, id = (after or "").rpartition("_")
    try:
        return (EPOCH + timedelta(milliseconds=int(value)), ObjectId(id)) if ObjectId.is_valid(id) else None
    except (ValueError, OverflowError):
        return None


async def _rows(viewer: Viewer, box: Box, sides: Sequence[Raw]) -> tuple[ConversationRow, ...]:
    found = Conversation.find({"_id": {"$in": [side["conversation"] for side in sides]}})
    conversations = {conversation.oid: conversation async for conversation in found}
    people = await cards(member for conversation in conversations.values() for member in conversation.members)
    return tuple(
        _row(viewer, box, side, conversations[side["conversation"]], people)
        for side in sides
        if side["conversation"] in conversations
    )


def _row(
    viewer: Viewer, box: Box, side: Raw, conversation: Conversation, people: dict[ObjectId, Card]
) -> ConversationRow:
    return ConversationRow(
        id=str(conversation.oid),
        title=conversation.title,
        other=other_side(viewer, conversation, people),
        excerpt=conversation.excerpt,
        at=side[FIELD[box]],
        message_count=conversation.last_number - side["cleared_to"],
        unread=side["unread"],
        mine=conversation.last_author == viewer.me,
        blocked=_has_blocked(viewer, other_side(viewer, conversation, people)),
    )


def other_side(viewer: Viewer, conversation: Conversation, people: dict[ObjectId, Card]) -> Card:
    """The person on the other side."""
    return next((people[member] for member in conversation.members if member != viewer.me), NOBODY)


def _has_blocked(viewer: Viewer, other: Card) -> bool:
    return bool(viewer.blocks) and ObjectId(other.id) in viewer.blocks


async def thread(
    viewer: Viewer, conversation: Conversation, side: Membership, before: int | None
) -> tuple[Thread, int]:
    """A window of a conversation that ends before number `before`, or at the end; and the last number in it."""
    last = conversation.last_number if before is None else min(before - 1, conversation.last_number)
    first = max(side.cleared_to, last - THREAD_MESSAGES) + 1
    query = {"conversation": conversation.oid, "number": {"$gte": first, "$lte": last}}
    found = await Message.find(query).sort("number").to_list()
    people = await cards(conversation.members)
    other = other_side(viewer, conversation, people)
    url = f"/messages/{conversation.oid}"
    drawn = Thread(
        id=str(conversation.oid),
        title=conversation.title,
        other=other,
        messages=tuple(_message(viewer, message, side, people) for message in found),
        older=f"{url}?before={first}" if first > side.cleared_to + 1 else None,
        newer=url if last < conversation.last_number else None,
        may_reply=not other.gone and viewer.writes,
        blocked=_has_blocked(viewer, other),
    )
    return drawn, last


def _message(viewer: Viewer, message: Message, side: Membership, people: dict[ObjectId, Card]) -> MessageView:
    mine = message.author == viewer.me
    return MessageView(
        id=str(message.oid),
        number=message.number,
        author=people.get(message.author, NOBODY),
        mine=mine,
        at=message.created_at,
        html=Markup(message.html),
        lang=language_of(message.body),
        fresh=not mine and message.number > side.read_to,
    )
