"""What is new to somebody, as templates print it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bson import ObjectId

# More are not counted: "99+".
COUNTED_MAX: Final = 99


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """Of a topic what says whether it is unread; `last` is its last number that is not deleted."""

    id: ObjectId
    board: ObjectId
    first: int
    last: int
    count: int
    active_at: datetime

    @property
    def whole(self) -> bool:
        """Whether no number up to the last is deleted or missing, so that counting is subtraction."""
        return self.count == self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class News:
    """What is new in one topic: so many replies, or all of it when it was `never` opened."""

    count: int = 0
    never: bool = False

    @property
    def label(self) -> str:
        """The number as it is shown."""
        return str(self.count) if self.count <= COUNTED_MAX else f"{COUNTED_MAX}+"


@dataclass(frozen=True, slots=True)
class Left:
    """Where somebody stopped reading in a topic: at `number` (None: never begun), with all until `since` read."""

    number: int | None
    since: datetime
