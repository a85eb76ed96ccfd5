"""Notices of a text that very many were told of follow it beside the request, wherever the job is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from quart import Quart

from app.notifications import settling
from app.notifications.service import bring_back
from app.settings import Settings
from documents import Board, Comment, Notification, Settling, Telling, Topic
from documents.clock import now
from tests.doctored import examine, sentences
from tests.interest.test_watching import crowd
from tests.jobs.done import until_done
from tests.people import Forum, Person

PEOPLE = 12


@pytest.fixture
async def topic(app: Quart, board: Board, alice: Person, monkeypatch: pytest.MonkeyPatch) -> Topic:
    """What everybody who watches the board was told of: the topic itself, and one comment; three are too many."""
    monkeypatch.setattr(settling, "AT_ONCE", 3)
    await crowd(board, PEOPLE)
    topic = await alice.opens(board, "Tomatoes")
    await alice.says(topic, "A word for all")
    await until_done(app, Telling)
    return topic


@pytest.fixture
async def word(topic: Topic) -> Comment:
    found = await Comment.find_one({"topic": topic.oid, "number": 2})
    assert found is not None
    return found


async def there(topic: Topic) -> dict[int, int]:
    """By the number of a comment, how many are told of it."""
    rows = await Notification.find({"topic": topic.oid, "withdrawn_at": None}).to_list()
    return {number: sum(row.number == number for row in rows) for number in (1, 2)}


async def test_a_comment_takes_its_notices_with_it_and_brings_them_back(
    app: Quart, topic: Topic, word: Comment, alice: Person, settings: Settings
) -> None:
    assert await there(topic) == {1: PEOPLE, 2: PEOPLE}
    for act, left in (("delete", 0), ("restore", PEOPLE)):
        assert (await alice.send(f"/comments/{word.oid}/{act}", reason="")).status_code == 303
        await until_done(app, Settling)
        assert await there(topic) == {1: PEOPLE, 2: left}
    assert sentences(await examine(settings)) == ""


async def test_a_topic_brings_back_only_what_was_there(
    app: Quart, topic: Topic, word: Comment, alice: Person, admin: Person, settings: Settings
) -> None:
    await alice.send(f"/comments/{word.oid}/delete", reason="")
    await admin.send(f"/topics/{topic.oid}/delete", reason="")
    await until_done(app, Settling)
    assert await there(topic) == {1: 0, 2: 0}
    await admin.send(f"/topics/{topic.oid}/restore")
    await until_done(app, Settling)
    assert await there(topic) == {1: PEOPLE, 2: 0}
    assert sentences(await examine(settings)) == ""


async def test_a_topic_takes_its_notices_along_to_another_board(
    app: Quart, forum: Forum, topic: Topic, admin: Person
) -> None:
    staff = await forum.board("Staff", staff_only=True, position=2)
    assert (await admin.send(f"/topics/{topic.oid}/move", board=str(staff.oid))).status_code == 303
    await until_done(app, Settling)
    boards = await Notification.raw().distinct("board", {"topic": topic.oid, "kind": {"$ne": "moderation"}})
    assert boards == [staff.oid]


async def test_nothing_of_a_deleted_text_is_shown_before_the_job_has_come(
    app: Quart, topic: Topic, alice: Person, bob: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await alice.says(topic, "@bob have a look")
    await until_done(app, Telling)
    assert "have a look" in (await bob.get("/notifications")).text

    async def not_yet(topic: ObjectId, comment: ObjectId | None) -> Any:
        raise OSError("no worker has come")

    with monkeypatch.context() as late:
        late.setattr(settling, "_standing", not_yet)
        await alice.send(f"/comments/{said.oid}/delete", reason="")
        assert "have a look" not in (await bob.get("/notifications")).text
        assert [event["kind"] for event in (await bob.feed())["events"]] == ["hidden"]
        assert await Settling.find_all().count() == 1
        assert sentences(await examine(settings)) == "", "what is on its way is no fault"
        await Settling.raw().update_many({}, {"$set": {"due_at": now()}})
    await until_done(app, Settling)
    assert (await bob.feed())["unread"]["notifications"] == 0


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No worker comes until this is undone, and then at once."""

    async def not_yet(topic: ObjectId, comment: ObjectId | None) -> Any:
        raise OSError("no worker has come")

    monkeypatch.setattr(settling, "LEASE", timedelta(0))
    with monkeypatch.context() as late:
        late.setattr(settling, "_standing", not_yet)
        yield late


async def test_a_comment_that_is_moved_before_the_job_has_come_is_found(
    app: Quart,
    board: Board,
    topic: Topic,
    word: Comment,
    alice: Person,
    mod: Person,
    settings: Settings,
    late: pytest.MonkeyPatch,
) -> None:
    other = await alice.opens(board, "Fruit")
    await alice.send(f"/comments/{word.oid}/delete", reason="")
    assert (await mod.send(f"/topics/{topic.oid}/merge", into=f"/topics/{other.oid}")).status_code == 303
    assert sentences(await examine(settings)) == "", "what is on its way is no fault"
    late.undo()
    await until_done(app, Settling)
    assert await Notification.find({"subject": word.oid, "withdrawn_at": None}).count() == 0


async def test_what_a_topic_waits_for_its_comments_wait_for_in_another(
    app: Quart, board: Board, topic: Topic, word: Comment, alice: Person, mod: Person, late: pytest.MonkeyPatch
) -> None:
    other = await alice.opens(board, "Fruit")
    gone = {"withdrawn_at": now()}
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    await mod.send(f"/topics/{topic.oid}/restore")
    await Notification.raw().update_many({"topic": topic.oid}, {"$set": gone})  # as far as the job had come
    assert (await mod.send(f"/topics/{topic.oid}/merge", into=f"/topics/{other.oid}")).status_code == 303
    late.undo()
    await until_done(app, Settling)
    assert await Notification.find({"subject": word.oid, "withdrawn_at": None}).count() == PEOPLE


async def test_killed_after_any_step_the_next_worker_finishes(
    app: Quart, topic: Topic, word: Comment, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "LEASE", timedelta(0))
    real, left = settling._change, [3]

    async def dies(which: Any, fields: Any) -> None:
        await real(which, fields)
        left[0] -= 1
        if left[0] >= 0:
            raise OSError("killed")

    monkeypatch.setattr(settling, "_change", dies)
    for act, count in (("delete", 0), ("restore", PEOPLE)):
        left[0] = 3
        await alice.send(f"/comments/{word.oid}/{act}", reason="")
        await until_done(app, Settling)
        assert left[0] < 0
        assert await there(topic) == {1: PEOPLE, 2: count}


async def test_what_happens_to_the_text_meanwhile_is_followed(
    app: Quart, topic: Topic, word: Comment, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes back when half of its notices have gone."""
    real, turned = settling._follow, list[str]()

    async def slowly(about: Any, stands: Any) -> None:
        if not turned:
            turned.append("back")
            await alice.send(f"/comments/{word.oid}/restore")
        await real(about, stands)

    monkeypatch.setattr(settling, "_follow", slowly)
    await alice.send(f"/comments/{word.oid}/delete", reason="")
    await until_done(app, Settling)
    assert turned
    assert await there(topic) == {1: PEOPLE, 2: PEOPLE}


async def test_who_brings_it_back_while_the_job_ends_leaves_nothing_behind(
    app: Quart, topic: Topic, word: Comment, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That begins when one notice has gone, and is stored after the job's last look at the text."""
    follow, one_gone, going = settling._follow, asyncio.Event(), asyncio.Event()

    async def at_first_one(*about: Any) -> None:
        if not one_gone.is_set():
            one = {"subject": word.oid, "withdrawn_at": None}
            await Notification.raw().update_one(one, {"$set": {"withdrawn_at": now()}})
            one_gone.set()
            await going.wait()
        await follow(*about)

    async def slowly(*about: Any, **named: Any) -> None:
        await bring_back(*about, **named)
        going.set()
        while await Settling.raw().count_documents({}):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    monkeypatch.setattr(settling, "_follow", at_first_one)
    monkeypatch.setattr("app.comments.marking.bring_back", slowly)
    async with asyncio.timeout(30):
        await alice.send(f"/comments/{word.oid}/delete", reason="")
        await one_gone.wait()
        await alice.send(f"/comments/{word.oid}/restore")
    await until_done(app, Settling)
    assert await there(topic) == {1: PEOPLE, 2: PEOPLE}


async def test_who_reads_their_notice_at_that_moment_is_in_nobodys_way(
    app: Quart, topic: Topic, word: Comment, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the text and the end of the transaction each of them reads theirs."""
    real, tries = settling.has_to_wait, list[bool]()

    async def while_read(work: Any, which: Any, topic: ObjectId) -> bool:
        many = await real(work, which, topic)
        tries.append(many)
        await Notification.raw().update_many({"subject": word.oid}, {"$bit": {"peak": {"xor": 1}}})
        return many

    monkeypatch.setattr("app.notifications.service.has_to_wait", while_read)
    assert (await alice.send(f"/comments/{word.oid}/delete", reason="")).status_code == 303
    assert tries == [True], "not once again"
    await until_done(app, Settling)
    assert await there(topic) == {1: PEOPLE, 2: 0}
