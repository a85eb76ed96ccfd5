"""Notices stand as what they are about does: taken back while it is deleted, there while it is."""

from typing import Any, Final

from app.events import PeopleTold
from app.work import Work
from documents import Comment, Follow, Notification, Settling, Topic
from documents.base import LIVE, Raw, Session
from documents.clock import now
from scripts.doctoring.check import Check, Fault, Mend, found

ABOUT_TEXTS: Final[Raw] = {"kind": {"$in": ["mention", "reply", "quote", "watch", "watch_board"]}}
# One that was read stays as it was read.
ABOUT_FOLLOWERS: Final[Raw] = {"kind": "follow", "unread": True}
FIELDS: Final[Raw] = {"user": 1, "subject": 1, "topic": 1, "number": 1, "withdrawn_at": 1}


async def look_at_texts(ids: list[Any], session: Session) -> list[Fault]:
    """Withdrawn exactly while the comment or its topic is deleted, and with the number of the comment."""
    notices = await found(Notification, {"_id": {"$in": ids}, **ABOUT_TEXTS}, FIELDS, session)
    subjects = [raw["subject"] for raw in notices]
    about = await found(Comment, {"_id": {"$in": subjects}}, {"number": 1, "deleted_at": 1, "topic": 1}, session)
    comments = {raw["_id"]: raw for raw in about}
    topics = {raw["topic"] for raw in about}
    live = {raw["_id"] for raw in await found(Topic, {"_id": {"$in": list(topics)}, **LIVE}, {"_id": 1}, session)}
    # A job is on its way to these, see app.notifications.settling; if it is stuck, scripts.doctoring.rest says so.
    waiting = {raw["topic"] for raw in await found(Settling, {"topic": {"$in": list(topics)}}, {"topic": 1}, session)}
    faults = []
    for raw in notices:
        if raw["topic"] in waiting:
            continue
        comment = comments.get(raw["subject"])
        if comment is None:
            continue  # scripts.doctoring.ids says so
        there = comment["deleted_at"] is None and comment["topic"] in live
        faults += _standing(raw, there=there, number=comment["number"])
    return faults


def _standing(notice: Raw, *, there: bool, number: int | None) -> list[Fault]:
    wrong: Raw = {}
    if (notice["withdrawn_at"] is None) != there:
        wrong["withdrawn_at"] = None if there else now()
    if number is not None and notice["number"] != number:
        wrong["number"] = number
    said = "is taken back, and its post is there" if there else "is there, and its post is deleted"
    note = said if "withdrawn_at" in wrong else f"says number {notice.get('number')}, not {number}"
    return [Fault(notice["_id"], note, _mend(notice, wrong))] if wrong else []


def _mend(notice: Raw, wrong: Raw) -> Mend:
    async def mend(work: Work) -> None:
        await Notification.raw().update_one({"_id": notice["_id"]}, {"$set": wrong}, session=work.session)
        work.record(PeopleTold((notice["user"],)))

    return mend


async def look_at_followers(ids: list[Any], session: Session) -> list[Fault]:
    """Who came and went again before it was read is not announced."""
    notices = await found(Notification, {"_id": {"$in": ids}, **ABOUT_FOLLOWERS}, FIELDS, session)
    pairs = [{"user": raw["subject"], "person": raw["user"]} for raw in notices]
    follows = await found(Follow, {"$or": pairs}, {"user": 1, "person": 1}, session) if pairs else []
    there = {(raw["user"], raw["person"]) for raw in follows}
    return [
        fault for raw in notices for fault in _standing(raw, there=(raw["subject"], raw["user"]) in there, number=None)
    ]


CHECKS: Final = (
    Check("notices", "notices do not stand as their posts do", Notification, look_at_texts, ABOUT_TEXTS),
    Check("followers", "notices of followers are not true", Notification, look_at_followers, ABOUT_FOLLOWERS),
)
