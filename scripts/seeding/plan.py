"""How many of what, when, and by whom: the numbers of a demo forum, the same for the same seed."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from bson import ObjectId

# Most topics are short and a few go on for ever; the larger the exponent, the fewer those are.
LENGTH_EXPONENT: Final = 1.3
# A few people write most of what there is.
ACTIVITY_EXPONENT: Final = 0.8
HISTORY: Final = timedelta(days=540)
FIRST_ANSWER_MINUTES: Final = 90.0
NAMESPACE: Final = "seed"


@dataclass(frozen=True, slots=True)
class Sizes:
    """What was asked for. `comments` counts the opening posts; `longest` is the length of one topic, 0 for no such."""

    users: int
    boards: int
    topics: int
    comments: int
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Crowd:
    """People who are picked as often as they are active."""

    people: tuple[ObjectId, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, people: list[ObjectId]) -> Crowd:
        """The first ones are the most active."""
        weights = ((rank + 1) ** -ACTIVITY_EXPONENT for rank in range(len(people)))
        return cls(tuple(people), tuple(itertools.accumulate(weights)))

    def pick(self, rng: Random) -> ObjectId:
        """One of them."""
        return self.people[min(bisect.bisect(self.sums, rng.random() * self.sums[-1]), len(self.people) - 1)]


def object_id(rng: Random) -> ObjectId:
    """An id out of the seed; it must not begin as a made-up one, see app.topics.filling.ANY_ID."""
    return ObjectId(bytes([rng.randrange(0x40, 0xF0)]) + rng.randbytes(11))


def lengths(rng: Random, sizes: Sizes) -> list[int]:
    """The number of comments of each topic, in no order: all together `sizes.comments`."""
    rest = sizes.comments - sizes.topics
    weights = [rng.paretovariate(LENGTH_EXPONENT) - 0.9 for _ in range(sizes.topics)]
    found = [1] * sizes.topics
    if sizes.longest and sizes.topics > 1:
        found[0] = min(sizes.longest, rest + 1)
        rest -= found[0] - 1
        weights[0] = 0.0
    total = sum(weights) or 1.0
    shares = [int(rest * weight / total) for weight in weights]
    found = [length + share for length, share in zip(found, shares, strict=True)]
    for at in range(sizes.comments - sum(found)):
        found[1 + at % (sizes.topics - 1) if sizes.topics > 1 else 0] += 1
    return found


def midnight() -> datetime:
    """The start of this day, before which everything of the demo has happened: the same all day long."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def opened_at(rng: Random, until: datetime) -> datetime:
    """When a topic was opened: more of late than long ago."""
    return until - HISTORY * (rng.random() ** 2) - timedelta(minutes=30)


def answered_at(rng: Random, before: datetime, until: datetime, left: int) -> datetime:
    """When the next comment came: soon, or after days, but leaving time for those that are still to come."""
    wait = timedelta(minutes=FIRST_ANSWER_MINUTES * rng.paretovariate(0.9))
    return before + min(wait, (until - before) / (left + 1))


def milliseconds(moment: datetime) -> datetime:
    """Cut to what MongoDB keeps."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
