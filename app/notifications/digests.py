"""What a digest says: everything that waits for it, by topic, looked up as it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bson import ObjectId

from app.mail.delivery import Undelivered
from app.mail.errands import After, Prepared
from app.notifications import letters, wording
from app.notifications.addressee import Addressee, addressee
from app.notifications.errands import REASONS_WHY
from app.notifications.headers import Headers
from app.notifications.pages import Notice
from app.notifications.reachable import note_arrival, note_refusal
from app.notifications.unsubscribing import path_for
from app.web.i18n import current_zone
from app.web.pages import Locale
from app.work import Work
from documents import Letter, Notification
from documents.base import Raw
from documents.clock import now
from documents.letter import LetterState
from documents.notification import EmailSkipped

# Of so many notices a digest is made; so many topics stand in it, and so many notices under each.
WAITING_MAX: Final = 500
GROUPS: Final = 10
NEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One notice."""

    sentence: str
    excerpt: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """What waits about one topic, or about none (`title` is empty), newest first; `more` are left out."""

    title: str
    url: str
    lines: tuple[Line, ...]
    more: int

    @property
    def count(self) -> int:
        """How many there are in all."""
        return len(self.lines) + self.more


@dataclass(slots=True)
class Sorted:
    """What waited: what is told of now, and what is not, with the reason."""

    told: list[tuple[Notification, Notice]] = field(default_factory=list)
    skipped: dict[EmailSkipped, list[ObjectId]] = field(default_factory=dict)

    def leave_out(self, why: EmailSkipped, row: Notification) -> None:
        """This is not told of."""
        self.skipped.setdefault(why, []).append(row.oid)


class Digest:
    """Letters about everything that waits for them."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    async def prepare(self, letter: Letter) -> Prepared:
        """As things are at this moment."""
        person = await addressee(letter.user, self._headers.locale) if letter.user else None
        if letter.user is None or person is None:
            return Prepared(_nothing, reason="There is no such account any more")
        found = await _sorted(letter.user, person)
        address = str(person.raw.get("email") or "")
        after = _after(letter.user, address, found)
        if not found.told:
            why = person.unreachable or next(iter(found.skipped), "read")
            return Prepared(after, reason=REASONS_WHY.get(why, why))
        current_zone.set(person.zone)
        return Prepared(
            after, self._facts(letter.user, person, found), address, person.locale, self._headers.digest(letter.user)
        )

    def _facts(self, user: ObjectId, person: Addressee, found: Sorted) -> Mapping[str, Any]:
        groups = grouped(found.told, person.locale)
        shown = groups[:GROUPS]
        return {
            "total": len(found.told),
            "groups": shown,
            "first_title": next((group.title for group in shown if group.title), ""),
            "more": sum(group.count for group in groups[GROUPS:]),
            "weekly": (person.raw.get("digest") or {}).get("every") == "weekly",
            "leave": path_for(self._headers.key, user, "digest"),
            "leave_all": path_for(self._headers.key, user, "all"),
        }


async def _sorted(user: ObjectId, person: Addressee) -> Sorted:
    waiting: Raw = {"user": user, "awaits_email": True, "email": "digest"}
    rows = await Notification.find(waiting).sort("-seq").limit(WAITING_MAX).to_list()
    found = Sorted()
    if person.unreachable:
        found.skipped[person.unreachable] = [row.oid for row in rows]
        return found
    for row, drawn in zip(rows, await person.drawn(rows), strict=True):
        if isinstance(drawn, str):
            found.leave_out(drawn, row)
        else:
            found.told.append((row, drawn))
    if len(rows) == WAITING_MAX:
        older = Notification.raw().find({**waiting, "seq": {"$lt": rows[-1].seq}}, {"_id": 1})
        found.skipped["many"] = [raw["_id"] async for raw in older]
    return found


def grouped(told: Sequence[tuple[Notification, Notice]], locale: Locale) -> list[Group]:
    """By topic or conversation, where there was something last first."""
    places: dict[object, list[Notice]] = {}
    for row, notice in told:
        places.setdefault(row.topic or row.conversation, []).append(notice)
    return [_group(notices, locale) for notices in places.values()]


def _group(notices: list[Notice], locale: Locale) -> Group:
    lines = tuple(
        Line(wording.sentence(notice, locale), notice.excerpt, notice.url, notice.at) for notice in notices[:NEWEST]
    )
    title = next((notice.title for notice in notices), "")
    return Group(title, notices[0].url, lines, len(notices) - len(lines))


def _after(user: ObjectId, address: str, found: Sorted) -> After:
    async def after(work: Work, state: LetterState, refused: Undelivered | None) -> None:
        for why, ids in found.skipped.items():
            await _mark(work, ids, {"email_skipped": why})
        if state == "sent":
            await _mark(work, [row.oid for row, _ in found.told], {"emailed_at": now(), "email_skipped": ""})
            await note_arrival(work, user)
        elif refused is not None and refused.of_address:
            await note_refusal(work, user, address, refused.reason)
        # What could not be sent waits for the next one.
        await letters.go_on(work, user)

    return after


async def _mark(work: Work, ids: list[ObjectId], fields: Raw) -> None:
    if ids:
        which: Raw = {"_id": {"$in": ids}, "awaits_email": True}
        await Notification.raw().update_many(which, {"$set": {"awaits_email": False, **fields}}, session=work.session)


async def _nothing(_work: Work, _state: LetterState, _refused: Undelivered | None) -> None:
    """There is nothing to note."""
