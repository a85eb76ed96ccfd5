"""Keeping somebody out."""

from __future__ import annotations

from app.accounts import logins
from app.events import PersonChanged
from app.work import tell
from documents import User
from documents.base import LIVE
from documents.clock import now


async def ban(user: User) -> bool:
    """Have them log in no more, and end every log-in at once; False when they were banned already."""
    changed = await User.raw().update_one({"_id": user.oid, "banned_at": None, **LIVE}, {"$set": {"banned_at": now()}})
    await logins.end_all(user.oid)
    await tell(PersonChanged(user.oid))
    return bool(changed.modified_count)


async def unban(user: User) -> bool:
    """Let them in again; False when they were not banned."""
    changed = await User.raw().update_one({"_id": user.oid, "banned_at": {"$ne": None}}, {"$set": {"banned_at": None}})
    await tell(PersonChanged(user.oid))
    return bool(changed.modified_count)
