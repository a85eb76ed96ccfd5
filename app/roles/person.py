"""What an administrator wants to know of somebody, in facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from app.uploads.kinds import amount
from app.web.i18n import N_
from documents import Login, Operation, User
from documents.base import Raw
from documents.clock import now

State = Literal["banned", "silenced", "warned", "unconfirmed"]
STATES: Final[dict[State, str]] = {
    "banned": N_("banned"),
    "silenced": N_("silenced"),
    "warned": N_("warned"),
    "unconfirmed": N_("not confirmed"),
}
COUNTED_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Facts:
    """One person. `logins` are those that last, `operations` what staff have done, `storage` as people read it."""

    email: str
    since: datetime
    seen: datetime | None
    topics: int
    comments: int
    likes: int
    logins: int
    operations: int
    storage: str
    states: tuple[State, ...]
    banned_until: datetime | None
    silenced_until: datetime | None


def having(state: str) -> Raw:
    """The people in a state; everybody for what is none."""
    queries: dict[str, Raw] = {
        "banned": {"banned_at": {"$type": "date"}},
        "silenced": {"silenced_until": {"$gt": now()}},
        "warned": {"warned_at": {"$type": "date"}},
        "unconfirmed": {"email_confirmed_at": None},
    }
    return queries.get(state, {})


def states_of(person: User) -> tuple[State, ...]:
    """All that somebody is in."""
    found: dict[State, bool] = {
        "banned": person.banned_at is not None,
        "silenced": person.silenced_until is not None and person.silenced_until > now(),
        "warned": person.warned_at is not None,
        "unconfirmed": person.email_confirmed_at is None,
    }
    return tuple(state for state, holds in found.items() if holds)


async def facts_of(person: User) -> Facts:
    """Everything in a few queries along indexes."""
    live = {"user": person.oid, "ended_at": None, "expires_at": {"$gt": now()}}
    states = states_of(person)
    return Facts(
        email=person.email,
        since=person.created_at,
        seen=person.seen_at,
        topics=person.topic_count,
        comments=person.comment_count,
        likes=person.like_count,
        logins=await Login.raw().count_documents(live, limit=COUNTED_MOST),
        operations=await Operation.raw().count_documents({"concerns": person.oid}, limit=COUNTED_MOST),
        storage=amount(person.upload_bytes),
        states=states,
        banned_until=person.banned_until if "banned" in states else None,
        silenced_until=person.silenced_until if "silenced" in states else None,
    )
