"""What is counted and repeated at people."""

from functools import partial
from typing import Any, Final

from bson import ObjectId

from app.events import PeopleTold, PersonChanged
from app.work import Work
from documents import Block, Follow, Notification, Upload, User, Watch
from documents.base import Raw, Record, Session
from scripts.doctoring.check import Check, Fault, Mend, compared, found, rows
from scripts.importing.counting import SUMS

ONE_EACH: Final = ((Follow, "follower_count", "person", 1), (Follow, "following_count", "user", 1))
SUMMED: Final[tuple[tuple[type[Record], str, str, Any], ...]] = (*ONE_EACH, (Upload, "upload_bytes", "user", "$bytes"))


async def look_at_counters(ids: list[Any], session: Session) -> list[Fault]:
    """Topics, comments, likes, followers, bytes of uploads."""
    numbers: dict[ObjectId, Raw] = {id: {} for id in ids}
    for name, (document, stages, what) in SUMS.items():
        summed: Raw = {"$group": {"_id": "$author", "n": {"$sum": what}}}
        found_rows = await rows(document, [{"$match": {"author": {"$in": ids}}}, *stages, summed], session)
        for id in ids:
            numbers[id][name] = found_rows.get(id, {"n": 0})["n"]
    for document, name, field, what in SUMMED:
        grouped: Raw = {"$group": {"_id": f"${field}", "n": {"$sum": what}}}
        found_rows = await rows(document, [{"$match": {field: {"$in": ids}}}, grouped], session)
        for id in ids:
            numbers[id][name] = found_rows.get(id, {"n": 0})["n"]
    said = await found(User, {"_id": {"$in": ids}}, dict.fromkeys((*SUMS, *(row[1] for row in SUMMED)), 1), session)
    return [fault for raw in said if (fault := _differing(dict.fromkeys(numbers[raw["_id"]], 0) | raw, numbers))]


def _differing(said: Raw, numbers: dict[ObjectId, Raw]) -> Fault | None:
    note, wrong = compared(said, numbers[said["_id"]])
    return Fault(said["_id"], note, _setting(said["_id"], wrong)) if wrong else None


def _setting(id: ObjectId, fields: Raw) -> Mend:
    async def mend(work: Work) -> None:
        await User.raw().update_one({"_id": id}, {"$set": fields}, session=work.session)
        work.record(PersonChanged(id))

    return mend


async def look_at_feeds(ids: list[Any], session: Session) -> list[Fault]:
    """The numbers of a feed run from 1 to the last without a gap, but for what was erased with what it was about."""
    counted = await rows(
        Notification,
        [
            {"$match": {"user": {"$in": ids}}},
            {"$group": {"_id": "$user", "n": {"$sum": 1}, "top": {"$max": "$seq"}}},
        ],
        session,
    )
    said = await found(User, {"_id": {"$in": ids}}, {"notification_seq": 1, "forgotten_notices": 1}, session)
    faults = []
    for raw in said:
        row = counted.get(raw["_id"], {"n": 0, "top": 0})
        seq = max(raw["notification_seq"], row["top"])
        known = {"notification_seq": raw["notification_seq"], "forgotten_notices": raw.get("forgotten_notices", 0)}
        note, wrong = compared(known, {"notification_seq": seq, "forgotten_notices": seq - row["n"]})
        if wrong:
            faults.append(Fault(raw["_id"], f"{note}: {row['n']} notices up to {row['top']}", _told(raw["_id"], wrong)))
    return faults


def _told(id: ObjectId, fields: Raw) -> Mend:
    async def mend(work: Work) -> None:
        await User.raw().update_one({"_id": id}, {"$set": fields}, session=work.session)
        work.record(PeopleTold((id,)))

    return mend


REPEATED: Final[tuple[tuple[str, type[Record], str, Raw], ...]] = (
    ("blocks", Block, "person", {}),
    ("mutes", Watch, "place", {"level": "mute"}),
)


async def look_at_repeated(
    name: str, document: type[Record], field: str, which: Raw, ids: list[Any], session: Session
) -> list[Fault]:
    """Lists at a person that repeat other documents, for guards in selectors."""
    said = await found(User, {"_id": {"$in": ids}}, {name: 1}, session)
    grouped: list[Raw] = [
        {"$match": {"user": {"$in": ids}, **which}},
        {"$group": {"_id": "$user", "all": {"$push": f"${field}"}}},
    ]
    listed = await rows(document, grouped, session)
    faults = []
    for raw in said:
        right = sorted(listed.get(raw["_id"], {"all": []})["all"])
        if sorted(raw.get(name) or []) != right:
            note = f"{name} lists {len(raw.get(name) or [])}, not the {len(right)} that there are"
            faults.append(Fault(raw["_id"], note, _told(raw["_id"], {name: right})))
    return faults


CHECKS: Final = (
    Check("people", "people have other counters than they should", User, look_at_counters),
    Check("feeds", "feeds have gaps or numbers beyond their counter", User, look_at_feeds),
    *(
        Check(row[0], f"people have other {row[0]} than they should", User, partial(look_at_repeated, *row))
        for row in REPEATED
    ),
)
