"""A conversation as its page prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bson import ObjectId
from markupsafe import Markup

from app.messages.boxes import line_of
from app.messages.editing import may_edit
from app.messages.groups import may_manage
from app.messages.pages import MessageView, Seen, Thread
from app.people.cards import NOBODY, cards
from app.text.language import language_of
from app.viewer import Viewer
from app.web.pages import Card
from documents import Conversation, Membership, Message, User
from documents.base import Raw

THREAD_MESSAGES: Final = 50
# Messages that one page may ask about at once.
SHOWN_MAX: Final = 500
People = Mapping[ObjectId, Card]


async def thread(
    viewer: Viewer, conversation: Conversation, side: Membership, before: int | None, minutes: int
) -> tuple[Thread, int]:
    """A window of a conversation that ends before number `before`, or at the end; and the last number in it.

    `minutes` is for how long a message may be edited.
    """
    end = side.reach(conversation.last_number)
    last = end if before is None else min(before - 1, end)
    first = max(side.cleared_to, last - THREAD_MESSAGES) + 1
    messages = await window(viewer, side, first, last, minutes)
    members = conversation.members if side.until is None else []
    people = await cards([*members, side.invited_by or conversation.started_by])
    other = next((people[member] for member in members if member != viewer.me), NOBODY)
    blocked = not conversation.group and bool(viewer.blocks) and ObjectId(other.id) in viewer.blocks
    url = f"/messages/{conversation.oid}"
    drawn = Thread(
        id=str(conversation.oid),
        title=conversation.title if side.left_title is None else side.left_title,
        other=other,
        members=tuple(people[member] for member in members),
        messages=messages,
        version=conversation.version,
        last=end,
        group=conversation.group,
        started_by=str(conversation.manager or ""),
        manages=may_manage(viewer, conversation),
        left=side.until is not None,
        muted=side.muted,
        archived=side.archived_at is not None,
        request=side.request,
        declined=side.declined_at is not None,
        inviter=people[side.invited_by or conversation.started_by] if side.request else None,
        seen=await seen_in(viewer, conversation, messages) if side.until is None else None,
        older=f"{url}?before={first}" if first > side.cleared_to + 1 else None,
        newer=url if last < end else None,
        may_reply=viewer.writes and side.until is None and (conversation.group or not other.gone),
        blocked=blocked,
    )
    return drawn, last


async def window(viewer: Viewer, side: Membership, first: int, last: int, minutes: int) -> tuple[MessageView, ...]:
    """The messages `first` to `last` that the viewer may see, oldest first."""
    query: Raw = {"$and": [side.covered, {"number": {"$gte": first, "$lte": last}}]}
    found = await Message.find(query).sort("number").to_list()
    people = await cards(person for message in found for person in (message.author, *message.about))
    return tuple(_message(viewer, message, side, people, minutes) for message in found)


def _message(viewer: Viewer, message: Message, side: Membership, people: People, minutes: int) -> MessageView:
    mine = message.author == viewer.me
    author = people.get(message.author, NOBODY)
    return MessageView(
        id=str(message.oid),
        number=message.number,
        author=author,
        mine=mine,
        at=message.created_at,
        html=Markup(message.html) if message.live else Markup(),
        lang=language_of(message.body),
        fresh=not mine and message.number > side.read_to and message.kind == "text",
        edited_at=message.edited_at if message.live else None,
        may_edit=may_edit(viewer, message, side, minutes),
        line=line_of(message, people),
        folded=message.author in viewer.blocks and message.kind == "text" and author.role == "member",
        removed=message.deleted_as == "moderator",
    )


async def seen_in(viewer: Viewer, conversation: Conversation, messages: Sequence[MessageView]) -> Seen | None:
    """The last of one's own messages here that anybody has read who shows it, if the viewer does too.

    Nobody who has blocked the viewer or whom they have blocked, and nobody who has not accepted a request.
    """
    mine = [message.number for message in messages if message.mine and message.line is None]
    if not mine:
        return None
    shows: Raw = {"_id": {"$in": conversation.members}, "shows_read": True, "blocks": {"$ne": viewer.me}}
    people = {raw["_id"] async for raw in User.raw().find({**shows, "deleted_at": None}, {"_id": 1})}
    if viewer.me not in people:
        return None
    readers = list(people - {viewer.me} - viewer.blocks)
    which: Raw = {"conversation": conversation.oid, "user": {"$in": readers}, "request": {"$ne": True}}
    read = {raw["user"]: raw["read_to"] async for raw in Membership.raw().find(which, {"user": 1, "read_to": 1})}
    number = max((own for own in mine if own <= max(read.values(), default=0)), default=None)
    if number is None:
        return None
    who = await cards(person for person, to in read.items() if to >= number)
    return Seen(number, tuple(who[person] for person in conversation.members if person in who))
