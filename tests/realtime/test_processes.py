"""Two processes on one database and one Redis: whoever is connected to one hears what is sent through the other."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from bson import ObjectId
from pydantic import SecretStr
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed

from app.assembly import AUTH_COOKIE
from app.permissions.catalogue import ALLOWANCES, BUILT_IN, NEW
from app.settings import Settings
from documents import Board, Comment, Draft, Login, Notification, Site, User
from scripts.servers import EmbeddedRedis
from tests.conftest import free_port
from tests.people import Forum, Person
from tests.realtime.test_push import WAIT_SECONDS, Line, line

START_SECONDS = 90


class Process:
    """One `python -m app.serve`."""

    def __init__(self, settings: Settings) -> None:
        assert settings.mongodb_uri is not None
        assert settings.redis_url is not None
        self.port = free_port()
        environment = {
            "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
            "MONGODB_DB": settings.mongodb_db,
            "REDIS_URL": settings.redis_url.get_secret_value(),
            "QUORUM_BIND": f"127.0.0.1:{self.port}",
            "QUORUM_DATA_DIR": str(settings.data_dir),
        }
        root = Path(__file__).parents[2]
        self.child = subprocess.Popen([sys.executable, "-m", "app.serve"], cwd=root, env={**os.environ, **environment})

    def await_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.child.poll() is None
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
        raise AssertionError("the process does not answer")

    def kill(self) -> None:
        """As when the machine takes it away: no goodbye."""
        self.child.kill()
        self.child.wait()


@pytest.fixture(scope="module")
def processes(settings: Settings, app: object) -> Iterator[list[Process]]:
    """Two of them; a killed one is replaced for the next test."""
    found = [Process(settings), Process(settings)]
    for process in found:
        process.await_ready()
    yield found
    for process in found:
        process.child.terminate()
    for process in found:
        process.child.wait(20)


def at(person: Person, process: Process) -> Person:
    """The same person with a browser that reaches this process."""
    browser = httpx.AsyncClient(base_url=f"http://127.0.0.1:{process.port}", timeout=90, trust_env=False)
    browser.cookies.set(AUTH_COOKIE, person.browser.cookies[AUTH_COOKIE], domain="127.0.0.1")
    return replace(person, browser=browser)


def near(forum: Forum, process: Process) -> Forum:
    """The forum as this process serves it."""
    return Forum(forum.app, forum.settings.model_copy(update={"bind": f"127.0.0.1:{process.port}"}))


async def test_a_message_crosses_from_one_process_to_the_other(
    forum: Forum, processes: list[Process], alice: Person, bob: Person
) -> None:
    one, other = processes
    async with line(near(forum, one), bob) as tab:
        await at(alice, other).writes("bob", "Across")
        assert (await tab.hear())["title"] == "Across"


async def test_a_log_out_in_one_process_closes_the_line_in_the_other(
    forum: Forum, processes: list[Process], bob: Person
) -> None:
    one, other = processes
    async with line(near(forum, one), bob) as tab:
        await at(bob, other).send("/logout")
        assert await tab.closed() == 1008


async def test_without_redis_rights_that_end_in_one_process_end_in_the_other(
    settings: Settings, forum: Forum, tmp_path: Path, bob: Person, mod: Person, admin: Person
) -> None:
    """Redis is stopped while both run: no news crosses, the patrol of each process asks the database. First a board
    closes, then a role is taken away, then a log-in ends.
    """
    assert bob.user is not None
    board = await forum.board("Garden")  # before them, as nobody tells them of it
    topic = await admin.opens(board)
    redis = EmbeddedRedis(tmp_path)
    redis.start()
    own = settings.model_copy(update={"redis_url": SecretStr(redis.url)})
    both = one, other = Process(own), Process(own)
    try:
        for process in both:
            process.await_ready()
        elsewhere = at(await forum.logged_in(bob.user), other)
        login = await Login.raw().find_one({"user": bob.id}, sort=[("_id", 1)])
        assert login is not None
        async with line(near(forum, one), bob) as tab, line(near(forum, one), mod) as moderators:
            assert (await at(bob, one).get("/settings/account")).status_code == 200
            for each in (tab, moderators):
                await each.say(type="watch", topic=str(topic.oid), version=0)
                assert (await each.hear("topic"))["version"] is not None
            redis.stop()
            closed = await at(admin, other).send(f"/admin/boards/{board.oid}", name="Garden", staff_only="1")
            assert closed.status_code == 303, closed.text
            assert await gone(tab)
            given = await at(admin, other).send(f"/admin/people/{mod.id}", seen="moderator", roles=[])
            assert given.status_code == 303, given.text
            assert await gone(moderators)
            ended = await elsewhere.send(f"/settings/sessions/{login['_id']}/end")
            begun = time.monotonic()
            assert ended.status_code == 303
            assert (await at(bob, one).get("/settings/account")).status_code == 403
            assert await tab.closed() == 1008
            assert time.monotonic() - begun < WAIT_SECONDS
    finally:
        redis.stop()
        for process in both:
            process.kill()


async def gone(tab: Line) -> bool:
    """The next that is heard of the topic that is open: it is not there any more."""
    return (await tab.hear("topic"))["version"] is None


async def test_rights_taken_away_in_one_process_reach_an_open_page_in_the_other_within_a_second(
    forum: Forum, processes: list[Process], bob: Person, mod: Person, admin: Person
) -> None:
    """Of a few tries the quickest, as a machine may be busy; a patrol would take three seconds."""
    one, other = processes
    board, there = await forum.board("Garden"), at(admin, other)
    topic = await admin.opens(board)
    took: dict[str, list[float]] = {"board": [], "role": []}
    async with line(near(forum, one), bob) as tab, line(near(forum, one), mod) as moderators:
        for each in (tab, moderators):
            await each.say(type="watch", topic=str(topic.oid), version=0)
            assert (await each.hear("topic"))["version"] is not None
        for _ in range(3):
            begun = time.monotonic()
            await there.send(f"/admin/boards/{board.oid}", name="Garden", staff_only="1")
            assert await gone(tab)
            took["board"].append(time.monotonic() - begun)
            begun = time.monotonic()
            await there.send(f"/admin/people/{mod.id}", seen="moderator", roles=[])
            assert await gone(moderators)
            took["role"].append(time.monotonic() - begun)
            await there.send(f"/admin/people/{mod.id}", seen="", roles=["moderator"])
            await there.send(f"/admin/boards/{board.oid}", name="Garden")
            for each in (tab, moderators):
                assert (await each.hear("topic"))["version"] is not None
            if max(map(min, took.values())) < 1:
                break
    assert max(map(min, took.values())) < 1, took


async def test_who_writes_in_one_process_reads_it_in_the_other_at_once(
    forum: Forum, processes: list[Process], alice: Person
) -> None:
    board: Board = await forum.board()
    here, there = at(alice, processes[0]), at(alice, processes[1])
    topic = await here.opens(board)
    await there.see(f"/topics/{topic.oid}")
    for number in range(2, 8):
        await here.says(topic, f"Number {number}")
        there.browser.cookies.update(here.browser.cookies)
        assert f"Number {number}" in (await there.see(f"/topics/{topic.oid}")).text


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
async def test_a_setting_saved_in_one_process_is_in_force_in_the_other(
    forum: Forum, processes: list[Process], admin: Person, told: bool
) -> None:
    """Also when nobody says so, as without Redis; guests' pages are in the other's memory by then."""
    here, there = at(admin, processes[0]), at(await forum.person("bertha"), processes[1])
    there.browser.cookies.clear()
    async with asyncio.timeout(10):  # what the test before has set is over
        while "Pinewood" in (await there.get("/boards")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    if told:
        shown = await here.get("/admin/settings/general")
        seen = re.search(r'name="seen" value="([0-9a-f]*)"', shown.text)
        assert seen
        fields = {"seen": seen[1], "site_name": "Pinewood"}
        answer = await here.send("/admin/settings/general", csrf=here.token_in(shown), **fields)
        assert answer.status_code == 303, answer.text
    else:
        await Site.put({"site_name": "Pinewood"}, {}, None)
    async with asyncio.timeout(10):
        while "Pinewood" not in (await there.get("/boards")).text:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_killed_without_a_goodbye_nothing_is_missing_and_nothing_comes_twice(
    forum: Forum, settings: Settings, processes: list[Process], alice: Person, bob: Person
) -> None:
    """Bob's process dies while Alice writes; his page connects to the other one with the number that it had."""
    board = await forum.board()
    one, other = processes
    sender = at(alice, other)
    topic = await sender.opens(board)
    heard: list[int] = []

    async def listen(tab: Line) -> None:
        while True:
            heard.append((await tab.hear())["seq"])

    async with line(near(forum, one), bob) as tab:
        listening = asyncio.create_task(listen(tab))
        await sender.says(topic, "@bob one")
        await sender.says(topic, "@bob two")
        one.kill()
        await asyncio.wait([listening])
        assert isinstance(listening.exception(), ConnectionClosed)
    await sender.says(topic, "@bob three")
    async with line(near(forum, other), bob, hello=heard[-1] if heard else 0) as tab:
        await sender.says(topic, "@bob four")
        while not heard or heard[-1] < 4:
            heard.append((await tab.hear())["seq"])
    assert heard == [1, 2, 3, 4]
    processes[0] = Process(settings)
    processes[0].await_ready()


async def test_replies_through_two_processes_into_one_topic_are_numbered_and_counted(
    forum: Forum, processes: list[Process], alice: Person, bob: Person, charlie: Person
) -> None:
    board = await forum.board()
    await User.raw().update_many({}, {"$set": {"roles": ["member"]}})  # who may write more in a minute than new people
    topic = await alice.opens(board)
    sends = []
    for person in (alice, bob, charlie):
        token = await person.csrf()
        for process in processes:
            there = at(person, process)
            sends += [
                there.send(f"/topics/{topic.oid}/comments", csrf=token, body=f"@alice @bob {i}") for i in range(8)
            ]
    answers = await asyncio.gather(*sends)
    assert {answer.status_code for answer in answers} == {303}
    assert await Comment.raw().distinct("number", {"topic": topic.oid}) == list(range(1, len(sends) + 2))
    stored = await Board.get(board.oid)
    assert stored is not None
    assert stored.comment_count == len(sends) + 1
    for person, told in ((alice, 32), (bob, 32)):
        assert await Notification.raw().distinct("seq", {"user": person.id}) == list(range(1, told + 1))


async def test_one_form_sent_fifty_times_with_a_kill_in_between_is_one_post(
    forum: Forum, settings: Settings, processes: list[Process], alice: Person
) -> None:
    """Whatever step the process dies at: the post is there once and its draft is gone, or neither has happened yet."""
    board = await forum.board()
    topic = await alice.opens(board)
    place, path = f"reply:{topic.oid}", f"/topics/{topic.oid}/comments"
    await alice.send("/drafts", place=place, body="Only once")
    form = {"csrf": await alice.csrf(), "body": "Only once", "once": "the-key-of-this-form", "draft_rev": "1"}
    here, there = at(alice, processes[0]), at(alice, processes[1])
    sends = [asyncio.create_task(person.send(path, **form)) for _ in range(25) for person in (here, there)]
    await asyncio.wait(sends, return_when=asyncio.FIRST_COMPLETED)
    processes[0].kill()
    answers = await asyncio.gather(*sends, return_exceptions=True)
    seen = {answer.status_code for answer in answers if isinstance(answer, httpx.Response)}
    assert seen <= {303, 429}
    assert all(isinstance(answer, httpx.Response | httpx.TransportError) for answer in answers)
    await forget_limits(settings)
    again = await there.send(path, **form)
    assert again.headers["location"] == f"/topics/{topic.oid}/n/2"
    assert {a.headers["location"] for a in answers if isinstance(a, httpx.Response) and a.status_code == 303} <= {
        again.headers["location"]
    }
    assert await Comment.find({"topic": topic.oid}).count() == 2
    found = await Board.get(board.oid)
    assert found is not None
    assert found.comment_count == 2
    assert await Draft.find_all().count() == 0
    processes[0] = Process(settings)
    processes[0].await_ready()


async def test_limits_are_exact_over_two_processes_and_a_changed_one_is_in_force_in_both(
    forum: Forum, settings: Settings, processes: list[Process], bob: Person, admin: Person
) -> None:
    topic = await admin.opens(await forum.board())
    token = await bob.csrf()
    here = [at(bob, process) for process in processes]
    new = ALLOWANCES["comment"].new
    assert await _taken(here, topic.oid, token, 25) == new
    fields: Any = {"permissions": sorted(BUILT_IN[NEW].permissions), "limit_comment": str(new + 7), "seen": "0"}
    assert (await at(admin, processes[0]).send(f"/admin/roles/{NEW}", **fields)).status_code == 303
    await asyncio.sleep(1)  # what is promised
    assert await _taken(here, topic.oid, token, 25) == 7, "who was counted before goes on where they were"


async def _taken(people: list[Person], topic: ObjectId, token: str, each: int) -> int:
    """How many of these comments, sent at once by everybody of these, are taken."""
    path = f"/topics/{topic}/comments"
    sends = (
        person.send(path, csrf=token, body=f"{person.browser.base_url.port} {i}")
        for person in people
        for i in range(each)
    )
    answers = await asyncio.gather(*sends)
    assert {answer.status_code for answer in answers} <= {303, 429}
    return sum(answer.status_code == 303 for answer in answers)


async def forget_limits(settings: Settings) -> None:
    """As if a minute had passed."""
    assert settings.redis_url is not None
    async with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
        await redis.flushall()
