"""Private messages: numbers, members, and what is unread."""

from typing import Any, Final

from app.events import PeopleTold
from app.mydata.erasing import NOBODY
from app.work import Work
from documents import Conversation, Membership, Message, Notification, User
from documents.base import LIVE, Raw, Session
from scripts.doctoring.check import Check, Fault, Mend, found, rows, setting


async def look_at_numbers(ids: list[Any], session: Session) -> list[Fault]:
    """No message is numbered beyond the counter of its conversation."""
    top = await rows(
        Message,
        [
            {"$match": {"conversation": {"$in": ids}}},
            {"$group": {"_id": "$conversation", "top": {"$max": "$number"}}},
        ],
        session,
    )
    said = await found(Conversation, {"_id": {"$in": ids}}, {"last_number": 1}, session)
    return [
        Fault(
            raw["_id"],
            f"last_number is {raw['last_number']}, and there is number {top[raw['_id']]['top']}",
            setting(Conversation, raw["_id"], last_number=top[raw["_id"]]["top"]),
        )
        for raw in said
        if raw["_id"] in top and top[raw["_id"]]["top"] > raw["last_number"]
    ]


async def look_at_members(ids: list[Any], session: Session) -> list[Fault]:
    """Each member has a side of the conversation, without which they could not read it."""
    said = await found(Conversation, {"_id": {"$in": ids}}, {"members": 1}, session)
    sides = await found(Membership, {"conversation": {"$in": ids}}, {"conversation": 1, "user": 1}, session)
    pairs = {(raw["conversation"], raw["user"]) for raw in sides}
    lacking = [
        (raw["_id"], person)
        for raw in said
        for person in raw["members"]
        if person != NOBODY and (raw["_id"], person) not in pairs
    ]
    live = {"_id": {"$in": [person for _, person in lacking]}, **LIVE}
    there = {raw["_id"] for raw in await found(User, live, {"_id": 1}, session)} if lacking else set()
    return [
        Fault(id, f"{person} is a member and has no side of it", _adding(id, person))
        for id, person in lacking
        if person in there
    ]


def _adding(id: Any, person: Any) -> Mend:
    async def mend(work: Work) -> None:
        side = Membership(conversation=id, user=person).as_stored()
        await Membership.raw().insert_one(side, session=work.session)
        work.record(PeopleTold((person,)))

    return mend


async def look_at_unread(ids: list[Any], session: Session) -> list[Fault]:
    """What is unread was told and is not read; what came quietly, or from somebody blocked, may count as read."""
    faults = []
    for raw in await found(Membership, {"_id": {"$in": ids}, "until": None}, {}, session):
        least, most = await _unread(Membership.model_validate(raw), session)
        if not least <= raw["unread"] <= most:
            right = min(max(raw["unread"], least), most)
            note = f"unread is {raw['unread']}, not {right}"
            faults.append(Fault(raw["_id"], note, _setting(raw, right)))
    return faults


async def _unread(side: Membership, session: Session) -> tuple[int, int]:
    later = {**side.covered, "number": {"$gt": max(side.read_to, side.cleared_to)}, "author": {"$ne": side.user}}
    most = await Message.raw().count_documents(later, session=session)
    if not most:
        return 0, 0
    there = await Message.raw().distinct("_id", {**later, "deleted_at": None}, session=session)
    told: Raw = {"user": side.user, "kind": "message", "unread": True, "withdrawn_at": None, "subject": {"$in": there}}
    return min(await Notification.raw().count_documents(told, session=session), most), most


def _setting(side: Raw, unread: int) -> Mend:
    async def mend(work: Work) -> None:
        await Membership.raw().update_one({"_id": side["_id"]}, {"$set": {"unread": unread}}, session=work.session)
        work.record(PeopleTold((side["user"],)))

    return mend


CHECKS: Final = (
    Check("messages", "conversations have messages beyond their counter", Conversation, look_at_numbers),
    Check("members", "members of conversations cannot read them", Conversation, look_at_members),
    Check("unread", "conversations count as unread what is not", Membership, look_at_unread),
)
