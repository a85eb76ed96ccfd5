"""Deleting for oneself: a conversation up to now, or a single message. What nobody has any more is deleted for good."""

from __future__ import annotations

from bson import ObjectId

from app.errors import NotFound
from app.events import PeopleTold
from app.files.links import touch
from app.messages.service import change, visible_conversation
from app.notifications.service import read_conversation
from app.viewer import Viewer
from app.work import Work, tell, together
from documents import Conversation, Membership, Message
from documents.base import Raw
from documents.clock import now


async def delete_for_me(viewer: Viewer, id: ObjectId) -> None:
    """Take a conversation out of one's own lists; the others keep it."""
    await visible_conversation(viewer, id)
    last = await together(lambda work: clear(work, viewer, id), hot=(id,))
    await read_conversation(viewer, id, last)
    await tell(PeopleTold((viewer.me,)))


async def clear(work: Work, viewer: Viewer, id: ObjectId) -> int:
    """Forget everything up to the last message for the viewer; gives its number."""
    last = await _last(work, id)
    gone: Raw = {"deleted_at": now(), "received_at": None, "sent_at": None, "archived_at": None}
    marks = {"cleared_to": last, "read_to": last, "unread": 0, "gaps": [], **gone}
    await Membership.raw().update_one({"conversation": id, "user": viewer.me}, {"$set": marks}, session=work.session)
    await delete_unowned(work, id)
    return last


async def _last(work: Work, id: ObjectId) -> int:
    """The number of the last message. Written to, so that neither a new message nor another side's deletion comes
    between: each would have seen the conversation without the other.
    """
    found = await Conversation.raw().find_one_and_update(
        {"_id": id}, {"$set": {"cleared_at": now()}}, projection={"last_number": 1}, session=work.session
    )
    if found is None:
        raise NotFound
    return int(found["last_number"])


async def delete_unowned(work: Work, conversation: ObjectId) -> None:
    """Messages that every member has deleted, or never had, are soft-deleted for good."""
    which: Raw = {"conversation": conversation}
    sides = [Membership.model_validate(raw) async for raw in Membership.raw().find(which, session=work.session)]
    unowned: Raw = {**which, "deleted_at": None, "$and": [side.uncovered for side in sides] or [{}]}
    gone = {"deleted_at": now(), "deleted_as": "author"}
    await Message.raw().update_many(unowned, {"$set": gone}, session=work.session)


async def visible_message(viewer: Viewer, conversation_id: ObjectId, number: int) -> Message:
    """A message that the viewer may see; `NotFound` for all others."""
    _, side = await visible_conversation(viewer, conversation_id)
    raw = await Message.raw().find_one({"conversation": conversation_id, "number": number, "deleted_at": None})
    message: Message | None = Message.model_validate(raw) if raw else None
    if message is None or not side.covers(number, message.hidden_for):
        raise NotFound
    return message


async def hide(viewer: Viewer, conversation_id: ObjectId, number: int) -> None:
    """Delete one message for the viewer; a second time it is not there."""
    message = await visible_message(viewer, conversation_id, number)

    async def steps(work: Work) -> None:
        await _last(work, conversation_id)
        which = {"_id": message.oid}
        await Message.raw().update_one(which, {"$addToSet": {"hidden_for": viewer.me}}, session=work.session)
        await touch(message.uploads, work.session)
        await _count_again(work, viewer, conversation_id)
        await delete_unowned(work, conversation_id)
        work.record(PeopleTold((viewer.me,)))
        await change(work, conversation_id)

    await together(steps, hot=(conversation_id,))


async def _count_again(work: Work, viewer: Viewer, conversation: ObjectId) -> None:
    which: Raw = {"conversation": conversation, "user": viewer.me, "until": None}
    side = await Membership.raw().find_one({**which, "unread": {"$gt": 0}}, {"read_to": 1}, session=work.session)
    if side is not None:
        left = await Message.count_new(conversation, viewer.me, side["read_to"], viewer.blocks, work.session)
        await Membership.raw().update_one(which, {"$set": {"unread": left}}, session=work.session)
