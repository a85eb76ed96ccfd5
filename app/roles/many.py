"""One act on many people: giving or taking a role, silencing, ending log-ins. Each is one operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Final

from bson import ObjectId

from app.accounts.banning import set_within
from app.errors import Forbidden, Invalid
from app.events import LoginsEnded
from app.moderation.people import may_sanction, until_of
from app.operations.service import record, target
from app.permissions.book import fresh
from app.permissions.catalogue import ADMINISTRATOR
from app.roles.giving import givable, given_to, require_another, stored, take_roles
from app.roles.limits import require, require_above
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Login, User
from documents.base import LIVE, Raw
from documents.clock import now
from documents.operation import Target

BULK_MAX: Final = 50
Acting = Callable[[Work, Viewer, User], Awaitable[Target | None]]


async def give_to_many(
    viewer: Viewer, ids: Collection[ObjectId], key: str, reason: str = "", *, take: bool = False
) -> int:
    """Give these people a role, or take it from them; gives how many it has changed anything for.

    Oneself is left out of every act here, as are those for whom it is so already.
    """
    require(viewer, "manage_people")
    if not key:
        raise Invalid(Text(N_("Please choose a role.")))
    if key not in givable(await fresh()):
        raise Invalid(Text(N_("There is no such role any more. Please choose again.")))
    require_above(viewer, {key})

    async def act(work: Work, _: Viewer, person: User) -> Target | None:
        had = given_to(person)
        wanted = had - {key} if take else had | {key}
        if stored(had) == stored(wanted):
            return None
        require_above(viewer, had ^ wanted)
        return await take_roles(work, person, wanted)

    async def after(work: Work, done: list[Target]) -> None:
        if take and key == ADMINISTRATOR and done and done[0].id is not None:
            await require_another(work, done[0].id)

    return await _each(viewer, ids, "person.role", act, reason, after)


async def silence_many(viewer: Viewer, ids: Collection[ObjectId], hours: str, reason: str = "") -> int:
    """Have these people read but not write for a time; whom one may not silence is left out."""
    require(viewer, "silence")
    until = until_of(hours)
    if until is None:
        raise Invalid(Text(N_("Please choose for how long.")))
    fields: Raw = {"silenced_until": until, "silence_reason": reason}

    async def act(work: Work, _: Viewer, person: User) -> Target | None:
        if not may_sanction(viewer, person):
            return None
        before = await set_within(work, person.oid, LIVE, fields)
        return None if before is None else target("person", person.oid, before, fields)

    return await _each(viewer, ids, "person.silence", act, reason)


async def end_logins_of_many(viewer: Viewer, ids: Collection[ObjectId], reason: str = "") -> int:
    """Log these people out everywhere; administrators only by administrators."""
    require(viewer, "manage_people")

    async def act(work: Work, _: Viewer, person: User) -> Target | None:
        if person.role == "admin" and ADMINISTRATOR not in viewer.held:
            return None
        live: Raw = {"user": person.oid, "ended_at": None, "expires_at": {"$gt": now()}}
        logins = await Login.raw().distinct("_id", live, session=work.session)
        if not logins:
            return None
        ended = {"$set": {"ended_at": now()}}
        await Login.raw().update_many({"_id": {"$in": logins}}, ended, session=work.session)
        work.record(LoginsEnded(tuple(logins)))
        return target("person", person.oid, {"logins": len(logins)}, {"logins": 0})

    return await _each(viewer, ids, "person.logout", act, reason)


async def _nothing(_: Work, __: list[Target]) -> None:
    """Where nothing has to be looked at when all is done."""


async def _each(
    viewer: Viewer,
    ids: Collection[ObjectId],
    verb: str,
    act: Acting,
    reason: str,
    after: Callable[[Work, list[Target]], Awaitable[None]] = _nothing,
) -> int:
    chosen = _some(ids)

    async def steps(work: Work) -> int:
        done: list[Target] = []
        found = User.raw().find({"_id": {"$in": chosen, "$ne": viewer.me}, **LIVE}, session=work.session).sort("_id")
        for person in [User.model_validate(raw) async for raw in found]:
            changed = await act(work, viewer, person)
            done += [] if changed is None else [changed]
        await after(work, done)
        if done:
            await record(work, viewer, verb, done, reason)
        return len(done)

    return await together(steps, hot=chosen)


def _some(ids: Collection[ObjectId]) -> list[ObjectId]:
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise Invalid(Text(N_("Choose at least one person.")))
    if len(chosen) > BULK_MAX:
        raise Invalid(Text(N_("Choose at most %(count)s at once."), count=BULK_MAX))
    return chosen


ACTS: Final = ("give", "take", "silence", "logout")


async def do_to_many(viewer: Viewer, ids: Collection[ObjectId], act: str, *, role: str, hours: str, reason: str) -> int:
    """One of `ACTS`."""
    if act not in ACTS:
        raise Forbidden
    if act in ("give", "take"):
        return await give_to_many(viewer, ids, role, reason, take=act == "take")
    if act == "silence":
        return await silence_many(viewer, ids, hours, reason)
    return await end_logins_of_many(viewer, ids, reason)
