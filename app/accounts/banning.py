"""Keeping somebody out, or quiet: for a time or for good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.accounts import logins
from app.accounts.refusals import Banned
from app.events import PersonChanged
from app.operations.service import record, target
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import User
from documents.base import LIVE, Raw
from documents.clock import now

# What else belongs to the act, with the operation that it is written down as.
Then = Callable[[Work, ObjectId], Awaitable[None]]
LIFTED: Raw = {"banned_at": None, "banned_until": None, "ban_reason": ""}


async def ban(viewer: Viewer, user: User, reason: str = "", until: datetime | None = None) -> bool:
    """Have them log in no more, until then or for good, and end every log-in at once; False when it is so already."""
    fields = {"banned_at": now(), "banned_until": until, "ban_reason": reason}
    changed = await _set(viewer, user, "person.ban", {"banned_at": None, **LIVE}, fields, reason)
    await logins.end_all(user.oid)
    return changed


async def unban(viewer: Viewer, user: User, reason: str = "") -> bool:
    """Let them in again; False when they were not banned."""
    return await _set(viewer, user, "person.unban", {"banned_at": {"$ne": None}}, LIFTED, reason)


async def silence(viewer: Viewer, user: User, until: datetime, reason: str = "", then: Then | None = None) -> bool:
    """Have them read but not write until then; a silence that lasts gets a new end."""
    fields = {"silenced_until": until, "silence_reason": reason}
    return await _set(viewer, user, "person.silence", LIVE, fields, reason, then)


async def unsilence(viewer: Viewer, user: User, reason: str = "") -> bool:
    """Let them write again; False when they were not silenced."""
    fields = {"silenced_until": None, "silence_reason": ""}
    return await _set(viewer, user, "person.unsilence", {"silenced_until": {"$ne": None}}, fields, reason)


async def take_back(work: Work, person: ObjectId, before: Raw, after: Raw) -> bool:
    """Have what was set be as it was before, as part of a larger act; False when it has been changed since."""
    changed = await User.raw().update_one({"_id": person, **after}, {"$set": before}, session=work.session)
    work.record(PersonChanged(person))
    return bool(changed.matched_count)


async def _set(
    viewer: Viewer,
    user: User,
    verb: str,
    guard: Raw,
    fields: dict[str, Any],
    reason: str,
    then: Then | None = None,
) -> bool:
    async def steps(work: Work) -> bool:
        known = await set_within(work, user.oid, guard, fields)
        if known is None:
            return False
        done = await record(work, viewer, verb, [target("person", user.oid, known, fields)], reason)
        if then is not None:
            await then(work, done)
        return True

    return await together(steps, hot=(user.oid,))


async def set_within(work: Work, person: ObjectId, guard: Raw, fields: Raw) -> Raw | None:
    """Set what keeps somebody out or quiet, as part of a larger act; gives what was before, None if `guard` fails."""
    before = await User.raw().find_one_and_update(
        {"_id": person, **guard}, {"$set": fields}, projection=dict.fromkeys(fields, 1), session=work.session
    )
    if before is None:
        return None
    work.record(PersonChanged(person))
    return {name: before.get(name, "" if name.endswith("reason") else None) for name in fields}


async def require_not_banned(user: User) -> None:
    """`Banned` says why and until when, to those alone who have shown who they are. A ban that is over is lifted."""
    if user.banned_at is None:
        return
    if user.banned_until is not None and user.banned_until <= now():
        over = {"_id": user.oid, "banned_until": user.banned_until}
        await User.raw().update_one(over, {"$set": LIFTED})
        return
    raise Banned(sentence(user), user.oid)


def sentence(user: User) -> Text | None:
    """Until when somebody is banned, and why; None when neither is known."""
    until = f"{user.banned_until:%Y-%m-%d %H:%M} UTC" if user.banned_until else ""
    if until and user.ban_reason:
        text = N_("This account is banned until %(until)s. Reason: %(reason)s")
        return Text(text, until=until, reason=user.ban_reason)
    if until:
        return Text(N_("This account is banned until %(until)s."), until=until)
    if user.ban_reason:
        return Text(N_("This account is banned. Reason: %(reason)s"), reason=user.ban_reason)
    return None
