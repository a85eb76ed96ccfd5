"""Removing what one person wrote in the last hours as one act, together with a silence or a ban; and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bson import ObjectId

from app.accounts import banning, logins
from app.boards.directory import all_boards, may_read
from app.errors import Conflict, Forbidden, Invalid
from app.moderation import removals
from app.moderation.removals import DOCUMENTS, as_left, which
from app.notifications.moderated import tell_authors
from app.operations.conflicts import changed_since
from app.operations.service import record, target
from app.viewer import Viewer
from app.web.batches import in_parts
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Operation, Removal, Removed, User
from documents.base import LIVE, Raw
from documents.clock import now
from documents.operation import Target
from documents.removal import LEASE, REMOVED_KINDS, RemovedKind

VERB: Final = "person.remove"
# Hours; 0 stands for all that they ever wrote.
SPANS: Final = (1, 6, 24, 7 * 24, 0)
CHECKED_AT_ONCE: Final = 1_000
Then = Literal["", "silence", "ban"]
Counts = dict[RemovedKind, int]
SANCTIONS: Final[Mapping[Then, tuple[str, ...]]] = {
    "": (),
    "silence": ("silenced_until", "silence_reason"),
    "ban": ("banned_at", "banned_until", "ban_reason"),
}
THE_BAN: Final = N_("the ban")
THE_SILENCE: Final = N_("the silence")
# Under which name the operation says how many of a kind there were.
NUMBERS: Final[Mapping[RemovedKind, str]] = {
    "topic": "topics",
    "comment": "comments",
    "message": "messages",
    "like": "likes",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to go: of these kinds, all that was written up to `until`, in the `hours` before it or (0) ever."""

    hours: int
    until: datetime
    kinds: tuple[RemovedKind, ...] = REMOVED_KINDS

    @property
    def since(self) -> datetime | None:
        """The beginning; None for ever."""
        return self.until - timedelta(hours=self.hours) if self.hours else None


@dataclass(frozen=True, slots=True)
class Along:
    """What is done with the person besides: kept quiet or out `until` then, which for a ban may be None, for good."""

    then: Then = ""
    until: datetime | None = None

    def fields(self, moment: datetime, reason: str) -> Raw:
        """As it stands with the person."""
        if self.then == "ban":
            return {"banned_at": moment, "banned_until": self.until, "ban_reason": reason}
        return {"silenced_until": self.until, "silence_reason": reason}


async def boards_of(viewer: Viewer) -> list[ObjectId]:
    """Where they may delete the texts of others."""
    known = (await all_boards()).values()
    return [board.oid for board in known if may_read(viewer, board) and viewer.may("delete_others", board)]


async def kinds_for(viewer: Viewer) -> tuple[RemovedKind, ...]:
    """What somebody may remove: messages and likes, which no board decides about, whoever may ban."""
    texts = bool(await boards_of(viewer))
    return tuple(kind for kind in REMOVED_KINDS if (texts if kind in ("comment", "topic") else viewer.may("ban")))


async def planned(viewer: Viewer, person: ObjectId, asked: Asked, reason: str = "") -> Removal:
    """The removal that this would be, not stored yet; never more than `viewer` may remove."""
    allowed = await kinds_for(viewer)
    return Removal(
        id=ObjectId(),
        person=person,
        by=viewer.me,
        operation=ObjectId(),
        at=now(),
        since=asked.since,
        until=asked.until,
        boards=await boards_of(viewer),
        reason=reason,
        left=[kind for kind in REMOVED_KINDS if kind in asked.kinds and kind in allowed],
        due_at=now() + LEASE,
    )


async def counted(removal: Removal, work: Work | None = None) -> Counts:
    """How many things of each kind it is about that are there now."""
    session = work.session if work else None
    return {
        kind: await DOCUMENTS[kind].raw().count_documents(which(removal, kind), session=session)
        for kind in removal.left
    }


async def remove(
    viewer: Viewer, user: User, asked: Asked, *, shown: Mapping[RemovedKind, int], along: Along, reason: str
) -> int:
    """Take it all away; gives how many things there are. `Conflict` when it is more than was `shown`, or nothing."""
    if along.then and not viewer.may(along.then):
        raise Forbidden
    removal = await planned(viewer, user.oid, asked, reason)
    if not removal.left:
        raise Invalid(fields={"kinds": Text(N_("Choose at least one."))})

    async def steps(work: Work) -> int:
        await _require_none_under_way(work, user.oid)
        counts = await counted(removal, work)
        _require_as_shown(counts, shown)
        told = await _sanction(work, user, along, removal)
        numbers: Raw = {NUMBERS[kind]: count for kind, count in counts.items() if count}
        about = target("person", user.oid, told[0], {**told[1], **numbers, **_span(asked)})
        removal.operation = await record(work, viewer, VERB, [about], reason)  # type: ignore[assignment]
        removal.total = sum(counts.values())
        await removals.begin(work, removal)
        await tell_authors(work, viewer, removal.operation, VERB, [user.oid], url="", reason=reason)
        return removal.total

    total = await together(steps, hot=(user.oid,))
    if along.then == "ban":
        await logins.end_all(user.oid)
    return total


def _span(asked: Asked) -> Raw:
    return {"written_after": asked.since, "written_until": asked.until}


async def _require_none_under_way(work: Work, person: ObjectId) -> None:
    under_way: Raw = {"person": person, "due_at": {"$ne": None}}
    if await Removal.raw().find_one(under_way, {"_id": 1}, session=work.session) is not None:
        raise Conflict(Text(N_("Something of theirs is just being removed or brought back. Try again in a moment.")))


def _require_as_shown(counts: Counts, shown: Mapping[RemovedKind, int]) -> None:
    if not sum(counts.values()):
        raise Conflict(Text(N_("There is nothing of this to remove any more.")))
    if any(count > shown.get(kind, 0) for kind, count in counts.items()):
        raise Conflict(Text(N_("There is more to remove than was shown. Look again before you go on.")))


async def _sanction(work: Work, user: User, along: Along, removal: Removal) -> tuple[Raw, Raw]:
    """What was and what is; nothing where none is wanted, or they are banned already."""
    if not along.then:
        return {}, {}
    fields = along.fields(removal.at, removal.reason)
    guard: Raw = {"banned_at": None, **LIVE} if along.then == "ban" else LIVE
    before = await banning.set_within(work, user.oid, guard, fields)
    return ({}, {}) if before is None else (before, fields)


async def bring_back(work: Work, viewer: Viewer, operation: Operation) -> None:
    """Undo it, with the sanction that came along; `Conflict` says what has changed since."""
    removal = await _undoable(work, viewer, operation)
    changed = await _changed(work, removal)
    if changed:
        text = N_("Some of it (%(count)s) was changed since, so nothing was undone. You can bring back the rest.")
        raise Conflict(Text(text, count=changed))
    await _lift(work, operation.targets[0], strictly=True)
    await removals.begin_return(work, removal)


async def bring_back_rest(work: Work, viewer: Viewer, operation: Operation) -> None:
    """The same, leaving alone what was changed since."""
    removal = await _undoable(work, viewer, operation)
    await _lift(work, operation.targets[0], strictly=False)
    await removals.begin_return(work, removal)


async def _undoable(work: Work, viewer: Viewer, operation: Operation) -> Removal:
    raw = await Removal.raw().find_one({"operation": operation.oid}, session=work.session)
    if raw is None:
        raise Conflict(Text(N_("There is no way to undo this.")))
    removal: Removal = Removal.model_validate(raw)
    if not await may_return(viewer, removal, operation.targets[0]):
        raise Forbidden
    await _require_none_under_way(work, removal.person)
    return removal


async def may_return(viewer: Viewer, removal: Removal, about: Target) -> bool:
    """Who may do all of it may take it back; nobody for themselves."""
    here = set(removal.boards) & set(await all_boards())
    privately = NUMBERS["like"] in about.after or NUMBERS["message"] in about.after
    needed = [then for then, fields in SANCTIONS.items() if then and set(fields) & set(about.after)]
    needed += ["ban"] if privately else []
    if viewer.id == removal.person or not all(viewer.may(name) for name in needed):
        return False
    return here <= set(await boards_of(viewer))


async def _changed(work: Work, removal: Removal) -> int:
    """How many of its texts are not as it has left them: back, deleted by somebody else again, or purged."""
    if await Removed.raw().find_one({"removal": removal.oid}, {"_id": 1}, session=work.session) is None:
        return removal.done  # the notes are purged with what they were about
    count = 0
    for kind in ("topic", "comment", "message"):
        noted: Raw = {"removal": removal.oid, "kind": kind}
        ids = [raw["thing"] async for raw in Removed.raw().find(noted, {"thing": 1}, session=work.session)]
        for some in in_parts(ids, CHECKED_AT_ONCE):
            same: Raw = {"_id": {"$in": some}, **({} if kind == "message" else as_left(removal))}
            documents = DOCUMENTS[kind].raw()
            count += len(some) - await documents.count_documents(same, session=work.session)
    return count


async def _lift(work: Work, about: Target, *, strictly: bool) -> None:
    """End the sanction that came along. One that has ended already is as it should be; another one stays."""
    set_then = {name: about.after[name] for fields in SANCTIONS.values() for name in fields if name in about.after}
    if not set_then or about.id is None:
        return
    before = {name: about.before.get(name) for name in set_then}
    lifted = await banning.set_within(work, about.id, set_then, before)
    if lifted is not None or not strictly:
        return
    person = await User.raw().find_one({"_id": about.id}, dict.fromkeys(set_then, 1), session=work.session) or {}
    if any(person.get(name) for name in set_then if not name.endswith("reason")):
        raise changed_since(THE_BAN if "banned_at" in set_then else THE_SILENCE)
