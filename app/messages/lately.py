"""What somebody has just said: the same from another form is the same message, see `app.comments.service`."""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId

from app.comments.posting import SAME_WITHIN
from app.viewer import Viewer
from documents import Conversation, Membership, Message
from documents.base import Raw
from documents.clock import now


async def just_started(viewer: Viewer, receivers: Iterable[ObjectId], title: str, body: str) -> ObjectId | None:
    """The conversation that the viewer has begun with the same people and words a moment ago."""
    lately: Raw = {"$gt": now() - SAME_WITHIN}
    sides = Membership.raw().find({"user": viewer.me, "deleted_at": None, "sent_at": lately}, {"conversation": 1})
    which: Raw = {"_id": {"$in": [raw["conversation"] async for raw in sides]}, "started_by": viewer.me, "title": title}
    found = Conversation.raw().find({**which, "created_at": lately}, {"members": 1})
    begun = [raw["_id"] async for raw in found if set(raw["members"]) == {viewer.me, *receivers}]
    raw = await Message.raw().find_one({"conversation": {"$in": begun}, "number": 1, "body": body}, {"conversation": 1})
    return raw["conversation"] if raw else None


async def just_answered(viewer: Viewer, conversation: Conversation, body: str) -> Message | None:
    """The last message, when it is the viewer's own and says the same, from a moment ago."""
    last: Raw = {"conversation": conversation.oid, "number": conversation.last_number, "deleted_at": None}
    last |= {"author": viewer.me, "body": body, "created_at": {"$gt": now() - SAME_WITHIN}}
    return await Message.find_one(last)
