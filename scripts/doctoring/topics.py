"""What topics and boards say of what is in them."""

from typing import Any, Final

from bson import ObjectId

from app.events import BoardsChanged, TopicChanged
from app.mydata.erasing import NOBODY
from app.work import Work
from documents import Board, Comment, Topic, Transfer
from documents.base import LIVE, UNSEEN, Raw, Session
from documents.topic import HEAT
from scripts.doctoring.check import Check, Fault, Mend, compared, found, rows

IS_LIVE: Final[Raw] = {"$eq": ["$deleted_at", None]}
# Who waits for approval takes no part yet.
WAS_SEEN: Final[Raw] = {"$not": [{"$in": ["$deleted_as", list(UNSEEN)]}]}
BRIEF: Final[Raw] = {"n": "$number", "at": "$created_at", "by": "$author"}
COUNTED: Final[Raw] = {
    "_id": "$topic",
    "live": {"$sum": {"$cond": [IS_LIVE, 1, 0]}},
    "likes": {"$sum": "$like_count"},
    "newest": {"$max": BRIEF},
    "newest_seen": {"$max": {"$cond": [WAS_SEEN, BRIEF, None]}},
    "newest_live": {"$max": {"$cond": [IS_LIVE, BRIEF, None]}},
}
SAID: Final[Raw] = dict.fromkeys(
    (
        *("board", "comment_count", "like_count", "last_number", "last_visible", "last_author", "active_at"),
        *("participants", "heat", "mixed"),
    ),
    1,
)
# Floating-point numbers made in two places.
HEAT_TOLERANCE: Final = 1e-6
# Of two topics that are written in at once, either may be the last one of their board.
AT_ONCE_SECONDS: Final = 60


async def look_at_topics(ids: list[Any], session: Session) -> list[Fault]:
    """Counters, and who was the last to write when."""
    counted = await rows(Comment, [{"$match": {"topic": {"$in": ids}}}, {"$group": COUNTED}], session)
    said = await found(Topic, {"_id": {"$in": ids}}, SAID, session)
    faults = []
    moving = await on_their_way(ids, session)
    for raw in said:
        if raw["_id"] in moving:
            continue
        note, wrong = compared(raw, _standing(raw, counted.get(raw["_id"])))
        if wrong:
            faults.append(Fault(raw["_id"], note, _setting(raw, wrong)))
    return faults


async def on_their_way(topics: list[Any], session: Session) -> set[Any]:
    """Those of which a job brings the comments elsewhere, batch by batch: they are between two states."""
    either: Raw = {"$or": [{"topic": {"$in": topics}}, {"to": {"$in": topics}}]}
    return {
        id for raw in await found(Transfer, either, {"topic": 1, "to": 1}, session) for id in (raw["topic"], raw["to"])
    }


def _standing(topic: Raw, row: Raw | None) -> Raw:
    """What the topic should say. Numbers of comments that are purged or erased stay taken."""
    if row is None:
        return {"comment_count": 0, "like_count": 0}
    right: Raw = {"comment_count": row["live"], "like_count": row["likes"]}
    newest, last = row["newest"], row["newest_live"]
    right["last_number"] = max(topic["last_number"], newest["n"])
    if topic.get("mixed"):
        return right  # comments have come from elsewhere: the last number is not the last by time
    if last is not None:
        right |= {"last_visible": last["n"], "last_author": last["by"], "active_at": last["at"]}
    here = topic["participants"]
    seen = row["newest_seen"]
    if seen and seen["n"] == topic["last_number"] and seen["by"] != NOBODY and seen["by"] not in here:
        right["participants"] = [seen["by"], *here][:5]
    return right


def _setting(topic: Raw, wrong: Raw) -> Mend:
    async def mend(work: Work) -> None:
        await Topic.change(topic["_id"], work.session, **wrong)
        work.record(TopicChanged(topic["_id"], topic["board"]))

    return mend


async def look_at_heat(ids: list[Any], session: Session) -> list[Fault]:
    """By which topics are ordered."""
    stages: list[Raw] = [
        {"$match": {"_id": {"$in": ids}}},
        {"$project": {"heat": 1, "board": 1, "right": HEAT}},
        {"$match": {"$expr": {"$gt": [{"$abs": {"$subtract": ["$heat", "$right"]}}, HEAT_TOLERANCE]}}},
    ]
    wrong = await rows(Topic, stages, session)
    return [Fault(id, f"heat is {raw['heat']}, not {raw['right']}", _setting(raw, {})) for id, raw in wrong.items()]


async def look_at_boards(ids: list[Any], session: Session) -> list[Fault]:
    """How many topics and comments, and which was written in last."""
    summed: Raw = {
        "_id": "$board",
        "topic_count": {"$sum": 1},
        "comment_count": {"$sum": "$comment_count"},
        "last": {"$max": {"at": "$active_at", "id": "$_id"}},
    }
    counted = await rows(Topic, [{"$match": {"board": {"$in": ids}, **LIVE}}, {"$group": summed}], session)
    said = await found(Board, {"_id": {"$in": ids}}, {"topic_count": 1, "comment_count": 1, "last_topic": 1}, session)
    faults = []
    for raw in said:
        row = counted.get(raw["_id"], {})
        right = {name: row.get(name, 0) for name in ("topic_count", "comment_count")}
        right["last_topic"] = await _last_topic(raw, row.get("last"), session)
        note, wrong = compared(raw, right)
        if wrong:
            faults.append(Fault(raw["_id"], note, _setting_board(raw["_id"], wrong)))
    return faults


async def _last_topic(board: Raw, last: Raw | None, session: Session) -> ObjectId | None:
    """The one that the board names, where it is as good as the last one by its time."""
    if last is None:
        return None
    named = await Topic.raw().find_one(
        {"_id": board["last_topic"], "board": board["_id"], **LIVE}, {"active_at": 1}, session=session
    )
    if named is not None and (last["at"] - named["active_at"]).total_seconds() < AT_ONCE_SECONDS:
        return ObjectId(named["_id"])
    return ObjectId(last["id"])


def _setting_board(id: ObjectId, wrong: Raw) -> Mend:
    async def mend(work: Work) -> None:
        await Board.raw().update_one({"_id": id}, {"$set": wrong}, session=work.session)
        work.record(BoardsChanged())

    return mend


CHECKS: Final = (
    Check("topics", "topics say of their comments what is not so", Topic, look_at_topics),
    Check("heat", "topics have another heat than they should", Topic, look_at_heat),
    Check("boards", "boards say of their topics what is not so", Board, look_at_boards),
)
