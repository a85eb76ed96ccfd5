"""Tags as they stand in addresses."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from bson import ObjectId

from app.boards.directory import unreadable_ids
from app.errors import Invalid
from app.topics.tagging import TAG_CHARS_MAX, tags_from
from app.viewer import Viewer
from documents import Topic
from documents.base import LIVE, Raw

TAGS_SHOWN: Final = 300
# To count them all means to go through all topics that have one.
COUNTED_SECONDS: Final = 300.0
_counted: dict[tuple[ObjectId, ...], tuple[tuple[TagCount, ...], float]] = {}


def tag_named(text: str) -> str | None:
    """The tag that an address names, folded; None when it can be none."""
    try:
        folded = tags_from(text.replace(",", " ")[: TAG_CHARS_MAX * 2])
    except Invalid:
        return None
    return folded[0] if len(folded) == 1 else None


def tag_url(name: str) -> str:
    """The page of a tag."""
    return f"/tags/{quote(name)}"


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many topics have it."""

    name: str
    count: int


async def tag_counts(viewer: Viewer) -> tuple[TagCount, ...]:
    """The tags of all topics that this person may read, the commonest first, as they were some minutes ago."""
    unreadable = tuple(await unreadable_ids(viewer))
    found, until = _counted.get(unreadable, ((), 0.0))
    if until < time.monotonic():
        found = await _count(unreadable)
        _counted.clear()
        _counted[unreadable] = found, time.monotonic() + COUNTED_SECONDS
    return found


async def _count(unreadable: tuple[ObjectId, ...]) -> tuple[TagCount, ...]:
    stages: list[Raw] = [
        {"$match": {"tags": {"$gt": ""}, "board": {"$nin": list(unreadable)}, **LIVE}},
        {"$unwind": "$tags"},
        {"$group": {"_id": "$tags", "n": {"$sum": 1}}},
        {"$sort": {"n": -1, "_id": 1}},
        {"$limit": TAGS_SHOWN},
    ]
    return tuple([TagCount(row["_id"], row["n"]) async for row in await Topic.raw().aggregate(stages)])


def forget() -> None:
    """Count anew when next asked."""
    _counted.clear()
