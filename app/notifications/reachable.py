"""Whether e-mail about notices reaches somebody: a confirmed address of a live account that does not refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bson import ObjectId

from app.work import Work
from documents import User
from documents.base import Raw
from documents.clock import now
from documents.notification import EmailSkipped

# So often in a row an address may refuse e-mail for good before no more is sent there.
REFUSALS_MOST: Final = 3
REASON_MAX_CHARS: Final = 200
FIELDS: Final = ("deleted_at", "banned_at", "banned_until", "email", "email_confirmed_at", "mail_trouble")


def why_unreachable(person: Mapping[str, Any]) -> EmailSkipped:
    """Why nothing is sent to this person, of whom `FIELDS` were read; empty when it is."""
    if person.get("deleted_at") is not None or _is_banned(person):
        return "off"
    if person.get("email_confirmed_at") is None or not person.get("email"):
        return "unconfirmed"
    return "paused" if trouble_of(person) else ""


def _is_banned(person: Mapping[str, Any]) -> bool:
    until = person.get("banned_until")
    return person.get("banned_at") is not None and (until is None or until > now())


def trouble_of(person: Mapping[str, Any]) -> str:
    """What the server said last, once e-mail is paused because this very address refuses it; else empty."""
    trouble = person.get("mail_trouble") or {}
    paused = trouble.get("count", 0) >= REFUSALS_MOST and trouble.get("address") == person.get("email")
    return str(trouble.get("reason") or "?") if paused else ""


async def note_refusal(work: Work, user: ObjectId, address: str, reason: str) -> None:
    """The server has refused this address for good, once more."""
    found = await User.raw().find_one({"_id": user}, {"mail_trouble": 1}, session=work.session)
    known = (found or {}).get("mail_trouble") or {}
    count = known.get("count", 0) + 1 if known.get("address") == address else 1
    trouble: Raw = {"address": address, "count": count, "reason": reason[:REASON_MAX_CHARS], "at": now()}
    await User.raw().update_one({"_id": user}, {"$set": {"mail_trouble": trouble}}, session=work.session)


async def note_arrival(work: Work, user: ObjectId) -> None:
    """The server has taken something: what was before is forgotten."""
    troubled: Raw = {"_id": user, "mail_trouble": {"$nin": [None, {}]}}
    await User.raw().update_one(troubled, {"$set": {"mail_trouble": {}}}, session=work.session)
