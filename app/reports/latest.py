"""What a moderator has just decided, so that one key takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.operations.words import VERBS
from app.viewer import Viewer
from app.web.i18n import Text
from documents import Operation
from documents.base import Raw
from documents.clock import now

# For so long a page offers it; the list of what was done offers it for ever.
OFFERED_FOR: Final = timedelta(minutes=10)
DECISIONS: Final = frozenset(
    {
        *(f"{kind}.{act}" for kind in ("topic", "comment") for act in ("approve", "reject", "delete")),
        *("message.delete", "report.accept", "report.reject"),
    }
)


@dataclass(frozen=True, slots=True)
class Latest:
    """An operation that can be undone from a queue."""

    id: str
    label: str
    at: datetime


async def latest_of(viewer: Viewer) -> Latest | None:
    """The viewer's last operation, if it is a decision of a moment ago that nobody has taken back."""
    since: Raw = {"actor": viewer.me, "at": {"$gt": now() - OFFERED_FOR}}
    found = await Operation.find(since).sort("-at", "-_id").first_or_none()
    if found is None or found.verb not in DECISIONS or found.undone_by is not None or found.undo_of is not None:
        return None
    return Latest(str(found.oid), str(Text(VERBS[found.verb])), found.at)
