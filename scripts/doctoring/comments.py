"""Comments: likes, boards, numbers, and that everybody who is mentioned was told."""

from typing import Any, Final

from bson import ObjectId

from app.interest.telling import subject_of
from app.mydata.erasing import NOBODY
from app.notifications.service import notify
from app.people.readers import readers_among
from app.work import Work
from documents import Board, Comment, Notification, Reaction, Topic, User
from documents.base import LIVE, UNSEEN, Raw, Session
from scripts.doctoring.check import Check, Fault, Mend, compared, found, rows, setting
from scripts.doctoring.topics import on_their_way

SAID: Final[Raw] = {"like_count": 1, "source": 1, "board": 1, "topic": 1, "number": 1}


async def look_at_comments(ids: list[Any], session: Session) -> list[Fault]:
    """Of an imported comment it is known how many like it, but not who."""
    liked = await rows(
        Reaction,
        [{"$match": {"comment": {"$in": ids}}}, {"$group": {"_id": "$comment", "n": {"$sum": 1}}}],
        session,
    )
    said = await found(Comment, {"_id": {"$in": ids}}, SAID, session)
    topics = await found(Topic, {"_id": {"$in": list({raw["topic"] for raw in said})}}, {"board": 1}, session)
    moving = await on_their_way([topic["_id"] for topic in topics], session)
    boards = {topic["_id"]: topic["board"] for topic in topics if topic["_id"] not in moving}
    faults = []
    for raw in said:
        likes = liked.get(raw["_id"], {"n": 0})["n"]
        if raw.get("source") is not None:
            likes = max(likes, raw["like_count"])
        right = {"like_count": likes, "board": boards.get(raw["topic"], raw["board"])}
        note, wrong = compared(raw, right)
        if wrong:
            faults.append(Fault(raw["_id"], note, setting(Comment, raw["_id"], **wrong)))
    return faults


# Comments from before it was noted who did not want to hear have no such field; imported ones tell nobody.
# What waits for approval, or was turned down, has told nobody yet.
SEEN: Final[Raw] = {"deleted_as": {"$nin": list(UNSEEN)}}
MENTIONING: Final[Raw] = {"mentions.0": {"$exists": True}, "unheard": {"$exists": True}, "source": None, **SEEN}


async def look_at_mentions(ids: list[Any], session: Session) -> list[Fault]:
    """Everybody who is mentioned has the notice, or did not want it, which is noted."""
    fields = {"mentions": 1, "unheard": 1, "author": 1, "topic": 1}
    said = await found(Comment, {"_id": {"$in": ids}, **MENTIONING}, fields, session)
    at = {"_id": {"$in": [raw["topic"] for raw in said]}, **SEEN}
    topics = {raw["_id"] for raw in await found(Topic, at, {"_id": 1}, session)}
    said = [raw for raw in said if raw["topic"] in topics]
    if not said:
        return []
    told = await found(
        Notification, {"subject": {"$in": [raw["_id"] for raw in said]}}, {"_id": 0, "subject": 1, "user": 1}, session
    )
    pairs = {(raw["subject"], raw["user"]) for raw in told}
    lacking = [
        (raw["_id"], person)
        for raw in said
        for person in raw["mentions"]
        if person not in (raw["author"], NOBODY, *raw["unheard"]) and (raw["_id"], person) not in pairs
    ]
    people = await found(User, {"_id": {"$in": list({person for _, person in lacking})}, **LIVE}, {"_id": 1}, session)
    there = {raw["_id"] for raw in people}
    return [
        Fault(comment, f"{person} is mentioned and has no notice", _telling(comment, person))
        for comment, person in lacking
        if person in there
    ]


def _telling(id: ObjectId, person: ObjectId) -> Mend:
    """Tell them now, if there is still something to tell and they may read it."""

    async def mend(work: Work) -> None:
        comment = await Comment.find_one({"_id": id}, session=work.session)
        if comment is None:
            return
        if await _to_be_told(work, comment, person):
            places = (comment.topic, comment.board)
            refused = await notify(work, {person: ["mention"]}, subject_of(comment), places=places)
            if person not in refused:
                return
        change = {"$addToSet": {"unheard": person}}
        await Comment.raw().update_one({"_id": id}, change, session=work.session)

    return mend


async def _to_be_told(work: Work, comment: Comment, person: ObjectId) -> bool:
    topic = await Topic.raw().find_one({"_id": comment.topic, **LIVE}, {"_id": 1}, session=work.session)
    board = await Board.find_one({"_id": comment.board, **LIVE}, session=work.session)
    if not comment.live or topic is None or board is None:
        return False
    return bool(await readers_among([person], board, work.session))


CHECKS: Final = (
    Check("comments", "comments say of their likes and place what is not so", Comment, look_at_comments),
    Check("mentions", "mentions were never told", Comment, look_at_mentions, MENTIONING),
)
