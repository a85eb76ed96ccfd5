"""Putting a message on each member's side: who hears of it, who finds it later, and for whom it waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bson import ObjectId

from app.comments.rendering import Written
from app.events import ConversationChanged, PeopleTold
from app.files.links import touch
from app.messages.reaching import people_in
from app.notifications.service import notify
from app.people.reach import takes_replies
from app.text.model import RENDERER_VERSION
from app.text.segment import SEGMENTER_VERSION, words_of
from app.viewer import Viewer
from app.work import Work
from documents import Conversation, Membership, Message, User
from documents.base import Raw
from documents.clock import now
from documents.message import MessageKind


def text_of(
    id: ObjectId, conversation: ObjectId, viewer: Viewer, body: str, written: Written, once: str | None = None
) -> Message:
    """A text that is not stored yet, as number 1."""
    return Message(
        id=id,
        conversation=conversation,
        number=1,
        author=viewer.me,
        body=body,
        html=written.html,
        excerpt=written.excerpt,
        renderer=RENDERER_VERSION,
        words=list(written.words),
        segmented=SEGMENTER_VERSION,
        created_at=now(),
        once=once,
        uploads=list(written.uploads),
    )


def line_of(
    conversation: Conversation, viewer: Viewer, kind: MessageKind, *, about: Iterable[ObjectId] = (), said: str = ""
) -> Message:
    """A line that says what has happened in a group, at its last number."""
    return Message(
        id=ObjectId(),
        conversation=conversation.oid,
        number=conversation.last_number,
        kind=kind,
        author=viewer.me,
        about=list(about),
        body=said,
        html="",
        excerpt=said,
        renderer=RENDERER_VERSION,
        words=words_of(said),
        segmented=SEGMENTER_VERSION,
        created_at=now(),
    )


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who is told of a message, and who finds it without being told: they have muted it, or not consented yet."""

    loud: tuple[ObjectId, ...]
    quiet: tuple[ObjectId, ...]


async def deliver(work: Work, viewer: Viewer, message: Message, conversation: Conversation) -> None:
    """Store the message, put it on each member's side, and tell those who want to hear of it.

    In a group nothing reaches the side of somebody who has blocked the writer; the number is there, folded.
    """
    await store(work, message)
    others = [member for member in conversation.members if member != message.author]
    hearing = await _hearing(work, viewer, conversation.oid, others)
    await _sent(work, message)
    await _no_strangers(work, message.author, others)
    await _received(work, message, hearing)
    await _note(work, others)
    await tell_of(work, message, hearing.loud)
    work.record(PeopleTold((message.author, *hearing.quiet)))


async def store(work: Work, message: Message) -> None:
    """The message alone; pages that have the conversation open look at it."""
    await Message.raw().insert_one(message.as_stored(), session=work.session)
    await touch(message.uploads, work.session)
    work.record(ConversationChanged(message.conversation))


async def _hearing(work: Work, viewer: Viewer, conversation: ObjectId, others: Sequence[ObjectId]) -> Hearing:
    people = await people_in(others, work.session)
    which: Raw = {"conversation": conversation, "user": {"$in": list(others)}}
    sides = [Membership.model_validate(raw) async for raw in Membership.raw().find(which, session=work.session)]
    heard = [side for side in sides if side.user in people and _reaches(people[side.user], viewer)]
    return Hearing(
        tuple(side.user for side in heard if not (side.muted or side.request)),
        tuple(side.user for side in heard if side.muted or side.request),
    )


def _reaches(person: User, viewer: Viewer) -> bool:
    return takes_replies(person, viewer) or not person.live


async def _sent(work: Work, message: Message) -> None:
    """One's own side: answering a request accepts it, and brings back what was put away."""
    mine: Raw = {"conversation": message.conversation, "user": message.author}
    own: Raw = {"sent_at": message.created_at, "read_to": message.number, "unread": 0, "deleted_at": None}
    await Membership.raw().update_one(mine, {"$set": own}, session=work.session)
    await Membership.raw().update_one(
        {**mine, "request": True},
        {"$set": {"request": False, "declined_at": None, "accepted_at": message.created_at}},
        session=work.session,
    )
    await Membership.raw().update_one(
        {**mine, "muted": {"$ne": True}}, {"$set": {"archived_at": None}}, session=work.session
    )


async def _no_strangers(work: Work, writer: ObjectId, people: Sequence[ObjectId]) -> None:
    """Who is written to may answer, also when the writer has declined them before: what they asked waits again."""
    declined: Raw = {"user": writer, "request": True, "invited_by": {"$in": list(people)}, "declined_at": {"$ne": None}}
    await Membership.raw().update_many(declined, {"$set": {"declined_at": None}}, session=work.session)


async def _received(work: Work, message: Message, hearing: Hearing) -> None:
    there: Raw = {"received_at": message.created_at, "deleted_at": None, "declined_at": None}
    for people, fields in ((hearing.loud, {**there, "archived_at": None}), (hearing.quiet, there)):
        which: Raw = {"conversation": message.conversation, "user": {"$in": list(people)}}
        change: Raw = {"$set": fields, "$inc": {"unread": 1}}
        await Membership.raw().update_many(which, change, session=work.session)


async def _note(work: Work, people: Iterable[ObjectId]) -> None:
    """Write to each, told or not, so that a block, or a door that is closed, at the same moment is in the way."""
    for person in sorted(people):
        await User.raw().update_one({"_id": person}, {"$inc": {"messages_got": 1}}, session=work.session)


async def tell_of(work: Work, message: Message, people: Iterable[ObjectId]) -> None:
    """Tell these of a message."""
    subject: Raw = {"subject": message.oid, "actor": message.author, "conversation": message.conversation}
    await notify(work, {person: ["message"] for person in people}, {**subject, "number": message.number})
