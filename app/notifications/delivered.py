"""When notices first reached an open page: gathered in this process, and written in batches.

It is told to the person in their log and decides nothing, so a process that is killed may forget its last second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.web.batches import in_parts, write_every
from documents import Notification
from documents.base import Raw
from documents.clock import now

log = structlog.get_logger()

FLUSH_SECONDS: Final = 1.0
GATHERED_MAX: Final = 50_000
WRITTEN_AT_ONCE: Final = 200

# What is shown to nobody is delivered to nobody.
SHOWN: Final[Raw] = {"pushed_at": None, "withdrawn_at": None, "site": {"$ne": False}}

_gathered: set[ObjectId] = set()


def note(notices: Iterable[ObjectId]) -> None:
    """These have been sent to a page of theirs. Past the bound they are not noted, rather than kept without end."""
    if len(_gathered) < GATHERED_MAX:
        _gathered.update(notices)


async def run() -> None:
    """Write every second until cancelled, and once more then."""
    await write_every(FLUSH_SECONDS, flush)


async def flush() -> None:
    """Write what was gathered, all with the moment at which it is written: that is right to the second."""
    taken = list(_gathered)
    _gathered.clear()
    try:
        for some in in_parts(taken, WRITTEN_AT_ONCE):
            await Notification.raw().update_many({"_id": {"$in": some}, **SHOWN}, {"$set": {"pushed_at": now()}})
    except PyMongoError as error:
        log.warning("delivered.not_written", error=type(error).__name__)
