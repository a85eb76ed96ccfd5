"""What the people whom somebody follows have written, newest first."""

from __future__ import annotations

import asyncio
from typing import Final

from app.people.cards import cards
from app.users.pages import Written
from app.users.written import ROWS, newest, pager, readable, row_of
from app.viewer import Viewer
from app.web.batches import in_parts
from app.web.keys import time_key
from documents import Follow
from documents.base import Raw

URL: Final = "/following"
# MongoDB merges as many ranges of the index (author, deleted_at, -created_at) before it sorts in memory instead: 200,
# and each person is two of them, as nothing and null are different in an index.
MERGED_MAX: Final = 100


async def feed(viewer: Viewer, after: str | None) -> Written:
    """One page of the topics and comments of the people whom the viewer follows and may read."""
    key = time_key(after)
    query: Raw = {**await readable(viewer), **(key.older() if key else {})}
    followed = [raw["person"] async for raw in Follow.raw().find({"user": viewer.me}, {"person": 1})]
    chunks = [newest({**query, "author": {"$in": chunk}}) for chunk in in_parts(followed, MERGED_MAX)]
    found = [row for rows in await asyncio.gather(*chunks) for row in rows]
    found.sort(key=lambda row: (row["created_at"], row["_id"]), reverse=True)
    people = await cards(row["author"] for row in found[:ROWS])
    return Written(tuple(row_of(row, people) for row in found[:ROWS]), pager(URL, found, key))
