"""Keeping somebody out."""

from __future__ import annotations

from datetime import datetime

from app.accounts import logins
from app.events import PersonChanged
from app.operations.service import record, target
from app.viewer import Viewer
from app.work import Work, together
from documents import User
from documents.base import LIVE
from documents.clock import now


async def ban(viewer: Viewer, user: User, reason: str = "") -> bool:
    """Have them log in no more, and end every log-in at once; False when they were banned already."""
    changed = await _set(viewer, user, now(), reason)
    await logins.end_all(user.oid)
    return changed


async def unban(viewer: Viewer, user: User, reason: str = "") -> bool:
    """Let them in again; False when they were not banned."""
    return await _set(viewer, user, None, reason)


async def _set(viewer: Viewer, user: User, banned_at: datetime | None, reason: str) -> bool:
    guard = {"banned_at": None, **LIVE} if banned_at else {"banned_at": {"$ne": None}}

    async def steps(work: Work) -> bool:
        before = await User.raw().find_one_and_update(
            {"_id": user.oid, **guard},
            {"$set": {"banned_at": banned_at}},
            projection={"banned_at": 1},
            session=work.session,
        )
        if before is None:
            return False
        done = target("person", user.oid, {"banned_at": before["banned_at"]}, {"banned_at": banned_at})
        await record(work, viewer, "person.ban" if banned_at else "person.unban", [done], reason)
        work.record(PersonChanged(user.oid))
        return True

    return await together(steps, hot=(user.oid,))
