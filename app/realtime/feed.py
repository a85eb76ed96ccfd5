"""What comes after a socket's cursor, read for many sockets at once: who they are now, and what they may see now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from bson import ObjectId

from app.accounts.crowd import viewers_by_login
from app.notifications.pages import Notice
from app.notifications.views import FEED_MAX, as_json, notices_of
from app.realtime import wire
from app.realtime.batched import Batched
from app.viewer import GUEST, Viewer
from app.web import pace
from documents import Notification

# Log-ins read in one query. The more, the longer nothing else of this process has its turn.
BATCH: Final = 100

Place = tuple[ObjectId, int]
Ask = tuple[Place, Viewer]


class Event(NamedTuple):
    """One event as it is sent, and the notice that it is about."""

    seq: int
    text: str
    notice: ObjectId


@dataclass(frozen=True, slots=True)
class Found:
    """Who is behind a log-in (a guest when it is over), and the messages after its cursor; None when too many."""

    viewer: Viewer
    events: tuple[Event, ...] | None = ()


class Feed:
    """The feeds of everybody with a socket in this process."""

    def __init__(self) -> None:
        self._reading = Batched(read, BATCH)

    async def after(self, login: ObjectId, cursor: int) -> Found:
        """What is there for this log-in after the event `cursor`."""
        return await self._reading.get((login, cursor))


async def read(places: list[Place]) -> dict[Place, Found]:
    """The same for many, with as many queries as for one."""
    viewers = await viewers_by_login({login for login, _ in places})
    asked = [((login, cursor), viewers.get(login, GUEST)) for login, cursor in places]
    missed = [(place, viewer) for place, viewer in asked if viewer.seq > place[1] and viewer.known]
    return {place: Found(viewer) for place, viewer in asked} | await _missed(missed)


async def _missed(asked: list[Ask]) -> dict[Place, Found]:
    far = [(place, viewer) for place, viewer in asked if viewer.seq - place[1] > FEED_MAX]
    near = [(place, viewer) for place, viewer in asked if viewer.seq - place[1] <= FEED_MAX]
    found = await _rows(near)
    drawn = await notices_of([(viewer, rows) for (_, viewer), rows in zip(near, found, strict=True)])
    told = {}
    for (place, viewer), notices in zip(near, drawn, strict=True):
        told[place] = Found(viewer, tuple(_event(notice, viewer) for notice in notices))
        await pace.rest()
    return told | {place: Found(viewer, None) for place, viewer in far}


def _event(notice: Notice, viewer: Viewer) -> Event:
    return Event(notice.seq, wire.event(as_json(notice), viewer.unread), ObjectId(notice.id))


async def _rows(asked: Iterable[Ask]) -> list[list[Notification]]:
    """The events after each cursor, up to the one that the viewer's numbers know of: a later one wakes again."""
    asked = list(asked)
    which = [{"user": viewer.me, "seq": {"$gt": cursor, "$lte": viewer.seq}} for (_, cursor), viewer in asked]
    if not which:
        return []
    rows: dict[ObjectId, list[Notification]] = defaultdict(list)
    for raw in await Notification.raw().find({"$or": which}).sort("seq").to_list():
        rows[raw["user"]].append(Notification.as_read(raw))
        await pace.rest()
    return [[row for row in rows[viewer.me] if row.seq > cursor] for (_, cursor), viewer in asked]
