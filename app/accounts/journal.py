"""My log-ins: when, from where and by which device, the failed ones too; and a letter about a device that is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bson import ObjectId

from app.accounts.devices import device_of
from app.accounts.logins import hashed
from app.mail import letters
from app.web.keys import TimeKey, time_key
from app.web.pages import KeyPager
from documents import Attempt, Letter, User
from documents.base import Raw
from documents.clock import now

KEPT_FOR: Final = timedelta(days=90)
# Tries for names that nobody has are stored all the same: it must not take less time.
NOBODYS_KEPT_FOR: Final = timedelta(hours=1)
SHOWN: Final = 50
# An account can be made with an address that is somebody else's: its log-ins must not fill that mailbox.
LETTERS_AN_HOUR: Final = 5
PATH: Final = "/settings/logins"
ADDRESS_CHARS: Final = 64
AGENT_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a try comes from: the address, the User-Agent header, and the token of a browser that was here before."""

    address: str
    agent: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One line of "my log-ins"."""

    at: datetime
    succeeded: bool
    address: str
    device: str
    kind: str


@dataclass(frozen=True, slots=True)
class TriesPage:
    """One page of "my log-ins"."""

    rows: tuple[LoginRow, ...]
    pager: KeyPager


async def note(user: ObjectId | None, visitor: Visitor, *, succeeded: bool) -> None:
    """Write a try down."""
    moment = now()
    attempt = Attempt(
        user=user,
        succeeded=succeeded,
        at=moment,
        expires_at=moment + (KEPT_FOR if user else NOBODYS_KEPT_FOR),
        address=visitor.address[:ADDRESS_CHARS],
        agent=visitor.agent[:AGENT_CHARS],
        device=hashed(visitor.device) if visitor.device else "",
    )
    await Attempt.raw().insert_one(attempt.as_stored())


async def note_entry(user: User, visitor: Visitor, *, locale: str) -> None:
    """Write a log-in down, and to its owner when they have not been seen with this device before."""
    new = user.tells_of_logins and bool(user.email) and await _is_new(user.oid, visitor)
    await note(user.oid, visitor, succeeded=True)
    if new and await _may_hear_more(user.oid):
        await _tell(user, visitor, locale)


async def _is_new(user: ObjectId, visitor: Visitor) -> bool:
    """Neither this browser nor one of its kind from the same address was here. The first of all is no news."""
    been: Raw = {"user": user, "succeeded": True}
    if await Attempt.raw().find_one(been, {"_id": 1}) is None:
        return False
    same: list[Raw] = [{"address": visitor.address[:ADDRESS_CHARS], "agent": visitor.agent[:AGENT_CHARS]}]
    if visitor.device:
        same.append({"device": hashed(visitor.device)})
    return await Attempt.raw().find_one({**been, "$or": same}, {"_id": 1}) is None


async def _may_hear_more(user: ObjectId) -> bool:
    lately = {"user": user, "kind": "new_login", "created_at": {"$gt": now() - timedelta(hours=1)}}
    return await Letter.raw().count_documents(lately, limit=LETTERS_AN_HOUR) < LETTERS_AN_HOUR


async def _tell(user: User, visitor: Visitor, locale: str) -> None:
    facts = {"name": user.name, "at": now(), "address": visitor.address, "device": str(device_of(visitor.agent))}
    await letters.write(
        "new_login",
        to=user.email,
        locale=user.locale or locale,
        once=f"new-login:{ObjectId()}",
        facts=facts,
        user=user.oid,
    )


async def tries(user: ObjectId, after: str | None) -> TriesPage:
    """One page of the tries, newest first: all can be reached, so that nobody hides one behind many others."""
    key = time_key(after)
    mine: Raw = {"user": user, **(key.older("at") if key else {})}
    found = await Attempt.raw().find(mine).sort([("at", -1), ("_id", -1)]).limit(SHOWN + 1).to_list()
    last = found[SHOWN - 1] if len(found) > SHOWN else None
    further = f"{PATH}?after={TimeKey(last['at'], last['_id'])}" if last else None
    return TriesPage(tuple(map(_row, found[:SHOWN])), KeyPager(next=further, first=PATH if key else None))


def _row(raw: Raw) -> LoginRow:
    device = device_of(raw["agent"])
    return LoginRow(raw["at"], raw["succeeded"], raw["address"], str(device), device.kind)


async def tell_of_logins(user: ObjectId, *, wanted: bool) -> None:
    """Whether they want letters about new devices."""
    await User.raw().update_one({"_id": user}, {"$set": {"tells_of_logins": wanted}})
