"""What was read a moment ago. Events drop what is not true any more; without the line to the others nothing is kept."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# The bound for what no event tells, such as the end of a log-in's time.
FRESH_SECONDS: Final = 10.0


class Recent(Generic[K, V]):
    """Values by key, each for at most ten seconds, only while `connected`."""

    def __init__(self, kept: int) -> None:
        self._max = kept
        self._kept: OrderedDict[K, tuple[V, float]] = OrderedDict()
        self._drops = 0
        self.connected = False

    async def get(self, key: K, load: Callable[[], Awaitable[V | None]], *, fresh: bool = False) -> V | None:
        """The value, loaded when it is not kept or a `fresh` one is wanted; None is never kept."""
        kept = self._kept.get(key)
        if kept is not None and not fresh and kept[1] > time.monotonic():
            return kept[0]
        before = self._drops
        value = await load()
        # Something was dropped while this was read: it may be the older one.
        if value is not None and self.connected and before == self._drops:
            self._kept[key] = (value, time.monotonic() + FRESH_SECONDS)
            while len(self._kept) > self._max:
                self._kept.popitem(last=False)
        return value

    def forget(self, wrong: Callable[[K, V], bool]) -> None:
        """Drop every value that `wrong` says is not true any more."""
        self._drops += 1
        for key in [key for key, (value, _) in self._kept.items() if wrong(key, value)]:
            del self._kept[key]

    def drop(self, *keys: K) -> None:
        """Drop these values. Whatever is being read at this moment is not kept either."""
        self._drops += 1
        for key in keys:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._drops += 1
        self._kept.clear()
