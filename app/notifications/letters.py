"""Letters about notices: written down with the notices themselves, and filled only when they are sent.

Who wants to hear at once gets a letter for each notice, a short while later. What is more than somebody gets within an
hour is gathered into one letter, due when the hour is over. For the digest there is one letter that waits for each
person, due at their hour; everything that waits for it is in it. See app.notifications.errands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final, cast

from bson import ObjectId

from app.notifications.preferences import EMAIL_WHEN
from app.notifications.reachable import FIELDS as REACHING
from app.notifications.reachable import why_unreachable
from app.notifications.schedule import Schedule
from app.web import pace
from app.work import Work
from documents import Letter, Notification, User
from documents.base import Raw
from documents.clock import now
from documents.notification import EmailWhen
from documents.user import MAIL_HOUR

# Of a person whom letters are written to.
FIELDS: Final = ("notices", "locale", "time_zone", "digest", "mail_turn", "mail_places", *REACHING)
# What waits for a digest, and for the letter that gathers what is too much within an hour.
FOR_DIGEST: Final[Raw] = {"awaits_email": True, "email": "digest"}
GATHERED: Final[Raw] = {"awaits_email": True, "gathered": True}
# Of so many days one has surely had no digest yet, however often the hour or the time zone was changed.
DAYS_TRIED: Final = 4


@dataclass(frozen=True, slots=True)
class Office:
    """How long a letter waits, so that who reads here meanwhile gets none; how many about single notices somebody gets
    `an_hour`; and the time zone of who has chosen none.
    """

    wait: timedelta = timedelta(minutes=3)
    an_hour: int = 10
    zone: str = ""


_office = Office()


def use(office: Office) -> None:
    """From the settings; once a process."""
    global _office
    _office = office


def zone_for(person: Mapping[str, Any]) -> str:
    """The time zone of somebody's digests."""
    return str(person.get("time_zone") or _office.zone)


def posted(email: EmailWhen, person: Mapping[str, Any]) -> Raw:
    """What a new notice says of its e-mail."""
    skipped = why_unreachable(person) if email != "never" else ""
    awaits = email != "never" and not skipped
    return {"email": email, "email_skipped": skipped, "awaits_email": awaits, "gathered": False}


async def write_letters(work: Work, notices: Sequence[Raw], people: Mapping[ObjectId, Raw]) -> None:
    """For notices as they were stored, whose people were written to in this transaction."""
    awaited = [notice for notice in notices if notice.get("awaits_email")]
    at_once = [_at_once(notice, people[notice["user"]]) for notice in awaited if notice["email"] == "at_once"]
    if at_once:
        await Letter.raw().insert_many(at_once, session=work.session)
    await await_digests(work, {row["user"]: people[row["user"]] for row in awaited if row["email"] == "digest"})


def _at_once(notice: Raw, person: Raw) -> Raw:
    facts = {"notice": str(notice["_id"])}
    once = f"notice:{notice['_id']}:{person.get('mail_turn', 0)}"
    return _letter("notice", once, person, facts, now() + _office.wait)


def _letter(kind: str, once: str, person: Raw, facts: Raw, due_at: datetime) -> Raw:
    about: Raw = {"to": person["email"], "locale": person.get("locale") or "", "user": person["_id"], "facts": facts}
    return Letter(once=once, kind=kind, created_at=now(), due_at=due_at, **about).as_stored()


async def await_digests(work: Work, people: Mapping[ObjectId, Raw]) -> None:
    """See to it that a digest waits for each of these, who have been written to in this transaction."""
    missing = people.keys() - await Letter.awaiting("digest", people, work.session) if people else set()
    moments = {}
    for person in sorted(missing):
        moments[person] = _moments(people[person])
        await pace.rest()
    had = await _had(work, {once for person, days in moments.items() for once, _ in _keyed(person, days)})
    letters = []
    for person, days in moments.items():
        once, due_at = next((once, due) for once, due in _keyed(person, days) if once not in had)
        letters.append(_letter("digest", once, people[person], {}, due_at))
        await pace.rest()
    if letters:
        await Letter.raw().insert_many(letters, session=work.session)


def _moments(person: Raw) -> list[tuple[date, datetime]]:
    return list(islice(Schedule.of(person.get("digest")).after(now(), zone_for(person)), DAYS_TRIED))


def _keyed(person: ObjectId, days: Iterable[tuple[date, datetime]]) -> list[tuple[str, datetime]]:
    return [(f"digest:{person}:{day.isoformat()}", due) for day, due in days]


async def _had(work: Work, keys: Collection[str]) -> set[str]:
    """Those of these digests that there have been."""
    if not keys:
        return set()
    found = Letter.raw().find({"once": {"$in": list(keys)}}, {"once": 1}, session=work.session)
    return {raw["once"] for raw in await found.to_list()}


def is_sooner(email: EmailWhen, than: EmailWhen) -> bool:
    """Whether one way to send is sooner than another."""
    return EMAIL_WHEN.index(email) < EMAIL_WHEN.index(than)


async def write_anew(work: Work, notice: Raw, email: EmailWhen) -> None:
    """A stored notice is wanted by e-mail (once more, or sooner than was thought)."""
    person = await written_to(work, notice["user"])
    if person is None:
        return
    fields = posted(email, person)
    await Notification.raw().update_one(
        {"_id": notice["_id"]}, {"$set": {**fields, "emailed_at": None}}, session=work.session
    )
    await write_letters(work, [notice | fields], {person["_id"]: person})


async def written_to(work: Work, user: ObjectId) -> Raw | None:
    """Somebody with `FIELDS`, written to: of a digest that goes out and a notice at once, one sees the other."""
    return await User.raw().find_one_and_update(
        {"_id": user},
        {"$inc": {"mail_turn": 1}},
        projection=dict.fromkeys(FIELDS, 1),
        return_document=True,
        session=work.session,
    )


async def go_on(work: Work, user: ObjectId) -> None:
    """A digest is done: what has come meanwhile waits for the next."""
    person = await written_to(work, user)
    awaited: Raw = {"user": user, **FOR_DIGEST}
    if person is not None and await Notification.raw().find_one(awaited, {"_id": 1}, session=work.session):
        await await_digests(work, {user: person})


async def takes_one(user: ObjectId, letter: ObjectId) -> bool:
    """Whether this letter about one notice may go out now; not when others are gathered, which it would overtake."""
    if await Letter.awaiting("gathered", [user], None):
        return False
    return await User.take_mail_place(user, letter, most=_office.an_hour)


async def gather(work: Work, user: ObjectId, notice: ObjectId | None = None) -> None:
    """Have this notice come with all others that are too many, and see to it that a letter waits for them."""
    person = await written_to(work, user)
    if person is None:
        return
    if notice is not None:
        which: Raw = {"_id": notice, "awaits_email": True}
        await Notification.raw().update_one(which, {"$set": {"gathered": True}}, session=work.session)
    awaited = await Notification.raw().find_one({"user": user, **GATHERED}, {"_id": 1}, session=work.session)
    if awaited and not await Letter.awaiting("gathered", [user], work.session):
        letter = _letter("gathered", f"gathered:{user}:{person['mail_turn']}", person, {}, _free_again(person))
        await Letter.raw().insert_one(letter, session=work.session)


def _free_again(person: Raw) -> datetime:
    """When the first of the letters that somebody has had counts no more."""
    first = min((place["at"] for place in person.get("mail_places") or ()), default=now())
    return cast(datetime, max(first + MAIL_HOUR, now() + _office.wait))


async def reschedule(work: Work, user: ObjectId) -> None:
    """Hour, day or time zone are others: the digest that waits is replaced, unless it is on its way at this moment."""
    free: Raw = {"$or": [{"leased_until": None}, {"leased_until": {"$lt": now()}}]}
    which: Raw = {"user": user, "kind": "digest", "state": "waiting", **free}
    await Letter.raw().delete_many(which, session=work.session)
    await go_on(work, user)
