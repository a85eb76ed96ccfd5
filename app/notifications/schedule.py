"""When somebody's digest goes out: at an hour of their own, each day or on one day of the week, in their time zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, get_args

from app.web.i18n import zone_of

Every = Literal["daily", "weekly"]
EVERY: Final[tuple[Every, ...]] = get_args(Every)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """`hour` is 0–23; `weekday` is 0 for Monday and says nothing of daily digests."""

    every: Every = "daily"
    hour: int = 8
    weekday: int = 0

    @classmethod
    def of(cls, stored: object) -> Schedule:
        """As it is in `User.digest`; what makes no sense there is the default."""
        given: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
        usual = cls()
        return cls(
            every=next((every for every in EVERY if every == given.get("every")), usual.every),
            hour=_within(given.get("hour"), 23, usual.hour),
            weekday=_within(given.get("weekday"), 6, usual.weekday),
        )

    def as_stored(self) -> dict[str, Any]:
        """For `User.digest`."""
        return asdict(self)

    def after(self, moment: datetime, zone: str) -> Iterator[tuple[date, datetime]]:
        """The days and moments of the digests after `moment`, without end.

        An hour that the clocks leave out is the one after it, one that comes twice is the first: one a day in any case.
        """
        here = zone_of(zone)
        day = moment.astimezone(here).date() - DAY
        while True:
            day += DAY
            if self.every == "weekly" and day.weekday() != self.weekday:
                continue
            due = datetime.combine(day, time(self.hour), here).astimezone(UTC)
            if due > moment:
                yield day, due


def _within(value: object, most: int, usual: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else usual
