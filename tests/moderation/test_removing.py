"""Removing what somebody wrote lately: exactly what was shown, as one act, killed and gone on with, undone as one."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from bson import ObjectId

from app.moderation import removals
from documents import (
    Board,
    Comment,
    Membership,
    Message,
    Notification,
    Operation,
    Reaction,
    Removal,
    Removed,
    Report,
    Topic,
    User,
)
from documents.clock import now
from tests import stock
from tests.doctored import Doctor
from tests.moderation.test_arranging import last_operation, undo
from tests.people import PASSWORD, Forum, Person
from tests.scripts.calling import miscounted
from tests.scripts.killing import killed_at

HIDDEN = re.compile(r'name="(until|shown_\w+|hours)" value="(\d*)"')


async def shown(mod: Person, person: Person, hours: int = 24) -> tuple[httpx.Response, dict[str, str]]:
    """The page, and what its form would send."""
    page = await mod.get(f"/users/{person.id}/remove?hours={hours}")
    assert page.status_code == 200
    return page, dict(HIDDEN.findall(unescape(page.text)))


async def removes(mod: Person, person: Person, *kinds: str, hours: int = 24, **fields: Any) -> httpx.Response:
    _, hidden = await shown(mod, person, hours)
    wanted: Any = {"kinds": list(kinds), "reason": "Spam", "then": "", "term": "24", **hidden, **fields}
    return await mod.send(f"/users/{person.id}/remove", **wanted)


async def live(document: Any, author: Person) -> set[ObjectId]:
    return set(await document.raw().distinct("_id", {"author": author.id, "deleted_at": None}))


async def later(document: Any, which: dict[str, Any], **ago: float) -> None:
    """Say that it was written some time ago."""
    await document.raw().update_many(which, {"$set": {"created_at": now() - timedelta(**ago)}})


async def test_it_takes_what_was_shown_and_comes_back_as_one(
    board: Board, alice: Person, bob: Person, mod: Person, doctor: Doctor
) -> None:
    place = await bob.opens(board, title="Bob's")
    liked = await bob.says(place, "Like me")
    old = await alice.says(place, "Long ago")
    await later(Comment, {"_id": old.oid}, days=2)
    apart = await alice.says(place, "Deleted before")
    await mod.send(f"/comments/{apart.oid}/delete", reason="Rude")
    spam = await alice.opens(board, title="Cheap watches", body="Buy")
    await bob.says(spam, "An answer of mine")
    said = await alice.says(place, "@bob buy my watches")
    await alice.send(f"/comments/{liked.oid}/like")
    thread = await alice.writes("bob", title="Psst", body="Secret offer")
    before = {name: await document.raw().find().to_list() for name, document in _all().items()}
    page, _ = await shown(mod, alice)
    for text in ("Cheap watches", "buy my watches", "1 comment of others goes out of sight"):
        assert text in page.text
    for text in ("Secret offer", "Psst", "Long ago", "Deleted before"):
        assert text not in page.text
    answer = await removes(mod, alice, "topic", "comment", "message", "like", then="ban", term="0")
    assert answer.status_code == 303, answer.text
    assert await live(Comment, alice) == {old.oid, (await _opening(spam)).oid}, "a topic hides its texts by itself"
    assert await live(Topic, alice) == set()
    assert await Reaction.find_all().count() == 0
    assert (await bob.get(f"/messages/{thread}")).status_code == 404
    notices = await Notification.find({"user": bob.id, "withdrawn_at": None, "kind": {"$ne": "moderation"}}).to_list()
    assert [notice for notice in notices if notice.subject == said.oid or notice.conversation == thread] == []
    assert (await Notification.find({"user": alice.id, "kind": "moderation"}).count()) == 2, "one for all of it"
    assert (await alice.get("/settings/account")).status_code == 403
    operation = await last_operation("person.remove")
    assert {name: operation.targets[0].after[name] for name in ("topics", "comments", "messages", "likes")} == {
        "topics": 1,
        "comments": 1,
        "messages": 1,
        "likes": 1,
    }
    assert await miscounted() == []
    assert await undo(mod, "person.remove") == 303
    after = {name: await document.raw().find().to_list() for name, document in _all().items()}
    for name, rows in before.items():
        assert _plain(after[name]) == _plain(rows), name
    fresh = await User.get(alice.id)
    assert fresh is not None
    assert fresh.banned_at is None
    assert "Secret offer" in (await bob.get(f"/messages/{thread}")).text
    back = await Comment.get(apart.oid)
    assert back is not None
    assert back.delete_reason == "Rude", "what was deleted by itself stays so"
    assert await Removed.find_all().count() == 0
    assert await miscounted() == []
    await doctor()


def _all() -> dict[str, Any]:
    return {"comments": Comment, "topics": Topic, "messages": Message, "likes": Reaction, "sides": Membership}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What an undo has to bring back; versions only grow, and a like that is back has another id."""
    apart = ("version", "heat")
    found = [{name: value for name, value in raw.items() if name not in apart} for raw in rows]
    return sorted([{**raw, "_id": 0} if "comment" in raw else raw for raw in found], key=lambda raw: str(raw["_id"]))


async def _opening(topic: Topic) -> Comment:
    found = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert found is not None
    return found


async def test_what_came_since_is_not_taken_and_what_was_changed_is_a_conflict(
    board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    said = await stock.comments(topic, alice, 3)
    _, hidden = await shown(mod, alice)
    new = (await stock.comments(topic, alice, 1, "After the look"))[0]
    fields: Any = {"kinds": ["comment"], "reason": "Spam", "then": "", "term": "24"}
    assert (await mod.send(f"/users/{alice.id}/remove", **fields, **hidden)).status_code == 303
    assert new.oid in await live(Comment, alice)
    await mod.send(f"/comments/{said[0].oid}/restore")
    refused = await mod.send(f"/operations/{(await last_operation('person.remove')).oid}/undo")
    assert refused.status_code == 409
    assert "(1) was changed since" in refused.text
    assert said[1].oid not in await live(Comment, alice)
    await mod.send(f"/comments/{said[0].oid}/delete", reason="Again")
    operation = await last_operation("person.remove")
    path = f"/users/{alice.id}/removals/{operation.oid}/return"
    assert (await mod.send(path)).status_code == 303
    assert {said[1].oid, said[2].oid} <= await live(Comment, alice)
    assert said[0].oid not in await live(Comment, alice), "removed separately"
    assert (await mod.send(path)).status_code == 409
    assert await miscounted() == []


async def test_refusals_keep_what_was_chosen(board: Board, alice: Person, mod: Person, admin: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    for fields, says in (
        ({"reason": " "}, "Reason"),
        ({"kinds": []}, "Choose at least one"),
        ({"until": "1"}, "long ago"),
        ({"until": "9" * 40}, "long ago"),
        ({"then": "$ne"}, "Please choose one of these"),
        ({"then": "silence", "term": "0"}, "Please choose one of these"),
        ({"shown_topic": "0"}, "more to remove than was shown"),
    ):
        given: Any = {"reason": "My reason", **fields}
        refused = (
            await removes(mod, alice, "topic", **given) if "kinds" not in given else await removes(mod, alice, **given)
        )
        assert refused.status_code in (409, 422), fields
        assert says in refused.text, fields
        if "reason" not in fields:
            assert "My reason" in refused.text
    assert topic.oid in await live(Topic, alice)
    assert await Operation.find({"verb": "person.remove"}).count() == 0
    for target in (mod, admin):
        assert (await mod.get(f"/users/{target.id}/remove")).status_code == 403
    assert (await mod.get(f"/users/{ObjectId()}/remove")).status_code == 404


async def test_only_where_one_may_delete(forum: Forum, board: Board, alice: Person, mod: Person, admin: Person) -> None:
    closed = await forum.board("Vault", position=2)
    await admin.send(f"/admin/boards/{closed.oid}/roles", seen="", moderator_moderate="deny", moderator_read="deny")
    await Board.raw().update_one({"_id": closed.oid}, {"$set": {"overrides": {"moderator": {"moderate": False}}}})
    await admin.send(f"/admin/boards/{closed.oid}", name="Vaults")
    (here,), (there,) = await stock.topics(board, alice, 1), await stock.topics(closed, alice, 1, "Elsewhere {}")
    page, _ = await shown(mod, alice)
    assert "Elsewhere 0" not in page.text
    await removes(mod, alice, "topic")
    assert await live(Topic, alice) == {there.oid}
    assert here.oid not in await live(Topic, alice)


async def test_only_who_may_do_all_of_it_takes_it_back(
    forum: Forum, board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    """A moderator who looks after one of two boards no longer."""
    vault = await forum.board("Vault", position=2)
    for place in (board, vault):
        await stock.topics(place, alice, 1)
    await removes(mod, alice, "topic")
    await Board.raw().update_one({"_id": vault.oid}, {"$set": {"overrides": {"moderator": {"moderate": False}}}})
    await admin.send(f"/admin/boards/{vault.oid}", name="Vaults")
    assert await undo(mod, "person.remove") == 403
    assert await live(Topic, alice) == set()
    assert await undo(admin, "person.remove") == 303
    assert len(await live(Topic, alice)) == 2


async def test_waiting_texts_are_turned_down_and_wait_again(board: Board, alice: Person, mod: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    (said,) = await stock.comments(topic, alice, 1)
    marks = {"deleted_at": said.created_at, "deleted_by": alice.id, "deleted_as": "held", "delete_reason": ""}
    await Comment.raw().update_one({"_id": said.oid}, {"$set": marks})
    assert (await removes(mod, alice, "comment")).status_code == 303
    raw = await Comment.raw().find_one({"_id": said.oid})
    assert raw is not None
    assert raw["deleted_as"] == "rejected"
    assert await undo(mod, "person.remove") == 303
    raw = await Comment.raw().find_one({"_id": said.oid})
    assert raw is not None
    assert {name: raw[name] for name in marks} == marks


async def test_many_are_removed_by_a_job_that_may_be_killed(
    board: Board, alice: Person, bob: Person, mod: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    (topic,) = await stock.topics(board, bob, 1)
    said = await stock.comments(topic, alice, 7)
    monkeypatch.setattr(removals, "BATCH", 3)
    done = removals._batch
    calls = 0

    async def dies(*arguments: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise ConnectionError("killed")
        return await done(*arguments)

    monkeypatch.setattr(removals, "_batch", dies)
    assert (await removes(mod, alice, "comment")).status_code == 303
    (waiting,) = await Removal.find({"due_at": {"$ne": None}}).to_list()
    assert len(await live(Comment, alice)) == 4
    assert "Still being removed: 3 of 7" in (await mod.get(f"/users/{alice.id}/remove")).text
    assert await undo(mod, "person.remove") == 409, "not while it is being carried out"
    assert (await removes(mod, alice, "comment")).status_code == 409
    monkeypatch.setattr(removals, "_batch", done)
    write = 1
    while await killed_at(write, lambda: removals.go_on(waiting.oid)):
        write += 5
    await asyncio.gather(removals.go_on(waiting.oid), removals.go_on(waiting.oid))
    assert await live(Comment, alice) == set()
    assert await Removed.find_all().count() == 7
    assert await miscounted() == []
    monkeypatch.setattr(removals, "_batch", dies)
    calls = 0
    assert await undo(mod, "person.remove") == 303
    monkeypatch.setattr(removals, "_batch", done)
    write = 1
    while await killed_at(write, lambda: removals.go_on(waiting.oid)):
        write += 5
    await removals.go_on(waiting.oid)
    assert await live(Comment, alice) == {each.oid for each in said}
    assert await miscounted() == []


async def test_two_at_once_remove_once(board: Board, alice: Person, mod: Person, admin: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    await stock.comments(topic, alice, 4)
    answers = await asyncio.gather(*(removes(who, alice, "comment") for who in (mod, admin, mod, admin)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert await Removed.find_all().count() == 4
    assert await miscounted() == []


async def test_a_message_that_was_removed_for_itself_meanwhile_stays_so(
    alice: Person, bob: Person, mod: Person, admin: Person, doctor: Doctor
) -> None:
    thread = await alice.writes("bob", title="Psst", body="Give me your money")
    await alice.send(f"/messages/{thread}/replies", body="A harmless one")
    threat = await Message.find_one({"conversation": thread, "number": 1})
    assert threat is not None
    await bob.send(f"/report/message/{threat.oid}", reason="rude")
    (report,) = await Report.find_all().to_list()
    assert (await removes(admin, alice, "message")).status_code == 303
    assert (await mod.send(f"/moderation/reports/{report.oid}/accept", reason="Threats")).status_code == 303
    assert await undo(admin, "person.remove") == 303
    page = (await bob.get(f"/messages/{thread}")).text
    assert ("Give me your money" in page, "A harmless one" in page) == (False, True)
    await doctor()


async def test_who_lost_it_all_may_appeal_once(
    board: Board, alice: Person, mod: Person, admin: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "Watches", "Cheap watches")
    assert (await removes(mod, alice, "topic", then="ban", term="0")).status_code == 303
    operation = await last_operation("person.remove")
    refused = await guest.send("/login", login="alice", password=PASSWORD)
    where = re.findall(r"/banned/[\w-]+", refused.text)[0]
    assert "removed what you had written" in (await guest.get(where)).text
    assert (await guest.send(f"{where}/appeal", words="They were cheap")).status_code == 303
    assert "They were cheap" in (await guest.get(where)).text
    queue = (await admin.get("/moderation/appeals")).text
    appeal = re.findall(r"/moderation/appeals/([0-9a-f]{24})/grant", queue)[0]
    assert (await mod.send(f"/moderation/appeals/{appeal}/grant")).status_code == 403, "whoever has decided"
    assert (await admin.send(f"/moderation/appeals/{appeal}/grant")).status_code == 303
    assert await live(Topic, alice) == {topic.oid}
    again = await User.get(alice.id)
    assert again is not None
    assert again.banned_at is None
    undone = await Operation.get(operation.oid)
    assert undone is not None
    assert undone.undone_by is not None
    assert await undo(mod, "person.remove") == 409
