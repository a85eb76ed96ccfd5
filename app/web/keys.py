"""Keys of lists in order of time: the moment and the id of a row say where the next page begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bson import ObjectId

EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class TimeKey:
    """The last row of a page, or the first, to go back from."""

    at: datetime
    id: ObjectId

    def __str__(self) -> str:
        """As it stands in a URL: milliseconds and id."""
        return f"{round((self.at - EPOCH).total_seconds() * 1000)}_{self.id}"

    def older(self, field: str = "created_at") -> dict[str, Any]:
        """What comes after it in a list with the newest first: one range of the index, the ties sorted out by id."""
        return {field: {"$lte": self.at}, "$or": [{field: {"$lt": self.at}}, {"_id": {"$lt": self.id}}]}

    def newer(self, field: str = "created_at") -> dict[str, Any]:
        """What comes before it there."""
        return {field: {"$gte": self.at}, "$or": [{field: {"$gt": self.at}}, {"_id": {"$gt": self.id}}]}


def time_key(text: str | None) -> TimeKey | None:
    """The key out of a URL; None for the first page, and for anything that is no key."""
    value, _, id = (text or "").rpartition("_")
    try:
        return TimeKey(EPOCH + timedelta(milliseconds=int(value)), ObjectId(id)) if ObjectId.is_valid(id) else None
    except (ValueError, OverflowError):
        return None
