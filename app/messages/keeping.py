"""One's own side of a conversation: put away, muted, and whether a request is accepted."""

from __future__ import annotations

from bson import ObjectId

from app.errors import Forbidden
from app.events import ConversationChanged, PeopleTold
from app.messages import groups
from app.messages.clearing import delete_for_me
from app.messages.service import visible_conversation
from app.users import blocks
from app.viewer import Viewer
from app.work import Work, tell, together
from documents import Conversation, Membership, User
from documents.base import Raw
from documents.clock import now


async def archive(viewer: Viewer, id: ObjectId) -> None:
    """Out of the inbox, until something new is said."""
    await _keep(viewer, id, archived_at=now())


async def unarchive(viewer: Viewer, id: ObjectId) -> None:
    """Back into it."""
    await _keep(viewer, id, archived_at=None)


async def mute(viewer: Viewer, id: ObjectId) -> None:
    """Nothing new in it is told or counted."""
    await _keep(viewer, id, muted=True)


async def unmute(viewer: Viewer, id: ObjectId) -> None:
    """Hear of it again."""
    await _keep(viewer, id, muted=False)


async def accept(viewer: Viewer, id: ObjectId) -> None:
    """Let the conversation into the inbox; whoever wrote is no stranger from now on. A second time changes nothing."""
    _, side = await visible_conversation(viewer, id)
    if side.request:
        await _keep(viewer, id, request=False, declined_at=None, accepted_at=now())
        await Conversation.raw().update_one({"_id": id}, {"$inc": {"version": 1}})
        await tell(ConversationChanged(id))


async def _keep(viewer: Viewer, id: ObjectId, **fields: object) -> None:
    await visible_conversation(viewer, id)
    await Membership.raw().update_one({"conversation": id, "user": viewer.me}, {"$set": fields})
    await tell(PeopleTold((viewer.me,)))


async def decline(viewer: Viewer, id: ObjectId) -> None:
    """Take no more of who asked; a second time changes nothing. They do not learn of it, and it can be accepted later.

    Of a group one is no member any more. As delivery does, it writes to the viewer: of two at once one sees the other.
    """
    conversation = await _requested(viewer, id)

    async def steps(work: Work) -> None:
        side: Raw = {"conversation": id, "user": viewer.me, "request": True}
        await Membership.raw().update_one(side, {"$set": {"declined_at": now()}}, session=work.session)
        await User.raw().update_one({"_id": viewer.me}, {"$inc": {"messages_got": 1}}, session=work.session)
        work.record(PeopleTold((viewer.me,)))

    await together(steps, hot=(id, viewer.me))
    if conversation.group:
        await _drop(viewer, conversation)


async def block(viewer: Viewer, id: ObjectId) -> ObjectId:
    """Delete a request and block whoever sent it; gives the person."""
    conversation = await _requested(viewer, id)
    _, side = await visible_conversation(viewer, id)
    person = side.invited_by or conversation.started_by
    await blocks.block(viewer, person)
    await _drop(viewer, conversation)
    return person


async def _requested(viewer: Viewer, id: ObjectId) -> Conversation:
    conversation, side = await visible_conversation(viewer, id)
    if not side.request:
        raise Forbidden
    return conversation


async def _drop(viewer: Viewer, conversation: Conversation) -> None:
    if conversation.group:
        await groups.leave(viewer, conversation.oid)
    await delete_for_me(viewer, conversation.oid)


async def waiting(viewer: Viewer, limit: int = 100) -> int:
    """How many requests somebody has."""
    which: Raw = {"user": viewer.me, "request": True, "declined_at": None, "deleted_at": None}
    return await Membership.raw().count_documents(which, limit=limit)
