"""The dashboard: numbers by day that are counted once, today as it goes on, and what one should look at."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from quart import Quart

from app.admin import days, waiting
from app.jobs.workshop import WORKSHOP, Workshop
from app.web import tally
from documents import Comment, Day, Letter, Topic, User
from documents.clock import now
from tests import stock
from tests.people import Forum, Person

ZONE = "UTC"


def day(ago: int) -> str:
    return tally.day_of(now() - timedelta(days=ago), ZONE)


def numbers(page: str, key: str) -> str:
    """What stands large beside a chart."""
    found = re.search(rf'id="chart-{key}">.*?chart-number">\s*(.*?)\s*</p>', page, re.DOTALL)
    assert found, key
    return found[1]


async def test_today_is_counted_as_it_goes_on(forum: Forum, admin: Person, alice: Person, bob: Person) -> None:
    board = await forum.board()
    topic = await alice.opens(board)
    await bob.says(topic, "One")
    await bob.says(topic, "Two")
    days.forget()
    page = (await admin.get("/admin")).text
    found = {key: numbers(page, key) for key in ("signups", "topics", "comments", "messages")}
    assert found == {"signups": "3", "topics": "1", "comments": "2", "messages": "0"}
    assert page.count('<svg class="chart-picture"') == 12
    assert page.count('<details class="chart-table"') == 12


async def test_days_that_are_over_are_worked_out_once_by_the_job(app: Quart, forum: Forum, alice: Person) -> None:
    """Also those before anybody counted, since somebody was here first."""
    board = await forum.board()
    topics = await stock.topics(board, alice, 3)
    moments = [now() - timedelta(days=ago) for ago in (1, 1, 4)]
    for topic, moment in zip(topics, moments, strict=True):
        await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"created_at": moment}})
    await User.raw().update_one({"_id": alice.id}, {"$set": {"created_at": now() - timedelta(days=6)}})
    workshop: Workshop = app.extensions[WORKSHOP]
    kind = workshop.jobs.kinds[days.JOB]
    (last,) = await kind.waiting(now(), 100)
    await asyncio.gather(kind.do(last), kind.do(last))
    assert await kind.waiting(now(), 100) == []
    known = {each.day: each.counts for each in await Day.since(day(10))}
    assert [known[day(ago)]["topics"] for ago in (1, 2, 4)] == [2, 0, 1]
    assert known[day(6)]["signups"] == 1
    await Topic.raw().delete_many({})
    await kind.do(last)
    assert {each.day: each.counts for each in await Day.since(day(10))} == known, "the past is not counted again"


async def test_days_before_one_that_was_worked_out_are_not_left_behind(app: Quart, forum: Forum, alice: Person) -> None:
    """As after a job that ended half-way, whose last day another process has worked out since."""
    await User.raw().update_one({"_id": alice.id}, {"$set": {"created_at": now() - timedelta(days=6)}})
    kind = app.extensions[WORKSHOP].jobs.kinds[days.JOB]
    (last,) = await kind.waiting(now(), 100)
    await Day.make(last, {"topics": 7}, now())
    await kind.do(last)
    assert await kind.waiting(now(), 100) == []
    made = {each.day: each.counts for each in await Day.since(day(10)) if each.made_at}
    assert len(made) == 6
    assert made[day(1)] == {"topics": 7}


@pytest.mark.parametrize("span", ["days", "months"])
async def test_the_past_comes_out_of_the_days(forum: Forum, admin: Person, span: str) -> None:
    await Day.begin([day(1), day(2), day(40)])
    for ago, count in ((1, 7), (2, 5), (40, 90)):
        await Day.tally(day(ago), {"tallies.active": count, "routes./topics/<oid:topic_id>": 3})
    page = (await admin.get(f"/admin?span={span}")).text
    text = re.sub(r"<[^>]+>", " ", page)
    assert "yesterday 7" in text
    if span == "days":
        assert "at most 7" in text
        assert "/topics/&lt;oid:topic_id&gt;" in page
    else:
        assert re.search(r"at most (90|[3-9]\d)", text)


async def test_what_only_processes_see_is_written_in_batches(forum: Forum, alice: Person, bob: Person) -> None:
    await tally.flush()
    await Day.raw().delete_many({})
    yesterday = now() - timedelta(days=1)
    for person in (alice, bob):
        await User.raw().update_one({"_id": person.id}, {"$set": {"seen_at": yesterday}})
        await User.raw().database["sessions"].update_many({"user": person.id}, {"$set": {"seen_at": yesterday}})
    forum.app.extensions["quorum"].guest_pages.clear()
    for _ in range(3):
        for person in (alice, bob):
            await (await forum.logged_in(person.user)).get("/") if person.user else None
            await person.get("/")
    tally.slow("/sitemap.xml")
    await tally.flush()
    (today,) = await Day.since(day(0))
    assert today.tallies["active"] == 2
    assert today.routes["/sitemap·xml"] >= 1


async def test_a_day_has_as_many_hours_as_its_zone_says() -> None:
    begin, end = tally.bounds("2026-03-29", "Europe/Berlin")
    assert end - begin == timedelta(hours=23) or (end.astimezone(UTC) - begin.astimezone(UTC)) == timedelta(hours=23)
    assert tally.day_of(datetime(2026, 3, 31, 17, tzinfo=UTC), "Asia/Shanghai") == "2026-04-01"


async def test_counting_a_day_walks_along_indexes(forum: Forum) -> None:
    begin, end = tally.bounds(day(0), ZONE)
    for document, when, also in days.COUNTED.values():
        plan = str(await document.raw().find({when: {"$gte": begin, "$lt": end}, **also}).explain())
        assert "COLLSCAN" not in plan, document
    assert Comment in {document for document, _, _ in days.COUNTED.values()}


async def test_health_names_what_is_missing(forum: Forum, admin: Person) -> None:
    page = (await admin.get("/admin/health")).text
    assert "All are there." in page
    assert page.count("check-good") >= 5
    await Day.raw().drop_index("made_at_desc_day")
    try:
        page = (await admin.get("/admin/health")).text
        assert "days.made_at_desc_day" in page
        assert "check-bad" in page
    finally:
        await Day.raw().create_indexes(list(Day.Settings.indexes))


def test_every_kind_of_job_has_a_name(app: Quart) -> None:
    assert waiting.KINDS.keys() == app.extensions[WORKSHOP].jobs.kinds.keys()


async def test_jobs_are_begun_again(admin: Person) -> None:
    letter = await stock.failed_letter()
    page = (await admin.get("/admin/jobs")).text
    assert "Send an e-mail" in page
    assert "E-mails that have failed: 1" in (await admin.get("/admin")).text
    assert (await admin.send("/admin/jobs/retry")).status_code == 303
    again = await Letter.load(ObjectId(letter.oid))
    assert again is not None
    assert again.state != "failed"


async def test_who_may_see_only_a_part_sees_no_numbers(forum: Forum, admin: Person) -> None:
    keeper = await forum.person("keeper")
    answer = await admin.send("/admin/roles/create", name="Keepers", permissions="manage_boards")
    assert answer.status_code == 303
    key = answer.headers["location"].rsplit("/", 1)[1]
    await admin.send(f"/admin/people/{keeper.id}", roles=key, seen="")
    page = await keeper.get("/admin")
    assert page.status_code == 200
    assert "chart-picture" not in page.text
    for path in ("/admin/health", "/admin/jobs", "/admin/settings"):
        assert (await keeper.get(path)).status_code == 404
