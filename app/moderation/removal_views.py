"""What a removal would take away, and those that were made, as templates print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bson import ObjectId

from app.boards.directory import all_boards
from app.moderation.removals import DOCUMENTS, which
from app.moderation.removing import NUMBERS, counted
from app.people.cards import cards
from app.web.pages import Card
from documents import Comment, Membership, Message, Operation, Removal, Topic
from documents.base import Raw
from documents.removal import RemovedKind

LISTED: Final = 50
MADE_SHOWN: Final = 10
FIELDS: Final[Raw] = {"title": 1, "excerpt": 1, "board": 1, "created_at": 1, "deleted_as": 1, "topic": 1, "number": 1}


@dataclass(frozen=True, slots=True)
class Thing:
    """A topic or comment. `others`: how many comments of other people go out of sight with a topic."""

    url: str
    title: str
    at: datetime
    board: str = ""
    excerpt: str = ""
    held: bool = False
    others: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """All of one kind: how many, and the newest of them where they can be shown.

    Of messages `people` is how many others have any; nobody who removes them reads them.
    """

    kind: RemovedKind
    count: int
    things: tuple[Thing, ...] = ()
    people: int = 0

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.things) if self.things else 0


@dataclass(frozen=True, slots=True)
class Made:
    """A removal that was made. `numbers` are what it took away, by kind; `left` says that it is not finished yet."""

    id: str
    at: datetime
    by: Card
    reason: str
    numbers: tuple[tuple[RemovedKind, int], ...]
    total: int
    done: int
    left: bool
    returning: bool
    undone_at: datetime | None


async def parts_of(plan: Removal) -> tuple[Part, ...]:
    """What a planned removal would take, topics first."""
    counts = await counted(plan)
    return tuple([await _part(plan, kind, counts[kind]) for kind in reversed(plan.left)])


async def _part(plan: Removal, kind: RemovedKind, count: int) -> Part:
    if not count or kind == "like":
        return Part(kind, count)
    if kind == "message":
        return Part(kind, count, people=await _receivers(plan))
    found = DOCUMENTS[kind].raw().find(which(plan, kind), FIELDS).sort([("created_at", -1), ("_id", -1)])
    rows = await found.limit(LISTED).to_list()
    return Part(kind, count, await (_topics(plan, rows) if kind == "topic" else _comments(rows)))


async def _receivers(plan: Removal) -> int:
    conversations = await Message.raw().distinct("conversation", which(plan, "message"))
    others = {"conversation": {"$in": conversations}, "user": {"$ne": plan.person}}
    return len(await Membership.raw().distinct("user", others))


async def _topics(plan: Removal, rows: Sequence[Raw]) -> tuple[Thing, ...]:
    boards, others = await all_boards(), await _answers(plan.person, [raw["_id"] for raw in rows])
    opening: Raw = {"topic": {"$in": [raw["_id"] for raw in rows]}, "number": 1}
    excerpts = {raw["topic"]: raw async for raw in Comment.raw().find(opening, {"topic": 1, "excerpt": 1})}
    return tuple(
        Thing(
            url=f"/topics/{raw['_id']}",
            title=raw["title"],
            at=raw["created_at"],
            board=boards[raw["board"]].name if raw["board"] in boards else "",
            excerpt=excerpts.get(raw["_id"], {}).get("excerpt", ""),
            held=raw.get("deleted_as") == "held",
            others=others.get(raw["_id"], 0),
        )
        for raw in rows
    )


async def _answers(person: ObjectId, topics: list[ObjectId]) -> dict[ObjectId, int]:
    """How many live comments of others each of these topics holds."""
    stages: list[Raw] = [
        {"$match": {"topic": {"$in": topics}, "author": {"$ne": person}, "deleted_at": None}},
        {"$group": {"_id": "$topic", "n": {"$sum": 1}}},
    ]
    return {raw["_id"]: raw["n"] async for raw in await Comment.raw().aggregate(stages)}


async def _comments(rows: Sequence[Raw]) -> tuple[Thing, ...]:
    boards, ids = await all_boards(), list({raw["topic"] for raw in rows})
    titles = {raw["_id"]: raw["title"] async for raw in Topic.raw().find({"_id": {"$in": ids}}, {"title": 1})}
    return tuple(
        Thing(
            url=f"/comments/{raw['_id']}",
            title=titles.get(raw["topic"], ""),
            at=raw["created_at"],
            board=boards[raw["board"]].name if raw["board"] in boards else "",
            excerpt=raw.get("excerpt", ""),
            held=raw.get("deleted_as") == "held",
        )
        for raw in rows
    )


async def made_of(person: ObjectId) -> tuple[Made, ...]:
    """The last removals of what somebody wrote, newest first."""
    found = await Removal.find({"person": person}).sort("-_id").limit(MADE_SHOWN).to_list()
    operations = {op.oid: op async for op in Operation.find({"_id": {"$in": [each.operation for each in found]}})}
    people = await cards(each.by for each in found)
    return tuple(_made(each, operations[each.operation], people[each.by]) for each in found)


def _made(removal: Removal, operation: Operation, by: Card) -> Made:
    after = operation.targets[0].after
    kinds: Sequence[RemovedKind] = ("topic", "comment", "message", "like")
    return Made(
        id=str(removal.operation),
        at=removal.at,
        by=by,
        reason=removal.reason,
        numbers=tuple((kind, after[NUMBERS[kind]]) for kind in kinds if NUMBERS[kind] in after),
        total=removal.total,
        done=removal.done,
        left=removal.due_at is not None,
        returning=removal.returning,
        undone_at=operation.undone_at,
    )
