"""Sitemaps (sitemaps.org, 0.9): the topics in parts by key, so that a million of them cost what ten thousand do."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bson import ObjectId

from app.boards.directory import readable_boards, unreadable_ids
from app.viewer import GUEST
from app.web.templating import iso
from documents import Topic
from documents.base import LIVE, Raw

# A part may have 50,000 addresses and an index 50,000 parts: a fifth of that is a megabyte.
PART_TOPICS: Final = 10_000
# Ids of imported topics do not grow with time: others may have come between since the index was made.
PART_URLS_MAX: Final = 50_000
PARTS_MAX: Final = 49_000
FRESH_SECONDS: Final = 3600.0
BODIES_KEPT: Final = 20
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
CONTENT_TYPE: Final = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Part:
    """The topics with ids from `first` to `last`."""

    first: ObjectId
    last: ObjectId
    changed: datetime

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/sitemaps/topics-{self.first}-{self.last}.xml"


class Kept:
    """The sitemaps of this process, each for an hour at most; a change of the boards drops them."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[tuple[str, str], tuple[bytes, float]] = OrderedDict()
        self.turn = asyncio.Lock()

    def get(self, origin: str, path: str) -> bytes | None:
        """A sitemap that is still good."""
        body, until = self._bodies.get((origin, path), (None, 0.0))
        return body if until > time.monotonic() else None

    def put(self, origin: str, path: str, body: bytes) -> bytes:
        """Keep it."""
        self._bodies[origin, path] = (body, time.monotonic() + FRESH_SECONDS)
        self._bodies.move_to_end((origin, path))
        while len(self._bodies) > BODIES_KEPT:
            self._bodies.popitem(last=False)
        return body

    def clear(self) -> None:
        """Forget all."""
        self._bodies.clear()


kept = Kept()


async def index_of(origin: str) -> bytes:
    """The index of all parts."""
    rows = [f"<sitemap><loc>{origin}/sitemaps/places.xml</loc></sitemap>"]
    rows += [
        f"<sitemap><loc>{origin}{part.path}</loc><lastmod>{iso(part.changed)}</lastmod></sitemap>"
        for part in await parts()
    ]
    return _document("sitemapindex", rows)


async def parts() -> list[Part]:
    """All topics in parts. Each is one walk along the index of ids, which begins where the last one has ended."""
    found: list[Part] = []
    while len(found) < PARTS_MAX:
        after: Raw = {"_id": {"$gt": found[-1].last}} if found else {}
        stages: list[Raw] = [
            {"$match": after},
            {"$sort": {"_id": 1}},
            {"$limit": PART_TOPICS},
            {"$project": {"active_at": 1}},
            {
                "$group": {
                    "_id": None,
                    "first": {"$min": "$_id"},
                    "last": {"$max": "$_id"},
                    "changed": {"$max": "$active_at"},
                    "count": {"$sum": 1},
                }
            },
        ]
        rows = await (await Topic.raw().aggregate(stages)).to_list()
        if not rows:
            break
        found.append(Part(rows[0]["first"], rows[0]["last"], rows[0]["changed"]))
        if rows[0]["count"] < PART_TOPICS:
            break
    return found


async def part_of(origin: str, first: ObjectId, last: ObjectId) -> bytes:
    """The topics of one part that guests may read."""
    unreadable = await unreadable_ids(GUEST)
    query: Raw = {"_id": {"$gte": first, "$lte": last}, "board": {"$nin": unreadable}, **LIVE}
    found = Topic.raw().find(query, {"active_at": 1}).sort("_id", 1).hint([("_id", 1)]).limit(PART_URLS_MAX)
    return _document("urlset", [_url(f"{origin}/topics/{raw['_id']}", raw["active_at"]) async for raw in found])


async def places_of(origin: str) -> bytes:
    """The home page and the boards."""
    boards = [f"{origin}/boards/{board.oid}" for board in await readable_boards(GUEST)]
    return _document("urlset", map(_url, [f"{origin}/", f"{origin}/boards", f"{origin}/tags", *boards]))


def _url(address: str, changed: datetime | None = None) -> str:
    when = f"<lastmod>{iso(changed)}</lastmod>" if changed else ""
    return f"<url><loc>{address}</loc>{when}</url>"


def _document(name: str, rows: Iterable[str]) -> bytes:
    """Nothing that people write stands in it: an origin has no letter that XML would want escaped."""
    inner = "\n".join(rows)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{NAMESPACE}">\n{inner}\n</{name}>\n'.encode()
