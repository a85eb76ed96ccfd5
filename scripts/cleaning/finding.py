"""Fills the plan. Nothing is written here: a dry run is this, and a real one begins with it."""

from collections.abc import AsyncIterator
from typing import Final

from bson import ObjectId

from documents.base import Raw, Record
from scripts.cleaning.dead import DOCUMENTS, Dead
from scripts.cleaning.plan import BATCH, Kind, Plan

# What goes with which root, and the field that names the root. Topics come before comments: what belongs to both goes
# with the topic.
BELOW: Final[dict[Kind, tuple[tuple[Kind, str], ...]]] = {
    "topics": (
        ("comments", "topic"),
        ("revisions", "topic"),
        ("reactions", "topic"),
        ("notifications", "topic"),
        ("markers", "place"),
        ("watches", "place"),
        ("bookmarks", "topic"),
    ),
    "boards": (("markers", "place"), ("watches", "place")),
    "comments": (
        ("revisions", "comment"),
        ("reactions", "comment"),
        ("notifications", "subject"),
        ("bookmarks", "comment"),
    ),
    "messages": (("notifications", "subject"), ("earlier_messages", "message")),
    "conversations": (
        ("earlier_messages", "conversation"),
        ("memberships", "conversation"),
        ("notifications", "conversation"),
    ),
    "sessions": (),
    "letters": (),
    "drafts": (),
    "removed": (),
}


async def find_dead(plan: Plan, dead: Dead) -> None:
    """Everything but people and files."""
    for family, below in BELOW.items():
        async for batch in sized(DOCUMENTS[family], await dead.stages(family)):
            plan.add(family, family, batch)
        for kind, field in below:
            await add_below(plan, kind, family, field)


async def add_below(plan: Plan, kind: Kind, family: Kind, field: str) -> None:
    """Things that go with planned roots, which their `field` names."""
    for roots in plan.roots(family):
        query: Raw = {field: {"$in": [ObjectId(root) for root in roots]}}
        async for batch in sized(DOCUMENTS[kind], [{"$match": query}], root=field):
            plan.add(kind, family, batch)


async def sized(
    document: type[Record], stages: list[Raw], *, root: str = "_id"
) -> AsyncIterator[list[tuple[str, str, int]]]:
    """Batches of (id, root, size as BSON)."""
    fields: Raw = {"size": {"$bsonSize": "$$ROOT"}, "root": f"${root}"}
    batch: list[tuple[str, str, int]] = []
    async for raw in await document.raw().aggregate([*stages, {"$project": fields}], batchSize=BATCH):
        batch.append((str(raw["_id"]), str(raw["root"]), raw["size"]))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch
