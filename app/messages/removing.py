"""What moderators do with a message that was reported: nobody reads it any more, and the way back."""

from __future__ import annotations

from bson import ObjectId

from app.errors import Conflict
from app.messages.clearing import delete_unowned
from app.messages.service import change
from app.notifications.moderated import tell_authors
from app.notifications.service import bring_back, withdraw
from app.operations.service import record, target
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work
from documents import Conversation, Message
from documents.base import RESTORED, Raw, deletion
from documents.clock import now


async def remove(work: Work, viewer: Viewer, message: Message, reason: str) -> ObjectId:
    """Leave a line in its place that says so; gives the operation. Its author hears of it."""
    marks = deletion(now(), viewer.me, "moderator", reason)
    await mark_again(work, message, marks)
    done = target("message", message.oid, RESTORED, marks)
    act = await record(work, viewer, "message.delete", [done], reason, concerns=[message.author])
    await tell_authors(work, viewer, act, "message.delete", [message.author], url="", reason=reason)
    return act


async def put_back(work: Work, message: Message) -> None:
    """Have it be read again, as part of a larger act."""
    await mark_again(work, message, RESTORED)


async def mark_again(work: Work, message: Message, marks: Raw) -> None:
    """Set the marks of a removal, or of none; `Conflict` when it is so already, or nobody has the message any more."""
    gone = marks["deleted_at"] is not None
    guard: Raw = {"_id": message.oid, "deleted_as": None if gone else "moderator"}
    changed = await Message.raw().update_one(guard, {"$set": marks}, session=work.session)
    if not changed.modified_count:
        raise Conflict(Text(N_("It is not there any more.")))
    last: Raw = {"_id": message.conversation, "last_number": message.number}
    excerpt = {"$set": {"excerpt": "" if gone else message.excerpt}}
    await Conversation.raw().update_one(last, excerpt, session=work.session)
    await (withdraw if gone else bring_back)(work, {"subject": message.oid})
    if not gone:
        await delete_unowned(work, message.conversation)
    await change(work, message.conversation)
