"""Watching and muting: everything or nothing of a place, once each, however many watch and whatever is killed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bson import ObjectId
from quart import Quart

from app.interest import telling
from documents import Board, Comment, Notification, Telling, User, Watch
from documents.clock import now
from tests import stock
from tests.jobs.done import until_done
from tests.people import Forum, Person


async def told(person: Person) -> list[tuple[str, int]]:
    return [(event["kind"], event["seq"]) for event in (await person.feed())["events"]]


async def test_who_watches_is_told_of_each_comment_with_all_reasons(
    board: Board, alice: Person, bob: Person, charlie: Person
) -> None:
    topic = await alice.opens(board, "Tomatoes")
    for _ in range(2):
        assert (await bob.send(f"/topics/{topic.oid}/watch")).status_code == 303
        assert (await bob.send(f"/boards/{board.oid}/watch")).status_code == 303
    await alice.says(topic, "First")
    await alice.says(topic, "For @bob")
    await bob.says(topic, "My own")
    assert await told(bob) == [("watch", 1), ("mention", 2)]
    rows = await Notification.find({"user": bob.id}).sort("seq").to_list()
    assert [row.reasons for row in rows] == [["watch", "watch_board"], ["mention", "watch", "watch_board"]]
    assert "wrote in" in (await bob.get("/notifications")).text
    assert await told(charlie) == []
    await bob.send(f"/topics/{topic.oid}/unwatch")
    await alice.says(topic, "Still in a board that bob watches")
    assert len(await told(bob)) == 3
    await bob.send(f"/boards/{board.oid}/unwatch")
    await alice.says(topic, "Not any more")
    assert len(await told(bob)) == 3
    await bob.send(f"/boards/{board.oid}/watch")
    await alice.opens(board, "A new topic")
    assert len(await told(bob)) == 4


@pytest.mark.parametrize("kind", ["topics", "boards"])
async def test_of_what_is_muted_nobody_hears(board: Board, alice: Person, bob: Person, kind: str) -> None:
    topic = await alice.opens(board, "Loud topic")
    place = topic.oid if kind == "topics" else board.oid
    await bob.send(f"/boards/{board.oid}/watch")
    comment = await bob.says(topic, "Hello")
    await bob.send(f"/{kind}/{place}/mute")
    await alice.says(topic, "For @bob", reply_to=str(comment.oid))
    assert await told(bob) == []
    for path in ("/", "/?sort=new", "/?sort=unread"):
        assert "Loud topic" not in (await bob.get(path)).text, path
    assert "Loud topic" in (await alice.get("/")).text
    assert "Loud topic" in (await bob.get(f"/boards/{board.oid}")).text
    assert "Loud topic" in (await bob.get("/settings/watching")).text or kind == "boards"
    await bob.send(f"/{kind}/{place}/unmute")
    await alice.says(topic, "For @bob again")
    assert [kind for kind, _ in await told(bob)] == ["mention"]
    assert "Loud topic" in (await bob.get("/")).text


async def test_only_what_one_may_read_can_be_watched_and_it_ends_with_that(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    office = await forum.board("Office", staff_only=True)
    secret = await mod.opens(office, "Secret")
    for path in (f"/topics/{secret.oid}/watch", f"/boards/{office.oid}/mute", f"/topics/{ObjectId()}/watch"):
        assert (await bob.send(path)).status_code == 404
    assert await Watch.find_all().count() == 0
    topic = await alice.opens(board, "Open")
    await bob.send(f"/topics/{topic.oid}/watch")
    await mod.send(f"/topics/{topic.oid}/watch")
    await admin.send(f"/admin/boards/{board.oid}", name="Garden", staff_only="1")
    await admin.says(topic, "Among us")
    assert (await told(bob), [kind for kind, _ in await told(mod)]) == ([], ["watch"])
    assert "Open" not in (await bob.get("/settings/watching")).text
    assert (await bob.send(f"/topics/{topic.oid}/unwatch")).status_code == 303


async def test_of_fifty_at_once_one_is_kept(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    paths = [f"/topics/{topic.oid}/{verb}" for verb in ("watch", "mute") for _ in range(15)]
    await bob.kept_csrf()
    answers = await asyncio.gather(*(bob.send(path) for path in paths))
    assert {answer.status_code for answer in answers} <= {303, 429}
    (watch,) = await Watch.find({"user": bob.id}).to_list()
    raw: Any = await User.raw().find_one({"_id": bob.id})
    assert raw["mutes"] == ([topic.oid] if watch.level == "mute" else [])


async def crowd(board: Board, count: int) -> list[ObjectId]:
    """So many people who watch a board."""
    people = [ObjectId() for _ in range(count)]
    rows = [
        {
            "_id": id,
            **dict.fromkeys(("username", "username_key", "skeleton", "email", "email_key"), f"w{id}"),
            "password_hash": "",
            "role": "member",
            "deleted_at": None,
            "notification_seq": 0,
            "created_at": now(),
        }
        for id in people
    ]
    await User.raw().insert_many(rows)
    fields = {"place": board.oid, "kind": "board", "level": "watch", "created_at": now()}
    await Watch.raw().insert_many([{"user": id, **fields} for id in people])
    return people


async def test_many_are_told_beside_the_reply_and_none_twice(
    app: Quart, board: Board, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await crowd(board, 60)
    topic = await alice.opens(board)
    await until_done(app, Telling)
    # Each process that does the job is killed after a batch, and two do it at once.
    real = telling._tell_batch
    died: list[ObjectId] = []

    async def dies(work: Any, id: ObjectId) -> bool:
        if len(died) < 3:
            died.append(id)
            await real(work, id)
            raise OSError("killed before the commit")
        return await real(work, id)

    monkeypatch.setattr(telling, "_tell_batch", dies)
    await alice.says(topic, "News for all")
    await until_done(app, Telling)
    assert died
    notices = await Notification.find({"user": {"$in": people}}).to_list()
    assert len(notices) == 2 * len(people)
    assert {(n.user, n.seq) for n in notices} == {(id, seq) for id in people for seq in (1, 2)}
    rows = await User.raw().distinct("notification_seq", {"_id": {"$in": people}})
    assert rows == [2]


async def test_what_is_deleted_meanwhile_is_told_to_nobody(app: Quart, board: Board, alice: Person) -> None:
    people = await crowd(board, 12)
    (topic,) = await stock.topics(board, alice, 1)
    (comment,) = await stock.comments(topic, alice, 1)
    await until_done(app, Telling)
    await Notification.raw().delete_many({})
    await Comment.raw().update_one({"_id": comment.oid}, {"$set": {"deleted_at": now()}})
    left: Any = {"_id": ObjectId(), "comment": comment.oid, "told": "", "due_at": now()}
    await Telling.raw().insert_one(left)
    await telling.tell_the_rest(left["_id"])
    assert await Notification.find({"user": {"$in": people}}).count() == 0
    assert await Telling.find_all().count() == 0


async def test_whoever_wants_to_watches_what_they_open(board: Board, alice: Person, bob: Person) -> None:
    await alice.opens(board)
    assert (await alice.send("/settings/watching", own="1")).status_code == 303
    assert "checked" in (await alice.get("/settings/watching")).text
    topic = await alice.opens(board, "Watched")
    await bob.says(topic, "Hello")
    assert [kind for kind, _ in await told(alice)] == ["watch"]
    assert [watch.place for watch in await Watch.find({"user": alice.id}).to_list()] == [topic.oid]
