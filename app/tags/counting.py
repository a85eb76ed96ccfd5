"""All tags with their numbers, for administrators: counted at most once a minute a process, and after each change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from app.topics.tags import tag_named
from documents import Retagged, Tag, TagChange, Topic
from documents.base import Raw

Order = Literal["count", "name", "last"]
ORDERS: Final[tuple[Order, ...]] = ("count", "name", "last")
COUNTED_SECONDS: Final = 60.0
ROWS: Final = 50
_counted: list[tuple[float, tuple[TagRow, ...]]] = []


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag. `count` are its live topics, `gone` the deleted ones, `last` when the newest of all was opened.

    `leads_to` is what it is called now, `old_names` are the tags that lead to this one.
    """

    name: str
    count: int = 0
    gone: int = 0
    last: datetime | None = None
    description: str = ""
    leads_to: str = ""
    barred: bool = False
    old_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagPage:
    """A page of tags; `after` is the key of the next one. `total` is how many fit."""

    rows: tuple[TagRow, ...]
    total: int
    after: str = ""


async def tag_page(text: str, order: Order, show: str, after: str) -> TagPage:
    """Tags with these letters in name or description: all that stand, or the old names (`show` is "old") alone."""
    wanted = text.casefold().lstrip("#")
    fits = [
        row
        for row in await _all()
        if bool(row.leads_to) == (show == "old") and (wanted in row.name or wanted in row.description.casefold())
    ]
    ordered = _in_order(fits, order)
    begin = next((number + 1 for number, row in enumerate(ordered) if row.name == after), 0)
    shown = ordered[begin : begin + ROWS]
    return TagPage(tuple(shown), len(ordered), shown[-1].name if len(ordered) > begin + ROWS else "")


def _in_order(rows: Sequence[TagRow], order: Order) -> list[TagRow]:
    by_name = sorted(rows, key=lambda row: row.name)
    if order == "count":
        return sorted(by_name, key=lambda row: -row.count)
    if order == "last":
        return sorted(by_name, key=lambda row: row.last.timestamp() if row.last else 0.0, reverse=True)
    return by_name


async def _all() -> tuple[TagRow, ...]:
    if not _counted or _counted[0][0] < time.monotonic():
        found = await _count({"tags": {"$gt": ""}}, {})
        _counted[:] = [(time.monotonic() + COUNTED_SECONDS, tuple(found.values()))]
    return _counted[0][1]


async def tag_row(name: str) -> TagRow:
    """One tag, counted now."""
    found = await _count({"tags": name}, {"tags": name})
    old = Tag.raw().find({"leads_to": name}, {"name": 1}).sort("name").limit(ROWS)
    row = found.get(name) or replace(TagRow(name), **_said((await Tag.named([name])).get(name)))
    return replace(row, old_names=tuple([raw["name"] async for raw in old]))


def _said(tag: Tag | None) -> Raw:
    if tag is None:
        return {}
    return {"description": tag.description, "leads_to": tag.leads_to or "", "barred": tag.barred}


async def _count(which: Raw, only: Raw) -> dict[str, TagRow]:
    gone: Raw = {"$sum": {"$cond": [{"$gt": ["$deleted_at", None]}, 1, 0]}}
    stages: list[Raw] = [
        {"$match": which},
        {"$project": {"tags": 1, "deleted_at": 1, "created_at": 1}},
        {"$unwind": "$tags"},
        {"$match": only},
        {"$group": {"_id": "$tags", "n": {"$sum": 1}, "gone": gone, "last": {"$max": "$created_at"}}},
    ]
    rows = {row["_id"]: row async for row in await Topic.raw().aggregate(stages)}
    whose: Raw = {"name": only["tags"]} if only else {}
    said = {raw["name"]: Tag.model_validate(raw) async for raw in Tag.raw().find(whose)}
    return {
        name: TagRow(
            name,
            rows[name]["n"] - rows[name]["gone"] if name in rows else 0,
            rows[name]["gone"] if name in rows else 0,
            rows[name]["last"] if name in rows else None,
            **_said(said.get(name)),
        )
        for name in {**rows, **said}
    }


async def topics_left(name: str) -> int | None:
    """How many topics a change of this tag has still to go through; None when none is on its way."""
    change = await TagChange.raw().find_one({"source": name, "lingering": False})
    if change is None:
        return None
    if change["back"]:
        return int(await Retagged.raw().count_documents({"operation": change["operation"]}))
    return int(await Topic.raw().count_documents({"tags": name}))


def suggested(rows: Sequence[TagRow], but: str) -> tuple[str, ...]:
    """Tags to choose from."""
    return tuple(row.name for row in rows if row.name != but and tag_named(row.name))


def forget() -> None:
    """Count anew when next asked."""
    _counted.clear()
