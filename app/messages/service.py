"""Private messages: only the members of a conversation know of it, and each deletes it for themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.comments.rendering import Written, write
from app.drafts import service as drafts
from app.drafts.service import Sending
from app.errors import Forbidden, NotFound
from app.events import PeopleTold
from app.files.links import touch
from app.messages.reaching import receiver_named, require_reader, require_taken
from app.notifications.service import notify, read_conversation
from app.text.model import RENDERER_VERSION
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, tell, together
from documents import Conversation, Membership, Message
from documents.base import Raw
from documents.clock import now


async def start(
    viewer: Viewer, *, to: str, title: str, body: str, once: str | None = None, draft: Sending | None = None
) -> ObjectId:
    """Write to somebody; gives the conversation. The same `once` key again gives the one that is there already."""
    sent = await _sent_before(viewer, once)
    if sent is not None:
        await drafts.finish(viewer, draft, body)
        return sent
    receiver = await receiver_named(viewer, to)
    message_id = ObjectId()
    written = await write_message(viewer, body, message_id)
    moment = now()
    conversation = Conversation(
        id=ObjectId(),
        title=title,
        started_by=viewer.me,
        members=[viewer.me, receiver.oid],
        created_at=moment,
        active_at=moment,
        last_author=viewer.me,
        excerpt=written.excerpt,
    )
    message = _message(message_id, conversation.oid, viewer, body, written, once)

    async def steps(work: Work) -> None:
        await require_taken(work, viewer, receiver.oid, first=True)
        await Conversation.raw().insert_one(conversation.as_stored(), session=work.session)
        sides = [Membership(conversation=conversation.oid, user=member) for member in conversation.members]
        await Membership.raw().insert_many([side.as_stored() for side in sides], session=work.session)
        await _deliver(work, message, conversation.members)
        await drafts.sent(work, viewer, draft, body)

    return await _once(viewer, once, steps, conversation)


async def _once(
    viewer: Viewer, once: str | None, steps: Callable[[Work], Awaitable[None]], conversation: Conversation
) -> ObjectId:
    try:
        await together(steps, hot=(conversation.oid, *conversation.members))
    except DuplicateKeyError:
        sent = await _sent_before(viewer, once)
        if sent is None:
            raise
        return sent
    return conversation.oid


async def _sent_before(viewer: Viewer, once: str | None) -> ObjectId | None:
    raw = await Message.raw().find_one({"author": viewer.me, "once": once}, {"conversation": 1}) if once else None
    return raw["conversation"] if raw else None


async def write_message(viewer: Viewer, body: str, message: ObjectId) -> Written:
    """Render the text of a message."""
    if not viewer.may("message"):
        raise Forbidden(Text(N_("You cannot write private messages.")))
    return await write(viewer.me, body, f"m{message}-")


def _message(
    id: ObjectId, conversation: ObjectId, viewer: Viewer, body: str, written: Written, once: str | None
) -> Message:
    return Message(
        id=id,
        conversation=conversation,
        number=1,
        author=viewer.me,
        body=body,
        html=written.html,
        renderer=RENDERER_VERSION,
        created_at=now(),
        once=once,
        uploads=list(written.uploads),
    )


async def reply(
    viewer: Viewer, conversation_id: ObjectId, body: str, *, once: str | None = None, draft: Sending | None = None
) -> int:
    """Add a message to a conversation that one is a member of; gives its number."""
    conversation, _ = await visible_conversation(viewer, conversation_id)
    await require_reader(viewer, conversation.members)
    message_id = ObjectId()
    written = await write_message(viewer, body, message_id)
    message = _message(message_id, conversation_id, viewer, body, written, once)

    async def steps(work: Work) -> None:
        for member in conversation.members:
            if member != viewer.me:
                await require_taken(work, viewer, member, first=False)
        fields = {"active_at": message.created_at, "last_author": viewer.me, "excerpt": written.excerpt}
        grown = await Conversation.raw().find_one_and_update(
            {"_id": conversation_id},
            {"$inc": {"last_number": 1}, "$set": fields},
            return_document=True,
            session=work.session,
        )
        if grown is None:
            raise NotFound
        message.number = grown["last_number"]
        await _deliver(work, message, conversation.members)
        await drafts.sent(work, viewer, draft, body)

    if await _sent_before(viewer, once) is None:
        await _once(viewer, once, steps, conversation)
    else:
        await drafts.finish(viewer, draft, body)
    stored = await Message.find_one({"_id": message_id} if once is None else {"author": viewer.me, "once": once})
    return stored.number if stored else message.number


async def _deliver(work: Work, message: Message, members: Sequence[ObjectId]) -> None:
    """Store the message, put it on each member's side, and tell the others."""
    await Message.raw().insert_one(message.as_stored(), session=work.session)
    await touch(message.uploads, work.session)
    others = [member for member in members if member != message.author]
    at = message.created_at
    mine = {"conversation": message.conversation, "user": message.author}
    own = {"sent_at": at, "read_to": message.number, "unread": 0, "deleted_at": None}
    await Membership.raw().update_one(mine, {"$set": own}, session=work.session)
    await Membership.raw().update_many(
        {"conversation": message.conversation, "user": {"$in": others}},
        {"$set": {"received_at": at, "deleted_at": None}, "$inc": {"unread": 1}},
        session=work.session,
    )
    subject: Raw = {"subject": message.oid, "actor": message.author, "conversation": message.conversation}
    await notify(work, {member: ["message"] for member in others}, {**subject, "number": message.number})
    work.record(PeopleTold((message.author,)))


async def visible_conversation(viewer: Viewer, id: ObjectId) -> tuple[Conversation, Membership]:
    """The conversation and the viewer's side of it; `NotFound` for everyone who is not a member."""
    side = await Membership.find_one({"conversation": id, "user": viewer.me}) if viewer.known else None
    conversation = await Conversation.get(id) if side is not None else None
    if side is None or conversation is None or side.cleared_to >= conversation.last_number:
        raise NotFound
    return conversation, side


async def read_to(viewer: Viewer, conversation: ObjectId, number: int) -> None:
    """The viewer has seen the messages up to `number`. A transaction, so that none that arrives is lost."""

    async def steps(work: Work) -> None:
        later = {"conversation": conversation, "number": {"$gt": number}, "author": {"$ne": viewer.me}}
        unseen = await Message.raw().count_documents(later, session=work.session)
        found = await Membership.raw().update_one(
            {"conversation": conversation, "user": viewer.me, "read_to": {"$lt": number}},
            {"$set": {"read_to": number, "unread": unseen}},
            session=work.session,
        )
        if found.modified_count:
            work.record(PeopleTold((viewer.me,)))

    await together(steps, hot=(conversation,))
    await read_conversation(viewer, conversation, number)


async def delete_for_me(viewer: Viewer, id: ObjectId) -> None:
    """Take a conversation out of one's own lists; the other side keeps it."""
    await visible_conversation(viewer, id)

    async def steps(work: Work) -> int:
        last = await _clear(work, id)
        gone: Raw = {"deleted_at": now(), "received_at": None, "sent_at": None}
        marks = {"cleared_to": last, "read_to": last, "unread": 0, **gone}
        await Membership.raw().update_one(
            {"conversation": id, "user": viewer.me}, {"$set": marks}, session=work.session
        )
        await _delete_unowned(work, id)
        return last

    await read_conversation(viewer, id, await together(steps, hot=(id,)))
    await tell(PeopleTold((viewer.me,)))


async def _clear(work: Work, id: ObjectId) -> int:
    """The number of the last message. Written to, so that neither a new message nor the other side's deletion comes
    between: each would have seen the conversation without the other.
    """
    found = await Conversation.raw().find_one_and_update(
        {"_id": id}, {"$set": {"cleared_at": now()}}, projection={"last_number": 1}, session=work.session
    )
    if found is None:
        raise NotFound
    return int(found["last_number"])


async def _delete_unowned(work: Work, conversation: ObjectId) -> None:
    """Messages that every member has deleted are soft-deleted for good."""
    sides = await Membership.raw().find({"conversation": conversation}, session=work.session).to_list()
    cleared = min(side["cleared_to"] for side in sides)
    await Message.raw().update_many(
        {"conversation": conversation, "number": {"$lte": cleared}, "deleted_at": None},
        {"$set": {"deleted_at": now(), "deleted_as": "author"}},
        session=work.session,
    )
