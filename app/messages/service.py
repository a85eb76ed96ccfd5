"""Private messages: only the members of a conversation know of it, and each deletes it for themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.comments.flooding import SentAround, look_at_message, trace_of_message
from app.comments.rendering import Written, write
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Forbidden, NotFound
from app.events import ConversationChanged, PeopleTold
from app.messages.delivering import deliver, text_of
from app.messages.lately import just_answered, just_started
from app.messages.reaching import (
    people_in,
    receivers_named,
    require_first,
    require_reader,
    require_taken,
    strangers_among,
)
from app.notifications.service import read_conversation
from app.text.segment import words_of
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Conversation, Membership, Message, User
from documents.base import Raw
from documents.clock import now

Count = Callable[[int], Awaitable[None]]


async def uncounted(strangers: int) -> None:
    """Nobody counts."""


async def start(
    viewer: Viewer,
    *,
    to: str,
    title: str,
    body: str,
    once: str | None = None,
    draft: Sending | None = None,
    meeting: Count = uncounted,
) -> ObjectId:
    """Write to somebody, or to several in a group; gives the conversation.

    The same `once` key again gives the one that is there already. `meeting` hears how many of them are strangers,
    before anything is stored, and may refuse.
    """
    sent = await sent_before(viewer, once)
    if sent is not None:
        await drafts.finish(viewer, draft, body)
        return sent
    receivers = await receivers_named(viewer, to)
    same = await just_started(viewer, [person.oid for person in receivers], title, body) if once else None
    if same is not None:
        await drafts.finish(viewer, draft, body)
        return same
    await meeting(len(await strangers_among(viewer, receivers)))
    message_id = ObjectId()
    written = await write_message(viewer, body, message_id)
    conversation = _conversation(viewer, title, [viewer.me, *(person.oid for person in receivers)], written)
    message = text_of(message_id, conversation.oid, viewer, body, written, once)
    message.words = list(dict.fromkeys([*words_of(title), *message.words]))
    trace = await trace_of_message(viewer, body)

    async def steps(work: Work) -> None:
        await look_at_message(work, trace, viewer.me, conversation.oid)
        await Conversation.raw().insert_one(conversation.as_stored(), session=work.session)
        await _open_sides(work, viewer, conversation)
        await deliver(work, viewer, message, conversation)
        await drafts.sent(work, viewer, draft, body)

    return await _once(viewer, once, steps, conversation)


def _conversation(viewer: Viewer, title: str, members: list[ObjectId], written: Written) -> Conversation:
    moment = now()
    return Conversation(
        id=ObjectId(),
        title=title,
        started_by=viewer.me,
        members=members,
        group=len(members) > 2,
        created_at=moment,
        active_at=moment,
        last_author=viewer.me,
        excerpt=written.excerpt,
        version=1,
    )


async def _open_sides(work: Work, viewer: Viewer, conversation: Conversation) -> None:
    """Everybody's side; for whom the viewer is a stranger, it is a request."""
    people = await people_in(conversation.members[1:], work.session)
    for person in people.values():
        await require_first(viewer, person, work.session)
    strangers = await strangers_among(viewer, people.values(), work.session)
    sides = [Membership(conversation=conversation.oid, user=viewer.me)]
    for member in conversation.members[1:]:
        waits = member in strangers
        sides.append(Membership(conversation=conversation.oid, user=member, request=waits, invited_by=viewer.me))
    await Membership.raw().insert_many([side.as_stored() for side in sides], session=work.session)


async def _once(
    viewer: Viewer, once: str | None, steps: Callable[[Work], Awaitable[Any]], conversation: Conversation
) -> ObjectId:
    try:
        await together(steps, hot=(conversation.oid, *conversation.members))
    except (DuplicateKeyError, SentAround):
        sent = await sent_before(viewer, once)
        if sent is None:
            raise
        return sent
    return conversation.oid


async def sent_before(viewer: Viewer, once: str | None) -> ObjectId | None:
    """The conversation with the message that this key has made already."""
    raw = await Message.raw().find_one({"author": viewer.me, "once": once}, {"conversation": 1}) if once else None
    return raw["conversation"] if raw else None


async def write_message(viewer: Viewer, body: str, message: ObjectId) -> Written:
    """Render the text of a message."""
    if not viewer.may("message"):
        raise Forbidden(Text(N_("You cannot write private messages.")))
    return await write(viewer.me, body, f"m{message}-")


async def reply(
    viewer: Viewer,
    conversation_id: ObjectId,
    body: str,
    *,
    once: str | None = None,
    draft: Sending | None = None,
    exact: bool = False,
) -> int:
    """Add a message to a conversation that one is a member of; gives its number.

    `exact`: the key alone says whether it is the same message, as a page's scripts take a new one for each.
    """
    conversation, side = await visible_conversation(viewer, conversation_id)
    if side.until is not None:
        raise Forbidden(Text(N_("You are not in this group any more.")))
    same = await just_answered(viewer, conversation, body) if once and not exact else None
    if same is not None:
        await drafts.finish(viewer, draft, body)
        return same.number
    message_id = ObjectId()
    if await sent_before(viewer, once) is None:
        await require_reader(viewer, conversation)
        written = await write_message(viewer, body, message_id)
        message = text_of(message_id, conversation_id, viewer, body, written, once)
        trace = await trace_of_message(viewer, body)

        async def steps(work: Work) -> None:
            await look_at_message(work, trace, viewer.me, conversation_id)
            grown = await _take_number(work, viewer, message)
            await require_taken(work, viewer, grown)
            await deliver(work, viewer, message, grown)
            await drafts.sent(work, viewer, draft, body)

        await _once(viewer, once, steps, conversation)
    else:
        await drafts.finish(viewer, draft, body)
    stored = await Message.find_one({"_id": message_id} if once is None else {"author": viewer.me, "once": once})
    return stored.number if stored else conversation.last_number


async def _take_number(work: Work, viewer: Viewer, message: Message) -> Conversation:
    """The conversation with one message more. Who is not in it any more gets no number."""
    fields = {"active_at": message.created_at, "last_author": viewer.me, "excerpt": message.excerpt}
    grown = await Conversation.raw().find_one_and_update(
        {"_id": message.conversation, "members": viewer.me},
        {"$inc": {"last_number": 1, "version": 1}, "$set": fields},
        return_document=True,
        session=work.session,
    )
    if grown is None:
        raise NotFound
    found: Conversation = Conversation.model_validate(grown)
    message.number = found.last_number
    return found


async def visible_conversation(viewer: Viewer, id: ObjectId) -> tuple[Conversation, Membership]:
    """The conversation and the viewer's side of it; `NotFound` for everyone who is not, and never was, a member."""
    side = await Membership.find_one({"conversation": id, "user": viewer.me}) if viewer.known else None
    conversation = await Conversation.get(id) if side is not None else None
    if side is None or conversation is None or side.deleted_at is not None:
        raise NotFound
    if side.cleared_to >= side.reach(conversation.last_number):
        raise NotFound
    return conversation, side


async def read_to(viewer: Viewer, conversation: ObjectId, number: int) -> None:
    """The viewer has seen the messages up to `number`. A transaction, so that none that arrives is lost."""

    async def steps(work: Work) -> None:
        unseen = await Message.count_new(conversation, viewer.me, number, viewer.blocks, work.session)
        found = await Membership.raw().find_one_and_update(
            {"conversation": conversation, "user": viewer.me, "read_to": {"$lt": number}, "until": None},
            {"$set": {"read_to": number, "unread": unseen}},
            session=work.session,
        )
        if found is not None:
            work.record(PeopleTold((viewer.me,)))
            await _show_read(work, viewer, found)

    await together(steps, hot=(conversation,))
    await read_conversation(viewer, conversation, number)


async def _show_read(work: Work, viewer: Viewer, side: Raw) -> None:
    """The others' pages look again when the viewer shows what they have read; never for what waits for consent."""
    if side.get("request"):
        return
    if await User.raw().find_one({"_id": viewer.me, "shows_read": True}, {"_id": 1}, session=work.session):
        await change(work, side["conversation"])


async def change(work: Work, conversation: ObjectId, **fields: Any) -> None:
    """Another version of the conversation; pages that have it open look again."""
    update: Raw = {"$inc": {"version": 1}} | ({"$set": fields} if fields else {})
    await Conversation.raw().update_one({"_id": conversation}, update, session=work.session)
    work.record(ConversationChanged(conversation))
