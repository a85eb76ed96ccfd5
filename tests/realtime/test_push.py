"""New messages and mentions reach open browsers, also after a reconnect, with nothing missing or doubled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from app.accounts import logins
from app.assembly import AUTH_COOKIE
from documents import Board
from tests.people import Forum, Person

# A machine may be busy; who hears nothing at all waits for so long.
WAIT_SECONDS = 30.0


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


class Line:
    """A browser tab's websocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def hear(self, type_: str = "notification") -> dict[str, Any]:
        """The next message of a type; others are passed over."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                message: dict[str, Any] = json.loads(await self.socket.recv())
                if message["type"] == type_:
                    return message

    async def hear_any(self) -> dict[str, Any]:
        """The next message, whatever it is."""
        found: dict[str, Any] = json.loads(await self.socket.recv())
        return found

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def closed(self) -> int:
        """The code with which the server closes."""
        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(WAIT_SECONDS):
                while True:
                    await self.socket.recv()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code


@asynccontextmanager
async def line(forum: Forum, person: Person, *, origin: str = "own", hello: int | None = -1) -> AsyncIterator[Line]:
    """Connect as a browser does and say hello with the number that the page had (-1: what the server says)."""
    url = f"ws://127.0.0.1:{forum.settings.port}/ws"
    headers = {"Cookie": f"{AUTH_COOKIE}={forum.cookie(person.token)}"} if person.token else {}
    async with connect(
        url,
        additional_headers=headers,
        origin=Origin(forum.origin if origin == "own" else origin),
        proxy=None,
    ) as socket:
        found = Line(socket)
        ready = await found.hear("ready")
        if hello is not None:
            await found.say(type="hello", seq=ready["seq"] if hello == -1 else hello)
        yield found


async def test_a_mention_arrives(forum: Forum, board: Board, alice: Person, xiaoming: Person) -> None:
    async with line(forum, xiaoming) as tab:
        topic = await alice.opens(board, "关于番茄", "请问@小明你怎么看？")
        event = await tab.hear()
    assert (event["kind"], event["seq"], event["title"]) == ("mention", 1, "关于番茄")
    assert event["actor"]["username"] == "alice"
    assert event["unread"] == {"notifications": 1, "messages": 0}
    assert event["url"] == f"/topics/{topic.oid}/n/1"


async def test_a_private_message_arrives_in_every_tab(forum: Forum, alice: Person, bob: Person) -> None:
    async with line(forum, bob) as one, line(forum, bob) as two:
        await alice.writes("bob", "Lunch?")
        events = [await one.hear(), await two.hear()]
    assert [(event["kind"], event["title"]) for event in events] == [("message", "Lunch?")] * 2
    assert events[0]["unread"] == {"notifications": 0, "messages": 1}


async def test_what_was_missed_comes_after_hello_in_order_and_once(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, body="@bob one")
    await alice.says(topic, "@bob two")
    await alice.writes("bob")
    async with line(forum, bob, hello=1) as tab:
        assert [(await tab.hear())["seq"] for _ in range(2)] == [2, 3]
        await tab.say(type="hello", seq=0)
        await alice.says(topic, "@bob four")
        assert (await tab.hear())["seq"] == 4


async def test_a_client_that_never_says_hello_hears_what_is_new(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    await alice.opens(board, body="@bob before")
    async with line(forum, bob, hello=None) as tab:
        await alice.opens(board, body="@bob now")
        assert (await tab.hear())["seq"] == 2


async def test_too_many_missed_events_are_a_resync(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    from documents import Notification, User
    from documents.clock import now

    topic = await alice.opens(board)
    rows = [
        Notification(
            user=bob.id,
            seq=seq,
            kind="mention",
            reasons=["mention"],
            subject=topic.oid if seq == 1 else _id(),
            actor=alice.id,
            topic=topic.oid,
            number=1,
            created_at=now(),
        ).as_stored()
        for seq in range(1, 151)
    ]
    await Notification.raw().insert_many(rows)
    await User.raw().update_one({"_id": bob.id}, {"$set": {"notification_seq": 150}})
    async with line(forum, bob, hello=0) as tab:
        assert (await tab.hear("resync"))["seq"] == 150


def _id() -> Any:
    from bson import ObjectId

    return ObjectId()


async def test_reading_in_one_tab_is_heard_in_the_other(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, body="@bob look")
    async with line(forum, bob) as tab:
        await bob.see(f"/topics/{topic.oid}")
        assert (await tab.hear("unread"))["unread"] == {"notifications": 0, "messages": 0}


async def test_logging_out_closes_the_line(forum: Forum, bob: Person) -> None:
    async with line(forum, bob) as tab:
        await bob.send("/logout")
        assert await tab.closed() == 1008


async def test_a_log_in_that_ends_behind_the_forums_back_closes_the_line(forum: Forum, bob: Person) -> None:
    from documents import Login
    from documents.clock import now

    async with line(forum, bob) as tab:
        await Login.raw().update_many({"user": bob.id}, {"$set": {"ended_at": now()}})
        assert await tab.closed() == 1008


async def test_what_was_stored_behind_the_forums_back_is_found(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    """As when the process that stored it died before it could tell anybody."""
    from documents import Notification, User
    from documents.clock import now

    topic = await alice.opens(board)
    async with line(forum, bob) as tab:
        lost = Notification(
            user=bob.id,
            seq=1,
            kind="mention",
            reasons=["mention"],
            subject=_id(),
            actor=alice.id,
            topic=topic.oid,
            number=1,
            created_at=now(),
        )
        await Notification.raw().insert_one(lost.as_stored())
        await User.raw().update_one({"_id": bob.id}, {"$set": {"notification_seq": 1}})
        event = await tab.hear()
    assert (event["seq"], event["kind"]) == (1, "hidden")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
async def test_foreign_pages_are_refused(forum: Forum, bob: Person, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with line(forum, bob, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_guests_and_ended_log_ins_are_refused(forum: Forum, guest: Person, bob: Person) -> None:
    assert bob.user is not None
    await logins.end_all(bob.id)
    for person in (guest, bob):
        with pytest.raises(InvalidStatus) as refused:
            async with line(forum, person):
                pass
        assert refused.value.response.status_code == 401


@pytest.mark.parametrize(
    "frame", ["not json", "[]", "{}", '{"type": 5}', "x" * 5000, b"\x00\x01", '{"type":"hello","seq":"1"}' * 2]
)
async def test_nonsense_closes_the_line(forum: Forum, bob: Person, frame: str | bytes) -> None:
    async with line(forum, bob) as tab:
        await tab.socket.send(frame)
        assert await tab.closed() == 1008


async def test_a_flood_closes_the_line(forum: Forum, bob: Person) -> None:
    async with line(forum, bob) as tab:
        try:
            for _ in range(10_000):
                await tab.say(type="pong")
        except ConnectionClosed:
            pass
        assert await tab.closed() == 1008


async def test_a_deleted_comment_is_told_as_a_number_only(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "@bob a secret slipped out")
    await alice.send(f"/comments/{comment.oid}/delete")
    async with line(forum, bob, hello=0) as tab:
        event = await tab.hear()
    assert event == {"type": "notification", "seq": 1, "kind": "hidden", "unread": {"notifications": 0, "messages": 0}}


async def test_a_later_hello_is_answered_even_when_nothing_is_new(forum: Forum, bob: Person) -> None:
    """So that a page that wakes up knows whether its line is still there."""
    async with line(forum, bob) as tab:
        await tab.say(type="hello", seq=0)
        assert (await tab.hear("unread"))["unread"] == {"notifications": 0, "messages": 0}
