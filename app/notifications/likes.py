"""Likes of one text are one notice: it names the newest people, counts all, and comes again as it grows.

It takes a new number, and is unread again, for each of the first ten people and then each time there are half as many
again: fifty likes make 13 numbers, five thousand 26. It never does for fewer people than it has told of before, so that
liking and unliking calls nobody. In between, what it shows is what is there.
"""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.events import PeopleTold
from app.notifications.letters import write_anew
from app.notifications.preferences import email_when, on_site
from app.notifications.service import look_again, move, notify
from app.work import Work
from documents import Comment, Notification, Reaction, User
from documents.base import LIVE, Raw
from documents.clock import now

PEOPLE_KEPT: Final = 3
ONE_BY_ONE: Final = 10
REFRESHED_MAX: Final = 500


def next_mark(peak: int) -> int:
    """How many likes are news to somebody who was told of `peak`."""
    return peak + 1 if peak < ONE_BY_ONE else peak + peak // 2


async def tell_of_like(work: Work, comment: Comment, *, liker: ObjectId | None = None, shown: bool) -> None:
    """The likes of `comment`, as stored, have changed; `liker` is who has come. `shown`: the text is there for others.

    In the transaction of the like, which writes to the comment: of two at once the second sees the first.
    """
    author = await User.raw().find_one(
        {"_id": comment.author, **LIVE}, {"blocks": 1, "notices": 1}, session=work.session
    )
    if author is None:
        return
    blocks = author.get("blocks") or []
    standing = await _standing(work, comment, blocks)
    there = shown and standing["like_count"] > 0
    is_heard = there and liker is not None and liker not in blocks
    known = await Notification.raw().find_one(
        {"user": comment.author, "subject": comment.oid, "kind": "like"}, session=work.session
    )
    if known is None:
        if is_heard:
            await notify(work, {comment.author: ["like"]}, _subject(comment, standing), places=_places(comment))
        return
    standing["withdrawn_at"] = None if there else now()
    is_news = is_heard and standing["like_count"] >= next_mark(known["peak"])
    if not (is_news and await _come_again(work, known, standing, author, comment)):
        await _change(work, known, standing)


async def _standing(work: Work, comment: Comment, blocks: list[ObjectId]) -> Raw:
    """Who likes it, without those whom its author has blocked."""
    others = {"comment": comment.oid, "user": {"$nin": blocks}}
    newest = Reaction.raw().find(others, {"user": 1}, session=work.session).sort([("created_at", -1), ("_id", -1)])
    people = [raw["user"] async for raw in newest.limit(PEOPLE_KEPT)]
    blocked = {"comment": comment.oid, "user": {"$in": blocks}}
    unheard = await Reaction.raw().count_documents(blocked, session=work.session) if blocks else 0
    fields: Raw = {"people": people, "like_count": max(comment.like_count - unheard, 0) if people else 0}
    return fields | ({"actor": people[0]} if people else {})


def _places(comment: Comment) -> tuple[ObjectId, ...]:
    return comment.topic, comment.board


def _subject(comment: Comment, fields: Raw) -> Raw:
    place = {"topic": comment.topic, "board": comment.board, "number": comment.number}
    return {"subject": comment.oid, "peak": fields["like_count"], **place, **fields}


async def _come_again(work: Work, known: Raw, fields: Raw, author: Raw, comment: Comment) -> bool:
    """False for who wants to hear of likes no more, or has muted the place."""
    site, email = bool(on_site(author, ["like"])), email_when(author, ["like"])
    if not site and email == "never":
        return False
    again: Raw = {"unread": True, "read_at": None, "site": site, "email": email, "peak": fields["like_count"]}
    again |= {"pushed_at": None, "emailed_at": None, "email_skipped": "", "awaits_email": False}
    told = await move(work, known, {**fields, **again}, actor=fields["actor"], places=_places(comment))
    if told and email != "never":
        moved = await Notification.raw().find_one({"_id": known["_id"]}, session=work.session)
        await write_anew(work, moved or known, email)
    if told:
        work.record(PeopleTold((comment.author,)))
    return told


async def _change(work: Work, known: Raw, fields: Raw) -> None:
    """It takes no number: pages that show it look again, as the turn of the person's notices is another."""
    await Notification.raw().update_one({"_id": known["_id"]}, {"$set": fields}, session=work.session)
    if any(known.get(name) != value for name, value in fields.items()):
        look_again(work, [known["user"]])


async def forget_liker(work: Work, user: ObjectId, liker: ObjectId) -> None:
    """`user` has blocked `liker`: their notices of likes name and count them no more."""
    named = {"user": user, "kind": "like", "people": liker}
    rows = await Notification.raw().find(named, {"subject": 1}, session=work.session).to_list(REFRESHED_MAX)
    subjects = [row["subject"] for row in rows]
    for comment in await Comment.find({"_id": {"$in": subjects}}, session=work.session).to_list():
        withdrawn = {"user": user, "subject": comment.oid, "withdrawn_at": None}
        there = await Notification.raw().find_one(withdrawn, {"_id": 1}, session=work.session)
        await tell_of_like(work, comment, shown=there is not None)
