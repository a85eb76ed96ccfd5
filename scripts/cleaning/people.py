"""Deleted people: purged when nothing that stays names them, else kept."""

from typing import Final

from bson import ObjectId

from documents import User
from documents.base import Raw
from scripts.cleaning.dead import DOCUMENTS, Dead
from scripts.cleaning.finding import add_below, sized
from scripts.cleaning.plan import Plan
from scripts.cleaning.registry import PEOPLE, THEIRS, Field

KIND_OF: Final = {document: kind for kind, document in DOCUMENTS.items()}


async def find_people(plan: Plan, dead: Dead) -> None:
    """After everything else is planned: what goes names nobody any more."""
    async for batch in sized(User, await dead.stages("users")):
        named = await still_named([ObjectId(id) for id, _, _ in batch], plan)
        plan.kept_users += len(named)
        plan.add("users", "users", (item for item in batch if ObjectId(item[0]) not in named))
    for document, field in THEIRS:
        await add_below(plan, KIND_OF[document], "users", field)


async def still_named(people: list[ObjectId], plan: Plan | None = None) -> set[ObjectId]:
    """Those of `people` whom something names that is not in the plan."""
    named: set[ObjectId] = set()
    for field in PEOPLE:
        if len(named) < len(people):
            named |= await _named_in(field, set(people) - named, plan)
    return named


async def _named_in(field: Field, people: set[ObjectId], plan: Plan | None) -> set[ObjectId]:
    """Nobody is kept by naming themselves, as those do who deleted their own account."""
    document, name = field
    collection, named = document.raw(), set[ObjectId]()
    query: Raw = {name: {"$in": list(people)}}
    async for raw in collection.find(query, {name: 1}):
        if plan is None or not plan.has(collection.name, raw["_id"]):
            values = raw[name] if isinstance(raw[name], list) else [raw[name]]
            named |= people & {value for value in values if value != raw["_id"]}
    return named
