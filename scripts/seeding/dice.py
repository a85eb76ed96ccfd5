"""Chance, made of `Random.random` alone: only that is promised to give the same in every version of Python."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """What the generators ask of chance."""

    __slots__ = ("roll",)

    def __init__(self, rng: Random) -> None:
        self.roll: Callable[[], float] = rng.random

    def chance(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.roll() < share

    def below(self, end: int) -> int:
        """A whole number from 0 to `end` - 1."""
        return int(self.roll() * end)

    def one(self, things: Sequence[T]) -> T:
        """One of `things`."""
        return things[int(self.roll() * len(things))]

    def take(self, things: MutableSequence[T]) -> T:
        """Take one out of `things`, whose order is lost."""
        at = int(self.roll() * len(things))
        things[at], things[-1] = things[-1], things[at]
        return things.pop()

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """All of `things` in another order."""
        left = list(things)
        return [self.take(left) for _ in range(len(left))]
