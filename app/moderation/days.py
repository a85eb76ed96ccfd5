"""What moderators type to look for something: days and people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bson import ObjectId

from app.text.names import username_key
from app.web.routing import as_id
from documents import User

NOBODY: Final = ObjectId("0" * 24)


def day_in(text: str) -> datetime | None:
    """The beginning of a day such as 2025-03-02, in UTC; None for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


async def person_named(name: str) -> ObjectId:
    """Somebody by their name or id; who is not there has done nothing."""
    id = as_id(name)
    if id is not None:
        return id
    found = await User.raw().find_one({"username_key": username_key(name.lstrip("@"))}, {"_id": 1})
    return found["_id"] if found else NOBODY
