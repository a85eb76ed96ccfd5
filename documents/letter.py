"""E-mail that is to be sent: written down with what causes it, so that it is never lost, and under a key, so that it is
never sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal, get_args

from bson import ObjectId
from pymongo import IndexModel

from documents.base import Field, Id, Raw, Record, Session, index
from documents.clock import now

LetterState = Literal["waiting", "sent", "failed", "dropped"]
STATES: Final[tuple[LetterState, ...]] = get_args(LetterState)
# Facts that open doors: they are erased once the letter is sent, and never shown beside it.
SECRET_FACTS: Final = ("link", "code")


class Letter(Record):
    """One e-mail to one address. `facts` are what its template prints; secrets in them are erased once it is sent.

    `once` is what makes it the same letter however often it is asked for, such as `confirm:<token id>`.
    `leased_until` belongs to the process that is sending it now; `due_at` is when to try (again), `good_until` when it
    is too late. `dropped` letters were not worth sending any more; `subject` is that of the letter as it was sent.
    """

    once: str
    kind: str
    to: str
    locale: str
    user: Id | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    state: LetterState = "waiting"
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    good_until: datetime | None = None
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    subject: str = ""
    error: str = ""

    class Settings:
        """Collection and indexes."""

        name = "letters"
        indexes: ClassVar[list[IndexModel]] = [
            index("once", unique=True),
            index("state", "due_at"),
            index("user", "-created_at"),
            index("state", "-_id"),
            index("created_at"),
            index("to", "-_id"),
            index("user", where={"kind": "digest", "state": "waiting"}),
            index("user", "kind", where={"kind": "gathered", "state": "waiting"}),
        ]

    @classmethod
    async def waiting(cls, since: datetime, limit: int) -> list[ObjectId]:
        """Up to `limit` letters that have been due since `since` or longer and that nobody is sending."""
        free: Raw = {"$or": [{"leased_until": None}, {"leased_until": {"$lt": now()}}]}
        found = cls.raw().find({"state": "waiting", "due_at": {"$lte": since}, **free}, {"_id": 1})
        return [raw["_id"] async for raw in found.sort("due_at").limit(limit)]

    @classmethod
    async def claim(cls, letter: ObjectId, lease: timedelta) -> Letter | None:
        """Have it to oneself for a while, if it is due and nobody else has it: only one of many gets it."""
        moment = now()
        free: Raw = {"$or": [{"leased_until": None}, {"leased_until": {"$lt": moment}}]}
        raw = await cls.raw().find_one_and_update(
            {"_id": letter, "state": "waiting", "due_at": {"$lte": moment}, **free},
            {"$set": {"leased_until": moment + lease}, "$inc": {"attempts": 1}},
            return_document=True,
        )
        return None if raw is None else cls.model_validate(raw)

    async def note(self, state: LetterState, *, session: Session = None, **fields: Any) -> bool:
        """Say what has become of a letter that one has claimed; its secrets go with a letter that is done.

        False when that is known already.
        """
        change: Raw = {"$set": {"state": state, "leased_until": None, **fields}}
        if state in ("sent", "dropped"):
            change["$unset"] = {f"facts.{name}": "" for name in SECRET_FACTS}
        changed = await type(self).raw().update_one({"_id": self.oid, "state": "waiting"}, change, session=session)
        return bool(changed.matched_count)

    @classmethod
    async def awaiting(cls, kind: str, people: Iterable[ObjectId], session: Session) -> set[ObjectId]:
        """Those of `people` for whom a digest waits, or another letter of this kind."""
        which: Raw = {"user": {"$in": list(people)}, "kind": kind, "state": "waiting"}
        return {raw["user"] for raw in await cls.raw().find(which, {"user": 1}, session=session).to_list()}

    @classmethod
    async def again(cls, letter: ObjectId) -> bool:
        """Try a failed one once more, from the first attempt; False when it has not failed."""
        change: Raw = {"$set": {"state": "waiting", "due_at": now(), "attempts": 0, "leased_until": None}}
        changed = await cls.raw().update_one({"_id": letter, "state": "failed"}, change)
        return bool(changed.modified_count)
