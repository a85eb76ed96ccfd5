"""What is in force in this process. Each looks at the database twice a second, whatever it hears, so that a change is
in force everywhere within a second, with Redis or without; news only make it faster.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from pymongo.errors import PyMongoError

from app.settings import Settings
from app.site.catalogue import SETTINGS, fits
from app.site.settings import SiteSettings, merged
from documents import Site

log = structlog.get_logger()

LOOK_SECONDS: Final = 0.5
# Those of the environment that were asked for: one in a process, some in tests.
MADE_MAX: Final = 20
NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read."""

    values: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    edits: int = 0


_site = Known()
_read_at = NEVER
_drops = 0
_made: dict[int, tuple[Settings, SiteSettings]] = {}
_listeners: list[Callable[[], None]] = []


def effective(environment: Settings) -> SiteSettings:
    """These settings, as they are in force."""
    kept = _made.get(id(environment))
    if kept is None or kept[0] is not environment:
        if len(_made) >= MADE_MAX:
            _made.clear()
        kept = _made[id(environment)] = (environment, merged(environment, _good(_site.values, environment), _site.made))
    return kept[1]


def _good(values: Mapping[str, Any], environment: Settings) -> dict[str, Any]:
    """Without what another version has stored, or what a lowered bound does not allow any more."""
    return {name: value for name, value in values.items() if name in SETTINGS and fits(name, value, environment)}


def on_change(listener: Callable[[], None]) -> None:
    """Have this called whenever other settings are in force; replaces the one before."""
    _listeners[:] = [listener]


async def fresh() -> None:
    """See to it that what is in force here is no older than half a second."""
    if time.monotonic() - _read_at > LOOK_SECONDS:
        await _read()


async def _read() -> None:
    global _site, _read_at
    before, moment = _drops, time.monotonic()
    stored = await Site.now()
    found = Known(stored.values, stored.made, stored.edits)
    if before != _drops:
        return  # something was told meanwhile, so that this may be older: it is read again when next asked
    changed = found != _site
    _site, _read_at = found, moment
    if changed:
        _made.clear()
        for listener in _listeners:
            listener()


def forget() -> None:
    """Read it anew when next asked."""
    global _read_at, _drops
    _read_at, _drops = NEVER, _drops + 1


async def watch() -> None:
    """Look twice a second, for ever: guests' pages come from memory, and ask nobody."""
    while True:
        try:
            await fresh()
        except PyMongoError as error:
            log.warning("site.not_read", error=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)
