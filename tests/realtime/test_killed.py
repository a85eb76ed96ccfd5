"""A process that is killed between any two steps of sending: the text is posted once, or still there to be sent."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from app.assembly import AUTH_COOKIE
from app.settings import Settings
from documents import (
    Board,
    Comment,
    Conversation,
    Draft,
    Membership,
    Message,
    Notification,
    Revision,
    Topic,
    User,
)
from documents.clock import now
from tests import stock
from tests.people import Forum, Person

# Each step is tried with it. Else those by which the step that stores the text is found: half of the rest each time,
# so that they lie before, in and after the transaction, and closest around its commit.
EVERY_STEP = "EVERY_STEP" in os.environ
STEPS_MAX = 32


@pytest.fixture(scope="module")
def dying(settings: Settings, app: object) -> Iterator[int]:
    """A forum whose processes die where a request says so; gives its port."""
    assert settings.mongodb_uri is not None
    assert settings.redis_url is not None
    listening = socket.create_server(("127.0.0.1", 0))
    port = int(listening.getsockname()[1])
    environment = {
        "MONGODB_URI": settings.mongodb_uri.get_secret_value(),
        "MONGODB_DB": settings.mongodb_db,
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "QUORUM_BIND": f"127.0.0.1:{port}",
        "QUORUM_DATA_DIR": str(settings.data_dir),
        "QUORUM_LIMITS": "off",
        "QUORUM_JOBS": "apart",
    }
    fd = listening.fileno()
    command = [sys.executable, "-m", "tests.realtime.dying", str(fd)]
    child = subprocess.Popen(command, env={**os.environ, **environment}, pass_fds=[fd])
    yield port
    child.terminate()
    child.wait(20)
    listening.close()


@dataclass(frozen=True)
class Form:
    """Something to send: where to, with what, and the check that it is stored as it should be, once."""

    path: str
    fields: dict[str, str]
    place: str
    stored: Callable[[], Awaitable[int]]
    right: Callable[[], Awaitable[None]]


def at(person: Person, port: int) -> Person:
    """The same person with a browser that reaches this port."""
    browser = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=90, trust_env=False)
    browser.cookies.set(AUTH_COOKIE, person.browser.cookies[AUTH_COOKIE], domain="127.0.0.1")
    return replace(person, browser=browser)


async def sent(sender: Person, form: Form, step: int) -> httpx.Response | None:
    """Send it to a process that dies at this step; gives the answer when it is not reached."""
    data = {"csrf_token": await sender.kept_csrf(), **form.fields}
    try:
        return await sender.browser.post(form.path, data=data, headers={"X-Die-At": str(step)})
    except httpx.TransportError:
        return None


async def attack(sender: Person, make: Callable[[], Awaitable[Form]]) -> None:
    """Kill the process at steps of fresh forms, and see each time what is left, and what sending again makes of it.

    How many steps there are differs by a few, as each process has seen other things before.
    """
    killed: list[bool] = []

    async def stored_at(step: int) -> bool:
        form = await make()
        await Draft.begin(sender.id, form.place, {"body": form.fields["body"]}, now())
        killed.append(await sent(sender, form, step) is None)
        stored, drafts = await form.stored(), await Draft.find({"user": sender.id}).count()
        assert (stored, drafts) in ((0, 1), (1, 0)), f"step {step}: stored {stored} times, {drafts} drafts"
        again = await sender.send(form.path, **form.fields)
        assert again.status_code == 303, f"step {step}: {again.text}"
        assert (await form.stored(), await Draft.find({"user": sender.id}).count()) == (1, 0), f"step {step}"
        await form.right()
        return stored == 1

    if EVERY_STEP:
        step = 1
        while step == 1 or killed[-1]:
            await stored_at(step)
            step += 1
        return
    first, last = 0, STEPS_MAX
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (first, middle) if await stored_at(middle) else (middle, last)
    assert first > 5, "a transaction has steps"
    assert killed.count(True) >= 2


async def told(person: Person, times: int) -> None:
    """Their feed has so many entries, without a gap."""
    assert await Notification.raw().distinct("seq", {"user": person.id}) == list(range(1, times + 1))
    user = await User.get(person.id)
    assert user is not None
    assert user.notification_seq == times


async def test_a_reply(forum: Forum, dying: int, alice: Person, bob: Person) -> None:
    board = await forum.board()
    topics: list[Topic] = []

    async def make() -> Form:
        (topic,) = await stock.topics(board, alice, 1)
        topics.append(topic)

        async def stored() -> int:
            return await Comment.find({"topic": topic.oid, "number": {"$gt": 1}}).count()

        async def right() -> None:
            found, where, writer = await Topic.get(topic.oid), await Board.get(board.oid), await User.get(alice.id)
            assert found is not None
            assert where is not None
            assert writer is not None
            assert await Comment.raw().distinct("number", {"topic": topic.oid}) == [1, 2]
            assert (found.last_number, found.comment_count) == (2, 2)
            assert (where.comment_count, writer.comment_count) == (2 * len(topics), len(topics))
            await told(bob, len(topics))

        fields = {"body": "@bob once", "once": f"the-key-of-this-form-{len(topics)}", "draft_rev": "1"}
        return Form(f"/topics/{topic.oid}/comments", fields, f"reply:{topic.oid}", stored, right)

    await attack(at(alice, dying), make)


async def test_a_message(dying: int, alice: Person, bob: Person) -> None:
    await alice.known_to("bob")
    bodies: list[str] = []

    async def make() -> Form:
        body = f"Message {len(bodies)}"
        bodies.append(body)

        async def stored() -> int:
            return await Message.find({"body": body}).count()

        async def right() -> None:
            assert await Conversation.find_all().count() == len(bodies)
            assert await Membership.find({"user": bob.id}).count() == len(bodies)
            assert await Message.raw().distinct("number") == [1]
            await told(bob, len(bodies))

        fields = {"to": "bob", "title": "Hello", "body": body, "once": f"the-key-of-this-form-{len(bodies)}"}
        return Form("/messages/new", fields | {"draft": "message:bob", "draft_rev": "1"}, "message:bob", stored, right)

    await attack(at(alice, dying), make)


async def test_an_edit(forum: Forum, dying: int, alice: Person, bob: Person) -> None:
    (topic,) = await stock.topics(await forum.board(), alice, 1)
    comments: list[Comment] = []

    async def make() -> Form:
        (comment,) = await stock.comments(topic, alice, 1)
        comments.append(comment)

        async def stored() -> int:
            return await Comment.find({"_id": comment.oid, "body": "@bob twice", "edit_count": 1}).count()

        async def right() -> None:
            assert await Revision.find({"comment": comment.oid}).count() == 1
            await told(bob, len(comments))

        fields = {"body": "@bob twice", "seen": "0", "draft_rev": "1"}
        return Form(f"/comments/{comment.oid}/edit", fields, f"edit:{comment.oid}", stored, right)

    await attack(at(alice, dying), make)
