"""When digests come: hours and days of people's own, where clocks are changed too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notifications.schedule import Schedule
from app.text.plain import COVERED, Block, blocks_of

ZONES = ("", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "No/Where")


def first(schedule: Schedule, moment: datetime, zone: str) -> datetime:
    return next(schedule.after(moment, zone))[1]


@pytest.mark.parametrize(
    ("zone", "hour", "moment", "due"),
    [
        ("", 8, "2026-03-01T07:59", "2026-03-01T08:00"),
        ("", 8, "2026-03-01T08:00", "2026-03-02T08:00"),
        ("Asia/Shanghai", 8, "2026-03-01T00:00", "2026-03-02T00:00"),
        ("Asia/Shanghai", 0, "2026-03-01T15:59", "2026-03-01T16:00"),
        ("America/New_York", 2, "2026-03-08T05:00", "2026-03-08T07:00"),  # 02:00 is left out: 03:00 EDT
        ("America/New_York", 2, "2026-03-08T07:00", "2026-03-09T06:00"),
        ("America/New_York", 1, "2026-11-01T04:00", "2026-11-01T05:00"),  # 01:00 comes twice: the first
        ("America/New_York", 1, "2026-11-01T05:30", "2026-11-02T06:00"),
        ("No/Where", 8, "2026-03-01T07:00", "2026-03-01T08:00"),
    ],
)
def test_the_next_digest(zone: str, hour: int, moment: str, due: str) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (moment, due))
    assert first(Schedule(hour=hour), at, zone) == expected


def test_weekly_is_once_a_week_on_that_day() -> None:
    moments = [due for _, due in islice(Schedule("weekly", 9, 2).after(datetime(2026, 3, 1, tzinfo=UTC), ""), 3)]
    assert [due.weekday() for due in moments] == [2, 2, 2]
    assert moments[2] - moments[0] == timedelta(days=14)


@given(st.integers(0, 15 * 365 * 24 * 60), st.sampled_from(ZONES), st.integers(0, 23))
def test_one_a_day_and_always_later(minutes: int, zone: str, hour: int) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = list(islice(Schedule(hour=hour).after(at, zone), 4))
    days, dues = [day for day, _ in found], [due for _, due in found]
    assert dues == sorted(set(dues))
    assert dues[0] > at
    assert len(set(days)) == 4
    if zone in ("", "Asia/Shanghai"):
        assert all(due.astimezone(ZoneInfo(zone or "UTC")).hour == hour for due in dues)
        assert dues[0] - at <= timedelta(days=1)


@pytest.mark.parametrize("odd", [None, 7, "daily", {}, {"every": [], "hour": True, "weekday": 7}, {"hour": -1}])
def test_what_is_no_schedule_is_the_usual_one(odd: object) -> None:
    assert Schedule.of(odd) == Schedule()


def test_texts_in_letters() -> None:
    html = (
        "<p>One <strong>two</strong><br>three</p><blockquote class='quote'><p>said</p></blockquote>"
        "<ul><li>a</li><li><p>b</p></li></ul><div class='code'><pre><code>x = 1\n  y</code></pre></div>"
        "<p>see <span class='spoiler' tabindex='0'>who <em>did</em> it</span> <img src='x' alt='a cat'></p>"
    )
    assert blocks_of(html, 1000) == (
        Block("text", "One two\nthree"),
        Block("quote", "said"),
        Block("item", "a"),
        Block("item", "b"),
        Block("code", "x = 1\n  y"),
        Block("text", f"see {COVERED} [a cat]"),
    )


def test_long_texts_are_cut_and_say_so() -> None:
    long = blocks_of("<p>" + "word " * 1000 + "</p><p>more</p>", 100)
    assert len(long) == 1
    assert long[0].text.endswith("…")
    assert len(long[0].text) <= 101
    assert blocks_of("<p>12345</p><p>6</p>", 5)[-1] == Block("text", "…")
    assert blocks_of("", 5) == ()
