"""What somebody keeps an eye on in one place, for the buttons there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.viewer import Viewer
from app.web.recent import Recent
from documents import Bookmark, Watch
from documents.base import Raw

PEOPLE_KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """`level` is "watch", "mute" or empty; `bookmarks` are numbers of a topic."""

    level: str = ""
    bookmarks: frozenset[int] = frozenset()


NOTHING: Final = Kept()
# By person, then by place: whatever they keep or let go drops the whole entry.
recent_kept: Recent[ObjectId, dict[ObjectId, Kept]] = Recent(PEOPLE_KEPT)


async def kept_in(viewer: Viewer, place: ObjectId, *, fresh: bool = True) -> Kept:
    """What this person keeps in a topic or a board. Not `fresh`, as it was a moment ago."""
    if viewer.id is None:
        return NOTHING
    places = await recent_kept.get(viewer.id, _none, fresh=fresh)
    places = {} if places is None else places
    if place not in places:
        places[place] = await _read(viewer.id, place)
    return places[place]


async def _none() -> dict[ObjectId, Kept]:
    return {}


async def _read(user: ObjectId, place: ObjectId) -> Kept:
    """In one query."""
    marks = [{"$match": {"user": user, "topic": place}}, {"$project": {"number": 1}}]
    stages: list[Raw] = [
        {"$match": {"user": user, "place": place}},
        {"$project": {"level": 1}},
        {"$unionWith": {"coll": Bookmark.Settings.name, "pipeline": marks}},
    ]
    rows = await (await Watch.raw().aggregate(stages)).to_list()
    numbers = frozenset(row["number"] for row in rows if "number" in row)
    return Kept(next((row["level"] for row in rows if "level" in row), ""), numbers)
