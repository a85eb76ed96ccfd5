"""When notices first reached an open page: gathered in this process, and written in batches.

It is told to the person in their log and decides nothing, so a process that is killed may forget its last second.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import structlog
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from app.web.batches import write_every
from documents import Notification
from documents.base import Raw
from documents.clock import now

log = structlog.get_logger()

FLUSH_SECONDS: Final = 1.0
GATHERED_MAX: Final = 50_000

# What is shown to nobody is delivered to nobody.
SHOWN: Final[Raw] = {"pushed_at": None, "withdrawn_at": None, "site": {"$ne": False}}

_gathered: dict[tuple[ObjectId, int], datetime] = {}


def note(user: ObjectId, seqs: Iterable[int]) -> None:
    """These have been sent to a page of theirs. Past the bound they are not noted, rather than kept without end."""
    for seq in seqs:
        if len(_gathered) < GATHERED_MAX:
            _gathered.setdefault((user, seq), now())


async def run() -> None:
    """Write every second until cancelled, and once more then."""
    await write_every(FLUSH_SECONDS, flush)


async def flush() -> None:
    """Write what was gathered."""
    if not _gathered:
        return
    taken = dict(_gathered)
    _gathered.clear()
    changes = [
        UpdateOne({"user": user, "seq": seq, **SHOWN}, {"$set": {"pushed_at": at}}) for (user, seq), at in taken.items()
    ]
    try:
        await Notification.raw().bulk_write(changes, ordered=False)
    except PyMongoError as error:
        log.warning("delivered.not_written", error=type(error).__name__)
