"""Single messages, and what one does with a conversation on one's own side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bson import ObjectId

from app.api.conversations import MessageIn, MessageSent
from app.api.parsing import checked
from app.api.table import operation
from app.messages import clearing, editing, groups, keeping
from app.messages.forms import ReplyForm
from app.viewer import Viewer
from app.web.context import plumbing, spend, viewer
from app.web.limits import Limit
from app.web.needs import needs

PATH = "/conversations/<oid:conversation_id>"
ONE = f"{PATH}/messages/<int:number>"
Act = Callable[[Viewer, ObjectId], Awaitable[None]]


@operation(
    "PATCH",
    ONE,
    "Edit a message that you sent a moment ago",
    scope="messages",
    need=needs("message"),
    takes=MessageIn,
    gives=MessageSent,
)
async def edit_message(conversation_id: ObjectId, number: int, body: MessageIn) -> MessageSent:
    """What it said before stays readable in the conversation."""
    form = checked(ReplyForm, body=body.body)
    minutes = plumbing().settings.message_edit_minutes
    message = await editing.editable(viewer(), conversation_id, number, minutes)
    await spend(Limit.EDIT)
    await editing.edit(viewer(), message, form.text("body"), seen=message.edit_count)
    return MessageSent(number=number)


@operation("DELETE", ONE, "Delete a message for yourself", scope="messages")
async def delete_message(conversation_id: ObjectId, number: int) -> None:
    """The others keep their copy."""
    await clearing.hide(viewer(), conversation_id, number)


def _own_side(verb: str, put: Act, take: Act, does: str, undoes: str) -> None:
    """The two operations of what somebody does with their side of a conversation."""

    async def begin(conversation_id: ObjectId) -> None:
        await put(viewer(), conversation_id)

    async def end(conversation_id: ObjectId) -> None:
        await take(viewer(), conversation_id)

    begin.__name__, end.__name__ = f"{verb}_conversation", f"un{verb}_conversation"
    operation("PUT", f"{PATH}/{verb}", does, scope="messages")(begin)
    operation("DELETE", f"{PATH}/{verb}", undoes, scope="messages")(end)


_own_side("mute", keeping.mute, keeping.unmute, "Mute a conversation", "Hear of a conversation again")
_own_side("archive", keeping.archive, keeping.unarchive, "Archive a conversation", "Bring a conversation back")


@operation("POST", f"{PATH}/accept", "Accept a request", scope="messages")
async def accept_request(conversation_id: ObjectId) -> None:
    """Let somebody in whom you did not know."""
    await keeping.accept(viewer(), conversation_id)


@operation("POST", f"{PATH}/decline", "Decline a request", scope="messages")
async def decline_request(conversation_id: ObjectId) -> None:
    """Nobody is told."""
    await keeping.decline(viewer(), conversation_id)


@operation("POST", f"{PATH}/leave", "Leave a group", scope="messages")
async def leave_group(conversation_id: ObjectId) -> None:
    """What was said until then stays yours to read."""
    await groups.leave(viewer(), conversation_id)
