"""What people want to hear of by e-mail is sent, is not worth sending any more, or waits with a letter."""

from typing import Any, Final

from bson import ObjectId

from app.notifications import letters
from app.work import Work
from documents import Letter, Notification
from documents.base import Raw, Session
from scripts.doctoring.check import Check, Fault, Mend, found

UNSENT: Final[Raw] = {"email": {"$in": ["at_once", "digest"]}, "emailed_at": None, "email_skipped": {"$in": ["", None]}}
FIELDS: Final[Raw] = {"user": 1, "email": 1, "awaits_email": 1, "gathered": 1}
# The letters that wait for somebody at any time are few; a person's notices of years are not.
WAITING: Final[Raw] = {"kind": {"$in": ["notice", "gathered", "digest"]}, "state": "waiting"}


async def look_at_unsent(ids: list[Any], session: Session) -> list[Fault]:
    """Each has the letter that it waits for: one of its own, the one that gathers, or the digest."""
    notices = await found(Notification, {"_id": {"$in": ids}, **UNSENT}, FIELDS, session)
    people = list({raw["user"] for raw in notices})
    waiting = await found(Letter, {"user": {"$in": people}, **WAITING}, {"user": 1, "kind": 1, "facts": 1}, session)
    there = {(raw["kind"], raw["facts"].get("notice") or str(raw["user"])) for raw in waiting}
    return [_fault(raw) for raw in notices if not raw.get("awaits_email") or _letter_of(raw) not in there]


def _letter_of(notice: Raw) -> tuple[str, str]:
    if notice.get("gathered"):
        return "gathered", str(notice["user"])
    return ("digest", str(notice["user"])) if notice["email"] == "digest" else ("notice", str(notice["_id"]))


def _fault(notice: Raw) -> Fault:
    kind, _ = _letter_of(notice)
    waits = f"waits for a letter ({kind}) that is not there"
    note = waits if notice.get("awaits_email") else "was neither sent nor left"
    return Fault(notice["_id"], note, _writing(notice["_id"]))


def _writing(id: ObjectId) -> Mend:
    async def mend(work: Work) -> None:
        notice = await Notification.raw().find_one({"_id": id}, session=work.session)
        if notice is not None:
            await letters.write_anew(work, notice, notice["email"])

    return mend


CHECKS: Final = (Check("mail", "notices wait for an e-mail that nobody sends", Notification, look_at_unsent, UNSENT),)
