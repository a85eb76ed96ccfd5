"""The lists of conversations: inbox, requests, sent, archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from bson import ObjectId

from app.messages.pages import ConversationRow, Line
from app.people.cards import NOBODY, cards
from app.viewer import Viewer
from app.web.pages import Card, KeyPager
from documents import Conversation, Membership, Message
from documents.base import Raw

Box = Literal["inbox", "requests", "declined", "sent", "archive"]
URL: Final[dict[Box, str]] = {
    "inbox": "/messages",
    "requests": "/messages/requests",
    "declined": "/messages/declined",
    "sent": "/messages/sent",
    "archive": "/messages/archive",
}
# By which moment a list is ordered, and what is in it.
FIELD: Final[dict[Box, str]] = {
    "inbox": "received_at",
    "requests": "received_at",
    "declined": "received_at",
    "sent": "sent_at",
    "archive": "archived_at",
}
OPEN: Final[Raw] = {"request": {"$ne": True}, "archived_at": None}
WHICH: Final[dict[Box, Raw]] = {
    "inbox": OPEN,
    "requests": {"request": True, "declined_at": None},
    "declined": {"request": True, "declined_at": {"$ne": None}},
    "sent": OPEN,
    "archive": {"request": {"$ne": True}},
}
ROWS: Final = 30
FACES: Final = 3
EPOCH: Final = datetime.fromtimestamp(0, UTC)


async def box_rows(viewer: Viewer, box: Box, after: str | None) -> tuple[tuple[ConversationRow, ...], KeyPager]:
    """One page of a list, newest first."""
    field = FIELD[box]
    query: Raw = {"user": viewer.me, "deleted_at": None, **WHICH[box]}
    query[field] = {"$ne": None}
    key = _parse(after)
    if key is not None:
        query[field] = {"$ne": None, "$lte": key[0]}
        query["$or"] = [{field: {"$lt": key[0]}}, {"_id": {"$lt": key[1]}}]
    sides = await Membership.raw().find(query).sort([(field, -1), ("_id", -1)]).limit(ROWS + 1).to_list()
    more = len(sides) > ROWS
    sides = sides[:ROWS]
    following = f"{URL[box]}?after={_key(sides[-1], field)}" if more else None
    pager = KeyPager(next=following, first=URL[box] if key else None)
    return await _rows(viewer, [(Membership.model_validate(side), side[field]) for side in sides]), pager


def _key(side: Raw, field: str) -> str:
    return f"{round((side[field] - EPOCH).total_seconds() * 1000)}_{side['_id']}"


def _parse(after: str | None) -> tuple[datetime, ObjectId] | None:
    value, _, id = (after or "").rpartition("_")
    try:
        return (EPOCH + timedelta(milliseconds=int(value)), ObjectId(id)) if ObjectId.is_valid(id) else None
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class _Talk:
    """A conversation with its last message that its viewer may see."""

    conversation: Conversation
    side: Membership
    at: datetime
    last: Message | None


async def _rows(viewer: Viewer, sides: Sequence[tuple[Membership, datetime]]) -> tuple[ConversationRow, ...]:
    found = Conversation.find({"_id": {"$in": [side.conversation for side, _ in sides]}})
    conversations = {conversation.oid: conversation async for conversation in found}
    shown = [(side, at) for side, at in sides if side.conversation in conversations]
    last = await _last_messages([(conversations[side.conversation], side) for side, _ in shown])
    talks = [_Talk(conversations[side.conversation], side, at, last.get(side.conversation)) for side, at in shown]
    people = await cards(person for talk in talks for person in _people(talk))
    return tuple(_row(viewer, talk, people) for talk in talks)


async def _last_messages(pairs: Sequence[tuple[Conversation, Membership]]) -> dict[ObjectId, Message]:
    """One query for all; where its viewer has deleted the very last, another for the one before."""
    ends = [{"conversation": item.oid, "number": side.reach(item.last_number)} for item, side in pairs]
    found: dict[ObjectId, Message] = {}
    if ends:
        found = {message.conversation: message async for message in Message.find({"$or": ends, "deleted_at": None})}
    for item, side in pairs:
        message = found.get(item.oid)
        if message is None or side.user in message.hidden_for:
            before = await Message.find({**side.covered, "deleted_at": None}).sort("-number").first_or_none()
            found.pop(item.oid, None)
            found |= {item.oid: before} if before else {}
    return found


def _people(talk: _Talk) -> set[ObjectId]:
    about = {talk.last.author, *talk.last.about} if talk.last else set()
    return about | set(talk.conversation.members if talk.side.until is None else ())


def _row(viewer: Viewer, talk: _Talk, people: Mapping[ObjectId, Card]) -> ConversationRow:
    conversation, side, last = talk.conversation, talk.side, talk.last
    faces = _faces(viewer, talk, people)
    author = last.author if last else None
    return ConversationRow(
        id=str(conversation.oid),
        title=conversation.title if side.left_title is None else side.left_title,
        faces=faces[:FACES],
        more=max(0, len(faces) - FACES),
        excerpt=_excerpt(conversation, last),
        at=talk.at,
        message_count=side.reach(conversation.last_number) - side.cleared_to,
        unread=side.unread,
        mine=author == viewer.me,
        last=people.get(author, NOBODY) if author else None,
        line=line_of(last, people) if last else None,
        group=conversation.group,
        muted=side.muted,
        blocked=author in viewer.blocks,
        left=side.until is not None,
    )


def _excerpt(conversation: Conversation, last: Message | None) -> str:
    """Messages from before they had one of their own are shown by that of their conversation."""
    if last is None:
        return ""
    return last.excerpt or (conversation.excerpt if last.number == conversation.last_number else "")


def _faces(viewer: Viewer, talk: _Talk, people: Mapping[ObjectId, Card]) -> tuple[Card, ...]:
    """The others; who has left sees the one who spoke last, and not who is there now."""
    if talk.side.until is not None:
        return (people.get(talk.last.author, NOBODY),) if talk.last else (NOBODY,)
    others = tuple(people.get(member, NOBODY) for member in talk.conversation.members if member != viewer.me)
    return others or (NOBODY,)


def line_of(message: Message, people: Mapping[ObjectId, Card]) -> Line | None:
    """What has happened, where it is no text."""
    if message.kind == "text":
        return None
    whom = tuple(people.get(person, NOBODY) for person in message.about)
    return Line(message.kind, people.get(message.author, NOBODY), whom, message.body)
