"""Notices from before they knew the board of their topic."""

from __future__ import annotations

from documents import Notification
from documents.base import Raw


async def give_boards() -> None:
    """Give each the board of its topic. Once it is done, it finds nothing to do; interrupted, it goes on."""
    steps: list[Raw] = [
        {"$match": {"topic": {"$type": "objectId"}, "board": {"$exists": False}}},
        {"$lookup": {"from": "topics", "localField": "topic", "foreignField": "_id", "as": "place"}},
        {"$project": {"board": {"$first": "$place.board"}}},
        {"$match": {"board": {"$type": "objectId"}}},
        {"$merge": {"into": "notifications", "on": "_id", "whenMatched": "merge", "whenNotMatched": "discard"}},
    ]
    await (await Notification.raw().aggregate(steps)).to_list()
