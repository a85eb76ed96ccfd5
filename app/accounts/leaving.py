"""Leaving: an account is deleted softly, with time to regret it. What is erased after that: app.mydata.erasing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from bson import ObjectId

from app.accounts import logins, tokens
from app.errors import Conflict, NotFound
from app.events import PersonChanged
from app.mail import letters
from app.operations.service import record, target
from app.settings import Settings
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import User
from documents.base import LIVE, RESTORED, Raw, deletion
from documents.clock import now

# Somebody who has typed the right password of an account that they have deleted has this long to take it back.
DOOR_OPEN: Final = timedelta(hours=1)


class HasLeft(Exception):
    """The password is right, but its owner has deleted the account and may take it back."""

    def __init__(self, user: User) -> None:
        self.user = user
        super().__init__()


def left_by_themselves(user: ObjectId) -> Raw:
    """The part of a query for an account that its owner has deleted and may take back: its erasure has not begun."""
    return {**to_be_erased(user), "password_hash": {"$ne": ""}}


def to_be_erased(user: ObjectId) -> Raw:
    """The part of a query for an account that its owner has deleted and that is not erased to the end."""
    return {"_id": user, "deleted_at": {"$ne": None}, "deleted_as": "author", "deleted_by": user, "erased_at": None}


async def leave(viewer: Viewer, settings: Settings, locale: str) -> None:
    """Hide the account, end its log-ins and tell its owner how to take it back. Conflict for the last administrator."""
    grace = timedelta(days=settings.account_grace_days)

    async def steps(work: Work) -> None:
        user = await User.raw().find_one({"_id": viewer.me, **LIVE}, session=work.session)
        if user is None:
            raise NotFound
        await _require_successor(work, user)
        marks = deletion(now(), viewer.me, "author", "")
        await User.raw().update_one({"_id": viewer.me}, {"$set": marks}, session=work.session)
        link, token = await tokens.issue("undelete", viewer.me, email=user["email"], session=work.session, lasts=grace)
        await letters.write(
            "account_deleted",
            to=user["email"],
            locale=locale,
            once=f"undelete:{token}",
            facts={"name": User.model_validate(user).name, "link": f"/welcome-back/{link}", "until": now() + grace},
            user=viewer.me,
            work=work,
        )
        work.record(PersonChanged(viewer.me))

    await together(steps, hot=(viewer.me,))
    await logins.end_all(viewer.me)


async def _require_successor(work: Work, user: Raw) -> None:
    """Not even when two last administrators leave at the same time."""
    if user["role"] != "admin":
        return
    if not await User.other_admin(user["_id"], work.session):
        raise Conflict(Text(N_("You are the only administrator. Make somebody else one first.")))


async def open_door(user: User) -> str:
    """The path of the page where somebody who has just given their password takes the account back."""
    secret, _ = await tokens.issue("undelete", user.oid, email=user.email, lasts=DOOR_OPEN)
    return f"/welcome-back/{secret}"


async def who_may_return(secret: str) -> User:
    """The deleted account that this token gives back; NotFound when there is none any more."""
    token = await tokens.found(secret, "undelete")
    found: User | None = None if token is None else await User.find_one(left_by_themselves(token.user))
    if found is None:
        raise NotFound
    return found


async def come_back(secret: str) -> User:
    """Undo the deletion, once."""
    user = await who_may_return(secret)

    async def steps(work: Work) -> None:
        token = await tokens.use(secret, "undelete", session=work.session)
        changed = await User.raw().update_one(left_by_themselves(user.oid), {"$set": RESTORED}, session=work.session)
        if token is None or not changed.modified_count:
            raise NotFound
        await tokens.void(user.oid, "undelete", session=work.session)
        work.record(PersonChanged(user.oid))

    await together(steps, hot=(user.oid,))
    return user


Then = Callable[[Work, Viewer, ObjectId, ObjectId], Awaitable[None]]


async def bring_back(viewer: Viewer, person: ObjectId, then: Then) -> bool:
    """Undo somebody's deletion for them; False when they have not left, or their erasure has begun.

    `then` is what else belongs to the act, with the operation that it is written down as.
    """

    async def steps(work: Work) -> bool:
        before = await User.raw().find_one_and_update(
            left_by_themselves(person), {"$set": RESTORED}, dict.fromkeys(RESTORED, 1), session=work.session
        )
        if before is None:
            return False
        await tokens.void(person, "undelete", session=work.session)
        marks = {name: before.get(name) for name in RESTORED}
        done = await record(work, viewer, "person.restore", [target("person", person, marks, RESTORED)])
        await then(work, viewer, person, done)
        work.record(PersonChanged(person))
        return True

    return await together(steps, hot=(person,))
