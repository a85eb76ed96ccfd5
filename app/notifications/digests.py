"""What letters about many notices say: everything that waits for them, by topic, looked up as they are sent.

They are digests, and what was too much within an hour to come one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

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

    @property
    def ids(self) -> list[ObjectId]:
        """Of those that are told of."""
        return [row.oid for row, _ in self.told]

    def leave_out(self, why: EmailSkipped, row: Notification) -> None:
        """This is not told of."""
        self.skipped.setdefault(why, []).append(row.oid)


class Digest:
    """Letters about everything that waits for them."""

    waiting: ClassVar[Raw] = letters.FOR_DIGEST
    what: ClassVar[Literal["at_once", "digest"]] = "digest"

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    async def prepare(self, letter: Letter) -> Prepared:
        """As things are at this moment."""
        person = await addressee(letter.user, self._headers.locale) if letter.user else None
        if letter.user is None or person is None:
            return Prepared(_nothing, reason="There is no such account any more")
        found = await _sorted(letter.user, person, self.waiting)
        address = str(person.raw.get("email") or "")
        after = self._after(letter.user, address, found)
        if not found.told:
            why = person.unreachable or next(iter(found.skipped), "read")
            return Prepared(after, reason=REASONS_WHY.get(why, why))
        current_zone.set(person.zone)
        return Prepared(
            after,
            self._facts(letter.user, person, found),
            address,
            person.locale,
            self._headers.of_many(letter.user, self.what),
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
            "leave": path_for(self._headers.key, user, self.what),
            "leave_all": path_for(self._headers.key, user, "all"),
        }

    def _after(self, user: ObjectId, address: str, found: Sorted) -> After:
        async def after(work: Work, state: LetterState, refused: Undelivered | None) -> None:
            for why, ids in found.skipped.items():
                await _mark(work, ids, {"email_skipped": why})
            if state == "sent":
                await _mark(work, found.ids, {"emailed_at": now(), "email_skipped": ""})
                await note_arrival(work, user)
            elif state == "failed":
                await self._not_sent(work, found)
            if refused is not None and refused.of_address:
                await note_refusal(work, user, address, refused.reason)
            await self._go_on(work, user)

        return after

    async def _not_sent(self, work: Work, found: Sorted) -> None:
        """It waits for the next one."""

    async def _go_on(self, work: Work, user: ObjectId) -> None:
        await letters.go_on(work, user)


class Gathered(Digest):
    """Letters about what was too much within an hour to come one by one."""

    waiting = letters.GATHERED
    what = "at_once"

    async def _not_sent(self, work: Work, found: Sorted) -> None:
        """As with a letter about one: what the server would not have does not come again and again."""
        await _mark(work, found.ids, {"email_skipped": "failed"})

    async def _go_on(self, work: Work, user: ObjectId) -> None:
        await letters.gather(work, user)


async def _sorted(user: ObjectId, person: Addressee, waits: Raw) -> Sorted:
    waiting: Raw = {"user": user, **waits}
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


async def _mark(work: Work, ids: list[ObjectId], fields: Raw) -> None:
    if ids:
        which: Raw = {"_id": {"$in": ids}, "awaits_email": True}
        await Notification.raw().update_many(which, {"$set": {"awaits_email": False, **fields}}, session=work.session)


async def _nothing(_work: Work, _state: LetterState, _refused: Undelivered | None) -> None:
    """There is nothing to note."""
