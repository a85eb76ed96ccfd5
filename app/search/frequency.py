"""In how many texts a word stands, near enough to begin with the rarest."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from documents import Comment, Topic
from documents.base import Record

# Counted no further: 10 ms at most, and a word in so many texts is common whatever the number.
COUNTED_MAX: Final = 10_000
KEPT_SECONDS: Final = 900.0
KEPT: Final = 50_000

_kept: OrderedDict[tuple[type[Record], str], tuple[int, float]] = OrderedDict()


async def frequencies(
    tokens: Iterable[str], documents: type[Comment] | type[Topic] = Comment, most: int = COUNTED_MAX
) -> dict[str, int]:
    """How many texts have each word, deleted ones too, up to `most`; some minutes old at times."""
    wanted = list(dict.fromkeys(tokens))
    counts = await asyncio.gather(*(_frequency(documents, token, most) for token in wanted))
    return dict(zip(wanted, counts, strict=True))


async def _frequency(documents: type[Comment] | type[Topic], token: str, most: int) -> int:
    known = _kept.get((documents, token))
    if known is not None and known[1] > time.monotonic():
        return known[0]
    count = await documents.raw().count_documents({"words": token}, limit=most)
    if count:
        _kept[documents, token] = (count, time.monotonic() + KEPT_SECONDS)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return count


def forget() -> None:
    """Count anew."""
    _kept.clear()
