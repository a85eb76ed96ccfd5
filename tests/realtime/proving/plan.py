"""What happens in a run: drawn from a seed, so that it can be written down and repeated."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

PEOPLE: Final = ("ann", "ben", "小明", "dot")
# Deeds of people, and how often each comes up.
DEEDS: Final[Mapping[str, int]] = {
    "reply": 10,
    "mention": 10,
    "message": 5,
    "edit": 5,
    "remention": 2,
    "delete": 4,
    "restore": 3,
    "like": 3,
    "block": 1,
    "unblock": 2,
    "read": 5,
    "open_topic": 1,
    "mention_in_attic": 2,
}
MISHAPS: Final[Mapping[str, int]] = {
    "kill": 2,
    "aim_stored": 4,
    "aim_storing": 2,
    "aim_midway": 2,
    "aim_untold": 3,
    "drop": 5,
    "abandon": 2,
    "freeze": 3,
    "wake": 2,
    "restart_redis": 1,
    "kill_redis": 1,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does; `dice` decides the rest of it."""

    who: int
    verb: str
    dice: int


@dataclass(frozen=True, slots=True)
class Mishap:
    """What goes wrong, once so many deeds have been done."""

    after: int
    verb: str
    dice: int


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. `feed_max` is how many missed events are still told one by one."""

    seed: int
    deeds: tuple[Deed, ...]
    mishaps: tuple[Mishap, ...]
    feed_max: int = 100

    def written(self) -> str:
        """To repeat it: PROOF_PLAN names a file with this."""
        return json.dumps(asdict(self), ensure_ascii=False)


def draw(
    seed: int,
    deeds: int,
    mishaps: int,
    *,
    verbs: Mapping[str, int] = DEEDS,
    ills: Mapping[str, int] = MISHAPS,
    late: bool = False,
) -> Plan:
    """A plan of this size; `late`: everything goes wrong before the last deed."""
    first = deeds - 1 if late else 1
    dice = random.Random(seed)
    done = tuple(Deed(dice.randrange(len(PEOPLE)), _one_of(dice, verbs), dice.randrange(2**32)) for _ in range(deeds))
    gone = tuple(
        sorted(
            (Mishap(dice.randrange(first, deeds), _one_of(dice, ills), dice.randrange(2**32)) for _ in range(mishaps)),
            key=lambda mishap: mishap.after,
        )
    )
    return Plan(seed, done, gone, feed_max=dice.choice((100, 100, 4)))


def _one_of(dice: random.Random, weights: Mapping[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def read(text: str) -> Plan:
    """A plan that was written down."""
    found = json.loads(text)
    deeds = tuple(Deed(**deed) for deed in found["deeds"])
    return Plan(found["seed"], deeds, tuple(Mishap(**mishap) for mishap in found["mishaps"]), found["feed_max"])
