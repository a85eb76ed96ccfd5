"""Peers that are not there any more, take nothing, speak too early or come in too many: each ends soon, and alone."""

from __future__ import annotations

import asyncio
import time

import pytest
from quart import Quart
from websockets.exceptions import InvalidStatus

from app.assembly import AUTH_COOKIE
from app.realtime import hub as hubs
from app.realtime import socket as sockets
from app.realtime import wire
from app.realtime.batched import Batched
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from documents import Board, Login, User
from tests.people import Forum, Person
from tests.realtime.hostile import TEXT, frame, raw
from tests.realtime.test_push import line

GONE_SECONDS = 30.0


@pytest.fixture
def hub(app: Quart) -> Hub:
    found: Hub = app.extensions[HUB]
    return found


def beat(hub: Hub, later: float) -> None:
    """As if so many seconds had passed since somebody was last heard."""
    for socket in hub.sockets():
        socket.beat(time.monotonic() + later)


async def empty(hub: Hub) -> None:
    """Until no socket is left."""
    async with asyncio.timeout(GONE_SECONDS):
        while hub.sockets():  # noqa: ASYNC110 - there is no event for a socket that is gone
            await asyncio.sleep(0.01)


async def no_more_tasks(before: int) -> None:
    """Until the server, which runs beside the tests, does no more than before."""
    async with asyncio.timeout(GONE_SECONDS):
        while len(asyncio.all_tasks()) > before:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


async def test_who_is_silent_is_asked_and_then_closed(forum: Forum, hub: Hub, bob: Person) -> None:
    async with line(forum, bob) as tab:
        beat(hub, 10)
        beat(hub, 21)
        await tab.hear("ping")
        beat(hub, 51)
        assert await tab.closed() == 1001


async def test_who_is_told_all_the_time_but_says_nothing_is_closed_too(
    forum: Forum, hub: Hub, board: Board, alice: Person, bob: Person
) -> None:
    """Events that are sent prove nothing: TCP keeps them for a peer that is gone."""
    async with line(forum, bob) as tab:
        for later in (21, 51):
            await alice.opens(board, body="@bob look")
            await tab.hear()
            beat(hub, later)
        assert await tab.closed() == 1001


async def test_who_answers_stays(forum: Forum, hub: Hub, bob: Person) -> None:
    async with line(forum, bob) as tab:
        beat(hub, 21)
        await tab.hear("ping")
        await tab.say(type="pong")
        await tab.say(type="hello", seq=0)
        await tab.hear("unread")
        beat(hub, 45)
        await tab.hear("ping")


def test_a_half_open_connection_lasts_less_than_a_minute() -> None:
    assert sockets.SILENT_SECONDS + hubs.BEAT_SECONDS + sockets.SEND_SECONDS / 10 + 2 < 60
    assert sockets.PING_SECONDS + hubs.BEAT_SECONDS < sockets.SILENT_SECONDS / 2


async def test_who_takes_nothing_is_cut_off(
    forum: Forum, hub: Hub, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pipe is full: the goodbye does not get through either, and nothing waits for it."""
    monkeypatch.setattr(sockets, "SEND_SECONDS", 0.3)
    monkeypatch.setattr(wire, "PING", "x" * 30_000_000)
    cookie = f"{AUTH_COOKIE}={forum.cookie(bob.token)}"
    before = len(asyncio.all_tasks())
    async with raw(forum.settings.port, cookie) as tab:
        tab.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await tab.push(frame(TEXT, b'{"type":"hello","seq":0}'))
        async with asyncio.timeout(GONE_SECONDS):
            while not hub.sockets():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        beat(hub, 21)
        await no_more_tasks(before)


async def test_who_speaks_before_the_answer_leaves_nothing_behind(forum: Forum, hub: Hub, bob: Person) -> None:
    cookie = f"{AUTH_COOKIE}={forum.cookie(bob.token)}"
    before = len(asyncio.all_tasks())
    async with raw(forum.settings.port, cookie, early=frame(TEXT, b"{}")) as tab:
        assert b" 400 " in tab.head.split(b"\r\n")[0]
    await no_more_tasks(before)
    assert hub.sockets() == []


async def test_one_person_has_so_many_sockets_and_others_theirs(
    forum: Forum, hub: Hub, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "SOCKETS_EACH", 2)
    async with line(forum, bob), line(forum, bob):
        with pytest.raises(InvalidStatus) as refused:
            async with line(forum, bob):
                pass
        assert refused.value.response.status_code == 429
        async with line(forum, alice):
            pass
    await empty(hub)
    async with line(forum, bob):
        pass


async def test_a_full_process_refuses(
    forum: Forum, hub: Hub, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "_room", 1)
    async with line(forum, bob):
        with pytest.raises(InvalidStatus) as refused:
            async with line(forum, alice):
                pass
    assert refused.value.response.status_code == 429


async def test_questions_of_one_moment_are_one_and_answers_are_never_older_than_they() -> None:
    asked: list[list[int]] = []
    going = asyncio.Event()

    async def ask(keys: list[int]) -> dict[int, int]:
        asked.append(keys)
        await going.wait()
        return {key: len(asked) for key in keys}

    batched = Batched(ask, 3)
    first = [asyncio.create_task(batched.get(key)) for key in (1, 2, 1, 3, 4)]
    while not asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    again = asyncio.create_task(batched.get(1))
    first[1].cancel()
    await asyncio.sleep(0)
    going.set()
    assert await first[0] == await first[2] == await first[3] == 1
    assert await first[4] == await again == 2
    assert asked == [[1, 2, 3], [4, 1]]


async def test_an_error_goes_to_whoever_asked_and_to_nobody_after() -> None:
    async def ask(keys: list[int]) -> dict[int, int]:
        if 1 in keys:
            raise ValueError(1)
        return {key: key for key in keys}

    batched = Batched(ask, 1)
    found = await asyncio.gather(batched.get(1), batched.get(2), return_exceptions=True)
    assert isinstance(found[0], ValueError)
    assert found[1] == 2


async def test_the_patrol_wakes_only_who_is_behind(
    forum: Forum, hub: Hub, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line(forum, bob) as tab:
        await tab.say(type="hello", seq=0)
        await tab.hear("unread")
        (socket,) = hub.sockets()
        roused: list[object] = []
        monkeypatch.setattr(hub, "_rouse", roused.extend)
        monkeypatch.setattr(hub, "connected", False)  # else the others say when somebody has other roles
        await hub._look_at([socket])
        assert roused == []
        await User.raw().update_one({"_id": bob.id}, {"$set": {"roles": ["trusted"]}})
        await hub._look_at([socket])
        assert roused == [socket]


async def test_the_patrol_finds_one_among_many_who_missed_something_or_is_not_logged_in_any_more(
    forum: Forum, hub: Hub, alice: Person, bob: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks for sums first: they have to be others when one is."""
    async with line(forum, alice) as one, line(forum, bob) as two, line(forum, charlie) as three:
        for tab in (one, two, three):
            await tab.say(type="hello", seq=0)
            await tab.hear("unread")
        sockets = {socket.user: socket for socket in hub.sockets()}
        roused: list[object] = []
        monkeypatch.setattr(hub, "_rouse", roused.extend)
        await hub._look_at(hub.sockets())
        assert roused == []
        await User.raw().update_one({"_id": bob.id}, {"$inc": {"notification_seq": 1}})
        await hub._look_at(hub.sockets())
        assert roused == [sockets[bob.id]]
        sockets[bob.id]._fed = True
        await hub._look_at(hub.sockets())
        assert roused == [sockets[bob.id]], "who looks soon is let alone"
        await Login.raw().delete_many({"user": charlie.id})
        await hub._look_at(hub.sockets())
        assert await three.closed() == 1008
