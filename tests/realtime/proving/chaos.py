"""What goes wrong while people act."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Final

from tests.realtime.proving.cast import Cast
from tests.realtime.proving.plan import Mishap
from tests.realtime.proving.stage import Process, Stage
from tests.realtime.proving.tab import Tab

LOOK_SECONDS: Final = 0.01
FROZEN_SECONDS: Final = 1.0
REDIS_AWAY_SECONDS: Final = 0.7


class Chaos:
    """Does the mishaps of a plan, each after so many deeds."""

    def __init__(self, stage: Stage, cast: Cast, tabs: Sequence[Tab]) -> None:
        self._stage = stage
        self._cast = cast
        self._tabs = tabs

    async def run(self, mishaps: Sequence[Mishap], acting: asyncio.Future[list[None]]) -> None:
        """Until the last one, or until nobody acts any more."""
        for mishap in mishaps:
            while self._cast.done < mishap.after and not acting.done():  # noqa: ASYNC110 - many things end it
                await asyncio.sleep(LOOK_SECONDS)
            dice = random.Random(mishap.dice)
            self._cast.diary.append(f"!!! {mishap.verb}")
            await self._do(mishap.verb, dice)

    async def _do(self, verb: str, dice: random.Random) -> None:
        if verb.startswith("aim_all_"):
            for process in self._stage.processes:
                process.aim.write_text(verb.removeprefix("aim_all_"))
        elif verb.startswith("aim_"):
            self._process(dice).aim.write_text(verb.removeprefix("aim_"))
        elif verb == "kill":
            self._process(dice).kill()
        elif verb in ("restart_redis", "kill_redis"):
            await self._stage.restart_redis(politely=verb == "restart_redis", seconds=REDIS_AWAY_SECONDS)
        elif verb == "freeze":
            self._tab(dice).freeze(FROZEN_SECONDS)
        elif verb == "wake":
            await self._tab(dice).wake()
        else:
            getattr(self._tab(dice), verb)()

    def _process(self, dice: random.Random) -> Process:
        return dice.choice(self._stage.processes)

    def _tab(self, dice: random.Random) -> Tab:
        return dice.choice([tab for tab in self._tabs if not tab.blocked])
