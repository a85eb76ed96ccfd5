"""The bell's list, by time or by topic, and the log of everything that somebody was ever told."""

from __future__ import annotations

from typing import Final

from bson import ObjectId

from app.notifications.bell import Filter, in_bell
from app.notifications.pages import Entry, Group, Notice
from app.notifications.views import notices
from app.viewer import Viewer
from app.web.pages import KeyPager
from documents import Notification
from documents.base import Raw

PAGE_ROWS: Final = 30
GROUPS: Final = 12
# Of each topic so many are shown; the others are one link away.
NEWEST: Final = 4
LOG_ROWS: Final = 50


async def bell_rows(viewer: Viewer, which: Filter) -> tuple[tuple[Notice, ...], KeyPager]:
    """One page of this part of the bell, newest first."""
    query = {**await in_bell(viewer), **which.query()}
    if which.before is not None:
        query["seq"] = {"$lt": which.before}
    found = await Notification.find(query).sort("-seq").limit(PAGE_ROWS + 1).to_list()
    rows = found[:PAGE_ROWS]
    last = rows[-1].seq if len(found) > PAGE_ROWS else None
    return tuple(await notices(viewer, rows)), _pager(which, last)


async def groups(viewer: Viewer, which: Filter) -> tuple[tuple[Group, ...], KeyPager]:
    """The same by topic, each once, where it was last told of; what is about no topic is one group."""
    newest: Raw = {"$firstN": {"n": NEWEST, "input": "$_id"}}
    unread: Raw = {"$sum": {"$cond": ["$unread", 1, 0]}}
    steps: list[Raw] = [
        {"$match": {**await in_bell(viewer), **which.query()}},
        {"$sort": {"seq": -1}},
        {"$group": {"_id": "$topic", "last": {"$max": "$seq"}, "n": {"$sum": 1}, "unread": unread, "ids": newest}},
        *([] if which.before is None else [{"$match": {"last": {"$lt": which.before}}}]),
        {"$sort": {"last": -1}},
        {"$limit": GROUPS + 1},
    ]
    found = await (await Notification.raw().aggregate(steps)).to_list()
    rows = found[:GROUPS]
    shown = await _by_id(viewer, [id for row in rows for id in row["ids"]])
    last = rows[-1]["last"] if len(found) > GROUPS else None
    return tuple(_group(which, row, shown) for row in rows), _pager(which, last)


async def _by_id(viewer: Viewer, ids: list[ObjectId]) -> dict[ObjectId, Notice]:
    found = await Notification.find({"_id": {"$in": ids}, "user": viewer.me}).to_list()
    return {row.oid: notice for row, notice in zip(found, await notices(viewer, found), strict=True)}


def _group(which: Filter, row: Raw, shown: dict[ObjectId, Notice]) -> Group:
    own = tuple(shown[id] for id in row["ids"] if id in shown)
    title = next((notice.title for notice in own if notice.title), "")
    topic = str(row["_id"] or "")
    more = which.url(topic=topic, by="") if row["n"] > len(own) and topic else ""
    return Group(topic, title, own, int(row["unread"]), int(row["n"]) - len(own), more)


def _pager(which: Filter, last: int | None) -> KeyPager:
    following = which.url(before=str(last)) if last is not None else None
    return KeyPager(next=following, first=which.url() if which.before is not None else None)


async def log(viewer: Viewer, before: int | None) -> tuple[tuple[Entry, ...], KeyPager]:
    """Every number of the viewer's feed, newest first, with when and how it was told."""
    query: Raw = {"user": viewer.me} | ({} if before is None else {"seq": {"$lt": before}})
    found = await Notification.find(query).sort("-seq").limit(LOG_ROWS + 1).to_list()
    rows = found[:LOG_ROWS]
    shown = await notices(viewer, rows)
    following = f"/notifications/log?before={rows[-1].seq}" if len(found) > LOG_ROWS else None
    entries = tuple(_entry(row, notice) for row, notice in zip(rows, shown, strict=True))
    return entries, KeyPager(next=following, first="/notifications/log" if before is not None else None)


def _entry(row: Notification, notice: Notice) -> Entry:
    return Entry(
        notice=notice,
        kind=row.kind,
        site=row.site,
        gone=row.withdrawn_at is not None or (notice.kind == "hidden" and row.site),
        read_at=row.read_at,
        pushed_at=row.pushed_at,
        email=row.email,
        emailed_at=row.emailed_at,
        email_skipped=row.email_skipped,
        awaits_email=row.awaits_email,
        gathered=row.gathered,
        moved_to=row.moved_to,
    )
