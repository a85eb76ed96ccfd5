"""What is recommended on a day: worked out once, the same all day long."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pymongo import IndexModel

from documents.base import Field, Id, Record, index


class Recommendation(Record):
    """The topics of one day, such as 2026-03-31, the hottest first; nobody has worked them out while `made_at` is None.

    More than are shown, as not everybody may see each of them.
    """

    day: str
    topics: list[Id] = Field(default_factory=list)
    due_at: datetime
    made_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "recommendations"
        indexes: ClassVar[list[IndexModel]] = [index("day", unique=True)]
