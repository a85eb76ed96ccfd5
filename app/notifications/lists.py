"""The bell's list."""

from __future__ import annotations

from typing import Final

from app.boards.directory import out_of_sight
from app.notifications.pages import Notice
from app.notifications.views import notices
from app.viewer import Viewer
from app.web.pages import KeyPager
from documents import Notification
from documents.base import Raw
from documents.notification import BELL

PAGE_ROWS: Final = 30


async def in_bell(viewer: Viewer) -> Raw:
    """Selects what the bell has for this person: what is not there for them is not in it."""
    query: Raw = {"user": viewer.me, "withdrawn_at": None, "kind": {"$in": list(BELL)}, "site": {"$ne": False}}
    query["board"] = {"$nin": list(await out_of_sight(viewer))}
    if viewer.blocks:
        query["$or"] = [{"actor": {"$nin": list(viewer.blocks)}}, {"kind": {"$in": ["like", "moderation"]}}]
    return query


async def bell_rows(viewer: Viewer, before: int | None) -> tuple[tuple[Notice, ...], KeyPager]:
    """One page of the bell, newest first."""
    query = await in_bell(viewer)
    if before is not None:
        query["seq"] = {"$lt": before}
    found = await Notification.find(query).sort("-seq").limit(PAGE_ROWS + 1).to_list()
    rows = found[:PAGE_ROWS]
    following = f"/notifications?before={rows[-1].seq}" if len(found) > PAGE_ROWS else None
    first = "/notifications" if before is not None else None
    return tuple(await notices(viewer, rows)), KeyPager(next=following, first=first)
