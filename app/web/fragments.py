"""Rendered parts of pages that are the same for every viewer, kept in memory, with holes for what is not."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

from markupsafe import Markup

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_HOLE: Final = re.compile(r"<!--hole:(\w+):(\w*)-->")


class Fragment:
    """Markup with holes."""

    __slots__ = ("_pieces", "facts", "size")

    def __init__(self, html: str, facts: Any = None) -> None:
        """`facts` are what filling it needs to know."""
        self.facts = facts
        self._pieces = _HOLE.split(html)
        self.size = len(html)

    def fill(self, filling: Callable[[str, str], str]) -> Markup:
        """The markup with each hole replaced by `filling(kind, key)`, which has to return safe HTML."""
        pieces = self._pieces
        out = [pieces[0]]
        for at in range(1, len(pieces), 3):
            out += filling(pieces[at], pieces[at + 1]), pieces[at + 2]
        return Markup("".join(out))


class Bounded(Generic[K, V]):
    """The most recently used values, up to `limit` characters in all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, if it is kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, size: int) -> V:
        """Keep a value of this size and let go of those not used for longest."""
        self._size += size - self._kept.pop(key, (None, 0))[1]
        self._kept[key] = (value, size)
        while self._size > self._limit and self._kept:
            self._size -= self._kept.popitem(last=False)[1][1]
        return value

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._size = 0
