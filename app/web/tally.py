"""What only this process has seen today – faults, slow pages, who came first time, jobs – written in batches."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from pymongo.errors import PyMongoError

from app.web.batches import write_every
from documents import Day
from documents.clock import now

log = structlog.get_logger()

FLUSH_SECONDS: Final = 10.0
# So many different routes a day and process; there are fewer.
ROUTES_MAX: Final = 500

_zone = "UTC"
_numbers: Counter[tuple[str, str]] = Counter()


def use(zone: str) -> None:
    """Begin days with this zone's midnight."""
    global _zone
    _zone = zone


def day_of(moment: datetime, zone: str) -> str:
    """The day of a moment, such as 2026-03-31."""
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def bounds(day: str, zone: str) -> tuple[datetime, datetime]:
    """When a day begins and when the next one does; some have 23 or 25 hours."""
    first = date.fromisoformat(day)
    begin, end = (datetime.combine(each, time(), ZoneInfo(zone)) for each in (first, first + timedelta(days=1)))
    return begin, end


def count(name: str, by: int = 1) -> None:
    """It has happened here."""
    _numbers[day_of(now(), _zone), f"tallies.{name}"] += by


def slow(rule: str | None) -> None:
    """A page took long. The names of fields have no dots and do not begin with a dollar."""
    count("slow")
    if rule is not None and len(_numbers) < ROUTES_MAX:
        _numbers[day_of(now(), _zone), f"routes.{rule.replace('.', '·').replace('$', '＄')}"] += 1


def seen(before: datetime | None) -> None:
    """Somebody is here who was last here `before`: counted once a day, as only one request moves that on."""
    if before is None or day_of(before, _zone) != day_of(now(), _zone):
        count("active")


async def run() -> None:
    """Write every few seconds until cancelled, and once more then."""
    await write_every(FLUSH_SECONDS, flush)


async def flush() -> None:
    """Write what was seen. What the database does not take now is written the next time."""
    gathered = dict(_numbers)
    _numbers.clear()
    for day in {day for day, _ in gathered}:
        numbers = {name: number for (of, name), number in gathered.items() if of == day}
        try:
            await Day.tally(day, numbers)
        except PyMongoError as error:
            _numbers.update({(day, name): number for name, number in numbers.items()})
            log.warning("tally.not_written", error=type(error).__name__)
