"""What everybody has heard, held against the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from bson import ObjectId

from app.accounts.crowd import viewers_by_login
from app.notifications.views import notices
from app.settings import Settings
from documents import Notification
from documents.base import Raw
from scripts.doctoring.registry import CHECKS
from tests.doctored import examine, sentences
from tests.realtime.proving.cast import Cast, stored_with
from tests.realtime.proving.tab import Tab

# A hint that was lost is made good by the patrol, which goes round every second here.
SETTLED_SECONDS: Final = 12.0
LOOK_SECONDS: Final = 0.05


async def settle(tabs: Sequence[tuple[Tab, ObjectId]], *, seconds: float = SETTLED_SECONDS) -> list[str]:
    """Wait until every tab has everything; what is still missing after that."""
    until = time.monotonic() + seconds
    while True:
        if never := [fault for tab, _ in tabs for fault in tab.faults]:
            return never
        missing = [fault for tab, login in tabs for fault in await _missing(tab, login)]
        if not missing or time.monotonic() > until:
            return missing
        await asyncio.sleep(LOOK_SECONDS)


async def _missing(tab: Tab, login: ObjectId) -> list[str]:
    """Each event that the database has, in order, once; and the numbers that it counts."""
    viewer = (await viewers_by_login([login]))[login]
    stored = await Notification.raw().distinct("seq", {"user": viewer.me})
    faults = []
    if tab.taken != sorted(stored):
        faults.append(f"{tab.name} has {tab.taken}, the database {sorted(stored)}")
    if tab.unread != viewer.unread.as_json():
        faults.append(f"{tab.name} counts {tab.unread}, the database {viewer.unread.as_json()}")
    return faults


async def what_may_be_seen(tab: Tab, login: ObjectId) -> list[str]:
    """A page that was opened at the end shows what may be seen at the end, and hides the rest."""
    viewer = (await viewers_by_login([login]))[login]
    faults = []
    for notice in await notices(viewer, await Notification.after(viewer.me, 0, 100_000)):
        heard = tab.events.get(notice.seq, {}).get("kind")
        if heard != notice.kind:
            faults.append(f"{tab.name} hears event {notice.seq} as {heard}, which is {notice.kind}")
    return faults


async def what_was_acknowledged(cast: Cast) -> list[str]:
    """Each text that somebody was told is stored is there exactly once; and nothing is there twice."""
    faults = []
    for marker in sorted(cast.comments | cast.messages):
        there = await stored_with(marker)
        if there != 1:
            faults.append(f"{marker} was acknowledged and is there {there} times")
    return faults


async def told_once() -> list[str]:
    """Nobody was told twice of one thing."""
    twice: list[Raw] = [
        {"$group": {"_id": {"user": "$user", "subject": "$subject"}, "n": {"$sum": 1}}},
        {"$match": {"n": {"$gt": 1}}},
    ]
    return [f"{row['_id']} was told {row['n']} times" async for row in await Notification.raw().aggregate(twice)]


async def doctor_says(settings: Settings, *, indexes: bool) -> list[str]:
    """What the doctor finds, with or without the indexes."""
    names = [check.name for check in CHECKS if indexes or check.name != "indexes"]
    found = await examine(settings, *names)
    return [sentences(found)] if found else []
