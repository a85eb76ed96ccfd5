"""How somebody reads the forum: language, theme and time zone, kept in the account and so the same on every device."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import resources
from typing import Final

from babel.dates import get_timezone_location
from bson import ObjectId

from app.errors import Invalid
from app.events import PeopleTold
from app.viewer import Viewer
from app.web.i18n import LOCALES, N_, Text
from app.web.pages import THEMES, Locale
from app.work import Work, tell, together
from documents import User

BABEL: Final[dict[Locale, str]] = {"en": "en_GB", "zh": "zh_Hans_CN"}
# Zones that everybody looks for by another name than a city's.
PLAIN_ZONES: Final = ("UTC",)
REGIONS: Final[dict[str, str]] = {
    "Africa": N_("Africa"),
    "America": N_("Americas"),
    "Antarctica": N_("Antarctica"),
    "Asia": N_("Asia"),
    "Atlantic": N_("Atlantic"),
    "Australia": N_("Australia"),
    "Europe": N_("Europe"),
    "Indian": N_("Indian Ocean"),
    "Pacific": N_("Pacific"),
}


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name and the city that people know it by."""

    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Region:
    """The time zones of a part of the world."""

    name: str
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """The choices as they stand; empty is what the device says. `error` is about the time zone."""

    locale: str = ""
    theme: str = ""
    time_zone: str = ""
    error: str = ""


@functools.cache
def zone_names() -> frozenset[str]:
    """Every zone that can be chosen: those with a rule of their own since 1970."""
    table = resources.files("tzdata").joinpath("zoneinfo/zone1970.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return frozenset([*PLAIN_ZONES, *(columns[2] for columns in lines)])


@functools.cache
def regions(locale: Locale) -> tuple[Region, ...]:
    """The zones by part of the world, in the order of their names in a language."""
    found: dict[str, list[Zone]] = {name: [] for name in REGIONS}
    for name in zone_names():
        region = name.partition("/")[0]
        if region in found:
            found[region].append(Zone(name, _city(name, locale)))
    named = [
        Region(Text(REGIONS[name]).into(locale), tuple(sorted(zones, key=_by_city))) for name, zones in found.items()
    ]
    return (Region("UTC", (Zone("UTC", "UTC"),)), *named)


def _city(name: str, locale: Locale) -> str:
    return str(get_timezone_location(name, locale=BABEL[locale], return_city=True)).rpartition("/")[2]


def _by_city(zone: Zone) -> str:
    return zone.city.casefold()


async def _nothing(_work: Work, _person: ObjectId) -> None:
    """Nothing goes by people's time zones."""


_with_zone: Callable[[Work, ObjectId], Awaitable[None]] = _nothing


def with_zone(steps: Callable[[Work, ObjectId], Awaitable[None]]) -> None:
    """Have `steps` done in the transaction in which somebody chooses a time zone; once a process."""
    global _with_zone
    _with_zone = steps


async def choose(viewer: Viewer, **chosen: str) -> None:
    """Keep some of `locale`, `theme` and `time_zone`; `Invalid` names what there is no such thing of."""
    known = {"locale": (*LOCALES, ""), "theme": (*THEMES, ""), "time_zone": (*zone_names(), "")}
    wrong = {
        name: Text(N_("Please choose one of the list.")) for name, value in chosen.items() if value not in known[name]
    }
    if wrong:
        raise Invalid(fields=wrong)

    async def steps(work: Work) -> None:
        await User.raw().update_one({"_id": viewer.me}, {"$set": dict(chosen)}, session=work.session)
        if "time_zone" in chosen:
            await _with_zone(work, viewer.me)
        work.record(PeopleTold((viewer.me,)))

    await together(steps)


async def put_away(viewer: Viewer, mark: str) -> None:
    """They do not want to see the announcement of this mark again."""
    await User.raw().update_one({"_id": viewer.me}, {"$set": {"put_away": mark}})
    await tell(PeopleTold((viewer.me,)))
