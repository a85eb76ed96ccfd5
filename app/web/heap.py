"""Keeping the garbage collector out of everybody's way.

A full collection looks at every object there is, and nothing else has its turn meanwhile: with five thousand open
websockets half a second, again and again. What has lived through one is put aside (`gc.freeze`), so that the next looks
at what came since, and it waits for a moment in which nobody asks for a page. What is put aside is freed as ever when
nobody holds it; only rings of objects wait.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from typing import Any, Final

from app.web import pace

OLDEST: Final = 2
# The younger generations are kept small, so that no look at them takes long; never by itself at the oldest.
THRESHOLDS: Final = (2_000, 3, 1_000_000)
LOOK_SECONDS: Final = 0.5
# Of so many looks at the middle one, what they left is looked at in a quiet moment; of so many, in any.
FEW: Final = 4
MANY: Final = 50
# When there is so much less than after the last look at everything, or more, rings that were put aside are looked for.
# That can take a second, and so waits for a quiet moment, but not for long: what thousands of others need that come
# then would be taken beside what those left who have gone.
LESS: Final = 0.85
MORE: Final = 1.3
WAITS_SECONDS: Final = 3.0


class Heap:
    """What was put aside in this process."""

    def __init__(self) -> None:
        self._most = self._least = 0
        self._wanted_at: float | None = None

    def collected(self, phase: str, info: dict[str, Any]) -> None:
        """Called by the collector before and after it has looked. What a full collection leaves is no garbage."""
        if phase == "stop" and info["generation"] == OLDEST:
            gc.freeze()

    def look(self) -> None:
        """Look at what is new, soon; at everything once much has gone, or come: what is gone may have left rings among
        what was put aside.
        """
        new = gc.get_count()[OLDEST]
        if new >= MANY or (new >= FEW and pace.quiet()):
            gc.collect()
        blocks = sys.getallocatedblocks()
        self._most = max(self._most, blocks)
        if self._most * LESS <= blocks <= self._least * MORE:
            self._wanted_at = None
            return
        moment = time.monotonic()
        self._wanted_at = self._wanted_at or moment
        if pace.quiet() or moment - self._wanted_at > WAITS_SECONDS:
            self.tidy()

    def tidy(self) -> None:
        """Look at everything there is, and put aside what stays."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        gc.collect()  # it looks again once a quarter as much has come as there was the last time: now that is little
        self._most = self._least = sys.getallocatedblocks()
        self._wanted_at = None


async def run() -> None:
    """Until cancelled."""
    heap = Heap()
    heap.tidy()
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    gc.callbacks.append(heap.collected)
    try:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            heap.look()
    finally:
        gc.callbacks.remove(heap.collected)
        gc.set_threshold(*before)
        gc.unfreeze()
