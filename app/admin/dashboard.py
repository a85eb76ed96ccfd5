"""The dashboard: what happened today and lately, out of the documents of days: few queries, however large it is."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Final, Literal

from babel.dates import format_date

from app.admin import days
from app.admin.charts import Chart, chart
from app.web.i18n import N_, Text, current_locale
from app.web.tally import day_of
from app.web.templating import BABEL_LOCALE
from documents import Day
from documents.clock import now

Span = Literal["days", "months"]
DAYS: Final = 30
MONTHS: Final = 12
SLOW_SHOWN: Final = 8
MIB: Final = 1024 * 1024

# The key of each measure, its words, its unit, and how days become a month.
MEASURES: Final[tuple[tuple[str, str, str, Literal["sum", "mean", "last"]], ...]] = (
    ("active", N_("Active people"), "count", "mean"),
    ("signups", N_("Sign-ups"), "count", "sum"),
    ("topics", N_("Topics"), "count", "sum"),
    ("comments", N_("Comments"), "count", "sum"),
    ("messages", N_("Private messages"), "count", "sum"),
    ("reports", N_("Reports"), "count", "sum"),
    ("letters", N_("E-mails"), "count", "sum"),
    ("storage", N_("Storage"), "bytes", "last"),
    ("jobs", N_("Jobs done"), "count", "sum"),
    ("jobs_failed", N_("Jobs failed"), "count", "sum"),
    ("errors", N_("Errors"), "count", "sum"),
    ("slow", N_("Slow pages"), "count", "sum"),
)

Numbers = dict[str, int]


async def charts(span: Span, zone: str) -> tuple[Chart, ...]:
    """One for each measure."""
    today = date.fromisoformat(day_of(now(), zone))
    first = today - timedelta(days=DAYS - 1) if span == "days" else _month(today, -(MONTHS - 1))
    known = {
        day.day: _in_units(_all(day)) for day in await Day.since(min(first, today - timedelta(days=1)).isoformat())
    }
    known[today.isoformat()] = known.get(today.isoformat(), {}) | _in_units(await days.today(zone))
    return tuple(_chart(measure, span, known, first, today) for measure in MEASURES)


def _all(day: Day) -> Numbers:
    return {**day.tallies, **day.counts}


def _in_units(numbers: Numbers) -> Numbers:
    return numbers | ({"storage": numbers["storage"] // MIB} if "storage" in numbers else {})


def _month(day: date, by: int) -> date:
    """The first of the month so many months away."""
    months = day.year * 12 + day.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _chart(
    measure: tuple[str, str, str, Literal["sum", "mean", "last"]],
    span: Span,
    known: dict[str, Numbers],
    first: date,
    today: date,
) -> Chart:
    key, title, unit, joined = measure
    wanted = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    values = [(day, _value(known.get(day.isoformat()), key)) for day in wanted]
    points = _by_day(values) if span == "days" else _by_month(values, joined)
    before = _value(known.get((today - timedelta(days=1)).isoformat()), key)
    shown = known[today.isoformat()].get(key, 0)
    return chart(key, str(Text(title)), unit, points, now=shown, before=before)


def _value(numbers: Numbers | None, key: str) -> int | None:
    """Of a day that is known, what is not named did not happen – but for storage, which nobody knows afterwards."""
    if numbers is None:
        return None
    return numbers.get(key, None if key == "storage" else 0)


def _by_day(values: list[tuple[date, int | None]]) -> list[tuple[str, int | None]]:
    return [(_worded(day, "MMMd"), value) for day, value in values]


def _by_month(
    values: list[tuple[date, int | None]], joined: Literal["sum", "mean", "last"]
) -> list[tuple[str, int | None]]:
    months: dict[date, list[int]] = defaultdict(list)
    for day, value in values:
        month = months[_month(day, 0)]
        if value is not None:
            month.append(value)
    return [(_worded(month, "yMMM"), _joined(found, joined)) for month, found in months.items()]


def _joined(values: list[int], how: Literal["sum", "mean", "last"]) -> int | None:
    if not values:
        return None
    return {"sum": sum(values), "mean": round(sum(values) / len(values)), "last": values[-1]}[how]


def _worded(day: date, skeleton: str) -> str:
    formats = {"MMMd": {"en": "d MMM", "zh": "M月d日"}, "yMMM": {"en": "MMM y", "zh": "y年M月"}}
    locale = current_locale.get()
    return format_date(day, formats[skeleton][locale], locale=BABEL_LOCALE[locale])


async def slow_routes(zone: str) -> tuple[tuple[str, int], ...]:
    """Which pages were slow in the last week, the most often first."""
    since = (date.fromisoformat(day_of(now(), zone)) - timedelta(days=6)).isoformat()
    counted: dict[str, int] = defaultdict(int)
    for day in await Day.since(since):
        for route, number in day.routes.items():
            counted[route.replace("·", ".")] += number
    return tuple(sorted(counted.items(), key=lambda found: -found[1])[:SLOW_SHOWN])
