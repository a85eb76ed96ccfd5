"""Which comments of a topic somebody likes, for the hearts on its pages."""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.viewer import Viewer
from app.web.recent import Recent
from documents import Reaction

TOPICS_KEPT: Final = 5_000

# By topic, then by person: every like is a change of its topic, which drops the whole entry.
recent_likes: Recent[ObjectId, dict[ObjectId, frozenset[int]]] = Recent(TOPICS_KEPT)


async def liked_in(viewer: Viewer, topic: ObjectId, *, fresh: bool = True) -> frozenset[int]:
    """The numbers in a topic that this person likes. Not `fresh`, as it was a moment ago."""
    kept = await recent_likes.get(topic, _nobody, fresh=fresh)
    people = {} if kept is None else kept
    if viewer.me not in people:
        found = Reaction.raw().find({"user": viewer.me, "topic": topic}, {"number": 1, "_id": 0})
        people[viewer.me] = frozenset([raw["number"] async for raw in found])
    return people[viewer.me]


async def _nobody() -> dict[ObjectId, frozenset[int]]:
    return {}
