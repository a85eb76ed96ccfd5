"""Counters from what is there, in transactions: what people write meanwhile is in the numbers or counted afterwards."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from bson import ObjectId
from pymongo import UpdateOne

from app.work import Work, together
from documents import Board, Comment, Topic, User
from documents.base import LIVE, Raw, Record, Session
from documents.topic import PARTICIPANTS_KEPT
from scripts.importing.identity import ours

COUNTED: Final[Raw] = {"number": 1, "author": 1, "created_at": 1, "like_count": 1, "deleted_at": 1}


async def standing(topic: ObjectId, session: Session) -> Raw | None:
    """What a topic says about its comments; None when there are none."""
    found = Comment.raw().find({"topic": topic}, COUNTED, session=session).sort("number")
    comments = await found.to_list()
    if not comments:
        return None
    live = [raw for raw in comments if raw["deleted_at"] is None]
    first, last = comments[0], (live or comments[:1])[-1]
    return {
        "author": first["author"],
        "created_at": first["created_at"],
        "active_at": last["created_at"],
        "first_number": first["number"],
        "last_number": comments[-1]["number"],
        "last_visible": last["number"],
        "last_author": last["author"],
        "comment_count": len(live),
        "like_count": sum(raw["like_count"] for raw in comments),
        "participants": list(dict.fromkeys(raw["author"] for raw in reversed(comments)))[:PARTICIPANTS_KEPT],
    }


async def count_boards() -> None:
    """Of every board that was ever imported: a topic may have left one."""
    for board in await Board.raw().distinct("_id", {"source": ours()}):
        await together(partial(_count_board, board=board))


async def _count_board(work: Work, board: ObjectId) -> None:
    counted: list[Raw] = [
        {"$match": {"board": board, **LIVE}},
        {"$group": {"_id": None, "topic_count": {"$sum": 1}, "comment_count": {"$sum": "$comment_count"}}},
        {"$unset": "_id"},
    ]
    rows = await (await Topic.raw().aggregate(counted, session=work.session)).to_list()
    numbers: Raw = rows[0] if rows else {"topic_count": 0, "comment_count": 0}
    numbers["last_topic"] = await Topic.last_active(board, work.session)
    stored = await Board.raw().find_one({"_id": board}, session=work.session)
    if stored is not None and any(stored[name] != value for name, value in numbers.items()):
        await Board.raw().update_one({"_id": board}, {"$set": numbers}, session=work.session)


async def count_people(work: Work, people: Sequence[ObjectId]) -> None:
    """The counters of some people; a few hundred at a time."""
    numbers: dict[ObjectId, Raw] = {person: dict.fromkeys(SUMS, 0) for person in people}
    for name, (document, stages, what) in SUMS.items():
        summed: Raw = {"$group": {"_id": "$author", "n": {"$sum": what}}}
        stages = [{"$match": {"author": {"$in": list(people)}}}, *stages, summed]  # noqa: PLW2901
        async for raw in await document.raw().aggregate(stages, session=work.session):
            numbers[raw["_id"]][name] = raw["n"]
    stored = User.raw().find({"_id": {"$in": list(people)}}, dict.fromkeys(SUMS, 1), session=work.session)
    changes = [
        UpdateOne({"_id": raw["_id"]}, {"$set": numbers[raw["_id"]]})
        async for raw in stored
        if raw != {"_id": raw["_id"], **numbers[raw["_id"]]}
    ]
    if changes:
        await User.raw().bulk_write(changes, ordered=False, session=work.session)


# Rows of a person's comments, one a topic, as far as the topic is there.
IN_LIVE_TOPICS: Final[list[Raw]] = [
    {"$group": {"_id": {"author": "$author", "topic": "$topic"}, "n": {"$sum": 1}}},
    {
        "$lookup": {
            "from": "topics",
            "localField": "_id.topic",
            "foreignField": "_id",
            "pipeline": [{"$match": LIVE}, {"$project": {"_id": 1}}],
            "as": "live",
        }
    },
    {"$match": {"live": {"$ne": []}}},
    {"$project": {"author": "$_id.author", "n": 1}},
]

# For each counter of people: what is counted, which of it, and what each adds.
SUMS: Final[dict[str, tuple[type[Record], list[Raw], int | str]]] = {
    "topic_count": (Topic, [{"$match": LIVE}], 1),
    "comment_count": (Comment, [{"$match": {**LIVE, "number": {"$gt": 1}}}, *IN_LIVE_TOPICS], "$n"),
    "like_count": (Comment, [{"$match": {"like_count": {"$gt": 0}}}], "$like_count"),
}
