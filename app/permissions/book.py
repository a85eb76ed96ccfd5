"""All roles and boards as this process knows them: few, needed by every page, so kept and never asked for in a loop.

What decides is a whole at one moment: a `Book` never changes, a newer one takes its place.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bson import ObjectId

from app.permissions.catalogue import ADMINISTRATOR, ALLOWANCES, BUILT_IN, PERMISSIONS, UNSHOWN
from documents import Board, Role
from documents.base import Raw

# Events empty the cache at once; this is for when none can be heard, so that a change is in force within a second.
FRESH_SECONDS: Final = 1.0

Roles = frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A role. The `name` and `description` of a built-in one are texts to translate.

    `limits` say how often something may be done, by the names of app.permissions.catalogue.ALLOWANCES.
    """

    key: str
    name: str
    description: str
    permissions: frozenset[str]
    built_in: bool = True
    position: int = 0
    edits: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """Roles by key, in their order; boards by id, deleted ones too, in the order of the forum.

    `edition` differs whenever somebody's rights may be others than in another book of this process; `named` are the
    roles of which some board says something. `out_of_sight` keeps what was worked out of it: the boards that somebody
    with these rights may not read.
    """

    roles: Mapping[str, Held]
    boards: Mapping[ObjectId, Board] = field(default_factory=dict)
    edition: int = 0
    named: Roles = frozenset()
    _sorted: dict[Roles, tuple[Held, ...]] = field(default_factory=dict)
    _alike: dict[tuple[frozenset[str], Roles], Roles] = field(default_factory=dict)
    out_of_sight: dict[Hashable, frozenset[ObjectId]] = field(default_factory=dict, repr=False, compare=False)

    def held(self, keys: Roles) -> tuple[Held, ...]:
        """Those of these roles that there are, in order."""
        found = self._sorted.get(keys)
        if found is None:
            found = self._sorted[keys] = tuple(role for key, role in self.roles.items() if key in keys)
        return found

    def alike(self, keys: Roles) -> Roles:
        """The same roles for all who may do the same everywhere."""
        if ADMINISTRATOR in keys:
            return frozenset({ADMINISTRATOR})
        named = keys & self.named
        plain = [role.permissions - UNSHOWN for role in self.held(keys) if role.key not in named]
        return self._alike.setdefault((frozenset[str]().union(*plain), named), keys)


def built_in(stored: Mapping[str, Role]) -> dict[str, Held]:
    """The built-in roles, as they are at the start or as they were changed."""
    return {
        key: Held(
            key,
            role.name,
            role.sentence,
            _permissions(key, stored.get(key)),
            edits=_edits(stored.get(key)),
            limits=_limits(key, stored.get(key)),
        )
        for key, role in BUILT_IN.items()
    }


def _limits(key: str, stored: Role | None) -> dict[str, int]:
    """What was set, else what is so at the start."""
    start = {name: each.at_start(key) for name, each in ALLOWANCES.items() if each.at_start(key)}
    return {**start, **_known_limits(stored)} if stored else start


def _known_limits(stored: Role) -> dict[str, int]:
    return {name: most for name, most in stored.limits.items() if name in ALLOWANCES}


def _edits(stored: Role | None) -> int:
    return stored.edits if stored else 0


def _permissions(key: str, stored: Role | None) -> frozenset[str]:
    """An administrator's are never fewer than all; what came after a role was saved is as it is at the start."""
    start = BUILT_IN[key].permissions
    if stored is None or not stored.known or key == ADMINISTRATOR:
        return start
    return (frozenset(stored.permissions) | (start - frozenset(stored.known))) & PERMISSIONS.keys()


def bind(stored: Iterable[Role], boards: Iterable[Board]) -> Book:
    """A book of these."""
    by_key = {role.key: role for role in stored}
    own = sorted((role for key, role in by_key.items() if key not in BUILT_IN), key=lambda role: role.position)
    roles = built_in(by_key) | {
        role.key: Held(
            role.key,
            role.name,
            role.description,
            frozenset(role.permissions) & PERMISSIONS.keys(),
            built_in=False,
            position=role.position,
            edits=role.edits,
            limits=_known_limits(role),
        )
        for role in own
    }
    places = {board.oid: board for board in in_tree(list(boards))}
    named = frozenset(key for board in places.values() for key in board.overrides)
    return Book(roles, places, _edition(roles, places), named)


def in_tree(boards: Sequence[Board]) -> Iterator[Board]:
    """The same boards, each followed by those below it."""
    ids = {board.oid for board in boards}
    for board in boards:
        if board.parent not in ids:
            yield board
            yield from (each for each in boards if each.parent == board.oid)


def _edition(roles: Mapping[str, Held], boards: Mapping[ObjectId, Board]) -> int:
    said = [(role.key, tuple(sorted(role.permissions))) for role in roles.values()]
    here = [(board.oid, board.staff_only, board.live, board.archived_at, _said(board)) for board in boards.values()]
    return hash((tuple(said), tuple(here)))


def _said(board: Board) -> tuple[object, ...]:
    return tuple(sorted((role, tuple(sorted(areas.items()))) for role, areas in board.overrides.items()))


NEVER: Final = float("-inf")
TRIES: Final = 3
# One look at the database for both, so that roles and boards are of one moment.
BOTH: Final[list[Raw]] = [{"$sort": {"position": 1, "_id": 1}}, {"$unionWith": Role.Settings.name}]

_book: Book = bind((), ())
_read_at = NEVER
_drops = 0


def book() -> Book:
    """As it was last read."""
    return _book


async def fresh() -> Book:
    """As it is, or was a second ago at most, when nobody could say that it has changed."""
    for _ in range(TRIES):
        if time.monotonic() - _read_at <= FRESH_SECONDS or await _read():
            break
    return _book


async def _read() -> bool:
    """Read it; False when something was told meanwhile, so that this may be older."""
    global _book, _read_at
    before, moment = _drops, time.monotonic()
    found = await (await Board.raw().aggregate(BOTH)).to_list()
    if before != _drops:
        return False
    roles = [Role.model_validate(raw) for raw in found if "key" in raw]
    _book = bind(roles, [Board.model_validate(raw) for raw in found if "key" not in raw])
    _read_at = moment
    return True


def forget() -> None:
    """Read it anew when next asked."""
    global _read_at, _drops
    _read_at, _drops = NEVER, _drops + 1
