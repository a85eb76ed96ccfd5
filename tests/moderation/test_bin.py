"""The recycle bin: what is in it for whom, filters, a look, and the way back."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from bson import ObjectId

from app.events import RolesChanged
from app.work import tell
from documents import Board, Comment, Message, Operation, Role, Topic, Upload, User
from documents.clock import now
from tests.moderation.test_arranging import last_operation, undo
from tests.moderation.test_telling import heard
from tests.people import Forum, Person
from tests.scripts.calling import miscounted
from tests.uploads.sending import sent

BIN = "/moderation/bin"


def titles(page: str) -> list[str]:
    return re.findall(r'<span class="mod-said">\s*<bdi>([^<]*)</bdi>', page)


async def listed(person: Person, query: str) -> list[str]:
    answer = await person.get(f"{BIN}?{query}")
    assert answer.status_code == 200
    return titles(answer.text)


async def test_restoring_a_topic_leaves_what_was_deleted_separately(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    topic = await alice.opens(board, title="Roses")
    separately, kept = await bob.says(topic, "Deleted before"), await bob.says(topic, "Only hidden")
    await mod.send(f"/comments/{separately.oid}/delete", reason="Rude")
    await mod.send(f"/topics/{topic.oid}/delete", reason="Doubled")
    assert await listed(mod, "kind=topics") == ["Roses"]
    page = (await mod.get(f"{BIN}?kind=comments")).text
    assert "Deleted before" in page
    assert "Only hidden" not in page, "it went with its topic"
    assert "its topic is deleted too" in page
    answer = await mod.send(f"{BIN}/restore", kind="topics", one=str(topic.oid))
    assert answer.status_code == 303
    shown = (await guest.get(f"/topics/{topic.oid}")).text
    assert "Only hidden" in shown
    assert "Deleted before" not in shown
    assert (await heard(alice))[-1] == "Moderators have restored your topic “Roses”."
    assert await listed(mod, "kind=comments") == ["Roses"]
    found = await Comment.get(separately.oid), await Comment.get(kept.oid)
    assert [comment and comment.live for comment in found] == [False, True]
    assert await miscounted() == []


async def test_restoring_a_board_leaves_what_was_deleted_separately(
    forum: Forum, board: Board, alice: Person, admin: Person, mod: Person, guest: Person
) -> None:
    shed = await forum.board("Shed", position=2)
    gone, kept = await alice.opens(shed, title="Gone before"), await alice.opens(shed, title="Only hidden")
    await mod.send(f"/topics/{gone.oid}/delete", reason="")
    await admin.send(f"/admin/boards/{shed.oid}/delete", reason="Empty")
    assert await listed(admin, "kind=boards") == ["Shed"]
    assert "its board is deleted too" in (await admin.get(f"{BIN}?kind=topics")).text
    assert await listed(admin, "kind=topics") == ["Gone before"]
    assert (await admin.send(f"{BIN}/restore", kind="boards", one=str(shed.oid))).status_code == 303
    assert (await guest.get(f"/topics/{kept.oid}")).status_code == 200
    assert (await guest.get(f"/topics/{gone.oid}")).status_code == 404
    assert await miscounted() == []


async def test_several_come_back_as_one_and_can_be_taken_back_as_one(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    made = [await alice.opens(board, title=f"Topic {n}") for n in range(3)]
    for topic in made:
        await mod.send(f"/topics/{topic.oid}/delete", reason="Oops")
    ids = [str(topic.oid) for topic in made]
    assert (await mod.send(f"{BIN}/restore", kind="topics", id=[*ids, str(ObjectId())])).status_code == 303
    operation = await last_operation("topic.restore")
    assert len(operation.targets) == 3
    assert (await heard(alice))[-1].startswith("Moderators have restored some of your topics")
    assert await listed(mod, "kind=topics") == []
    assert await undo(mod, "topic.restore") == 303
    assert sorted(await listed(mod, "kind=topics")) == ["Topic 0", "Topic 1", "Topic 2"]
    assert "Oops" in (await mod.get(f"{BIN}?kind=topics")).text
    assert await miscounted() == []
    count = await Operation.find({"verb": "topic.restore"}).count()
    await mod.send(f"{BIN}/restore", kind="topics", id=ids)
    await mod.send(f"{BIN}/restore", kind="topics", id=ids)
    assert await Operation.find({"verb": "topic.restore"}).count() == count + 1, "twice does nothing"


async def test_filters_and_days_left(forum: Forum, board: Board, alice: Person, mod: Person, admin: Person) -> None:
    shed = await forum.board("Shed", position=2)
    first, second = await alice.opens(board, title="First"), await alice.opens(shed, title="Second")
    third = await alice.opens(board, title="Third")
    await mod.send(f"/topics/{first.oid}/delete", reason="Ads (again) for $5")
    await admin.send(f"/topics/{second.oid}/delete", reason="广告")
    await alice.send(f"/topics/{third.oid}/delete", reason="")
    old = now() - timedelta(days=28, hours=1)
    await Topic.raw().update_one({"_id": first.oid}, {"$set": {"deleted_at": old}})
    assert await listed(mod, "kind=topics") == ["Third", "Second", "First"]
    assert await listed(mod, f"kind=topics&board={shed.oid}") == ["Second"]
    assert await listed(mod, "kind=topics&by=mod_mira") == ["First"]
    assert await listed(mod, "kind=topics&by=nobody-here") == []
    assert await listed(mod, "kind=topics&reason=(AGAIN) for $5") == ["First"]
    assert await listed(mod, "kind=topics&reason=广告") == ["Second"]
    assert await listed(mod, f"kind=topics&from={now():%Y-%m-%d}") == ["Third", "Second"]
    assert await listed(mod, f"kind=topics&to={old:%Y-%m-%d}") == ["First"]
    assert await listed(mod, "kind=topics&from=yesterday&board=nonsense&after=x") == ["Third", "Second", "First"]
    page = (await mod.get(f"{BIN}?kind=topics&by=mod_mira")).text
    assert "2 days left" in page
    assert "30 days left" not in page


async def test_pages_by_key(board: Board, alice: Person, mod: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.moderation.bin.SHOWN", 2)
    made = [await alice.opens(board, title=f"T{n}") for n in range(5)]
    at = now()
    marks = {"deleted_at": at, "deleted_by": mod.id, "deleted_as": "moderator"}
    await Topic.raw().update_many({"_id": {"$in": [topic.oid for topic in made]}}, {"$set": marks})
    seen: list[str] = []
    url = f"{BIN}?kind=topics"
    while url:
        page = (await mod.get(url)).text
        seen += titles(page)
        following = re.search(r'href="([^"]+)"\s+rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == ["T0", "T1", "T2", "T3", "T4"]
    assert len(seen) == 5
    back: list[str] = []
    while link := re.search(r'href="([^"]+)"\s+rel="prev"', page):
        page = (await mod.get(link[1].replace("&amp;", "&"))).text
        back = [*titles(page), *back]
    assert back == seen[:4], "the same way back"


async def test_filters_stay_while_one_reads_and_restores(board: Board, alice: Person, mod: Person) -> None:
    made = [await alice.opens(board, title=f"T{n}") for n in range(3)]
    for topic in made:
        await mod.send(f"/topics/{topic.oid}/delete", reason="Spam")
    asked = "by=mod_mira&reason=spam"
    page = html.unescape((await mod.get(f"{BIN}?kind=topics&{asked}")).text)
    assert f'href="{BIN}?kind=comments&{asked}"' in page
    preview = f"{BIN}/topics/{made[0].oid}?{asked}"
    assert preview in page, re.findall(r'href="(/moderation/bin/[^"]*)"', page)
    assert f'href="{BIN}?kind=topics&{asked}"' in html.unescape((await mod.get(preview)).text)
    fields = {"kind": "topics", "by": "mod_mira", "reason": "spam"}
    answer = await mod.send(f"{BIN}/restore", one=str(made[0].oid), **fields)
    assert answer.headers["location"] == f"{BIN}?kind=topics&{asked}"
    refused = await mod.send(f"{BIN}/restore", **fields)
    assert (refused.status_code, 'value="spam"' in refused.text) == (422, True)
    for left, said in (
        (timedelta(hours=5, minutes=30), "6 hours left"),
        (timedelta(minutes=-5), "gone for good with the next"),
    ):
        at = now() - timedelta(days=30) + left
        await Topic.raw().update_one({"_id": made[1].oid}, {"$set": {"deleted_at": at}})
        assert said in (await mod.get(f"{BIN}?kind=topics")).text


async def test_an_account_is_brought_back_until_it_is_erased(
    forum: Forum, alice: Person, bob: Person, charlie: Person, mod: Person, admin: Person
) -> None:
    people = (alice, bob, charlie)
    for person in people:
        gone = {"deleted_at": now(), "deleted_by": person.id, "deleted_as": "author"}
        await User.raw().update_one({"_id": person.id}, {"$set": gone})
    await User.raw().update_one({"_id": bob.id}, {"$set": {"password_hash": ""}})  # its erasure has begun
    await User.raw().update_one({"_id": charlie.id}, {"$set": {"erased_at": now()}})
    assert await listed(admin, "kind=people") == ["alice"]
    assert "nothing can bring it back" in (await admin.get(f"{BIN}?kind=people")).text
    ids = [str(person.id) for person in people]
    assert (await mod.send(f"{BIN}/restore", kind="people", id=ids)).status_code == 404
    assert (await admin.send(f"{BIN}/restore", kind="people", id=ids)).status_code == 303
    assert [(await User.load(person.id)).live for person in people] == [True, False, False]  # type: ignore[union-attr]
    back = await forum.logged_in(alice.user)  # type: ignore[arg-type]
    assert (await heard(back))[-1].startswith("Your account was brought back")
    operation = await last_operation("person.restore")
    refused = await admin.send(f"/operations/{operation.oid}/undo")
    assert (refused.status_code, "Only they can leave again" in refused.text) == (409, True)
    await admin.send(f"{BIN}/restore", kind="people", id=ids)
    assert await Operation.find({"verb": "person.restore"}).count() == 1


async def test_deleted_texts_are_read_by_those_who_may(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    topic = await alice.opens(board, title="Roses", body="**Thorny** <script>alert(1)</script>")
    said = await bob.says(topic, "Something *rude*")
    live = f"{BIN}/comments/{said.oid}"
    assert (await mod.get(live)).status_code == 404, "it is not deleted"
    await mod.send(f"/comments/{said.oid}/delete", reason="Rude")
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    assert "<em>rude</em>" in (await mod.get(live)).text
    page = (await mod.get(f"{BIN}/topics/{topic.oid}")).text
    assert "<strong>Thorny</strong>" in page
    assert "<script>alert" not in page
    for person, status in ((alice, 404), (bob, 404), (guest, 403)):
        for path in (live, f"{BIN}/topics/{topic.oid}", BIN):
            assert (await person.get(path)).status_code == status
        refused = await person.send(f"{BIN}/restore", kind="topics", one=str(topic.oid))
        assert refused.status_code == status
    assert not (await Topic.load(topic.oid)).live  # type: ignore[union-attr]


async def test_who_looks_after_one_board_sees_and_restores_there_alone(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    shed = await forum.board("Shed", position=2)
    key = str(ObjectId())
    await Role(id=ObjectId(key), key=key, name="Gardeners", name_key="gardeners", position=1, created_at=now()).insert()
    await Board.raw().update_one({"_id": shed.oid}, {"$set": {"overrides": {key: {"moderate": True}}}})
    await User.raw().update_one({"_id": bob.id}, {"$set": {"roles": [key]}})
    await tell(RolesChanged())
    here, there = await alice.opens(shed, title="Here"), await alice.opens(board, title="There")
    for topic in (here, there):
        await mod.send(f"/topics/{topic.oid}/delete", reason="")
    gardener = await forum.logged_in(bob.user)  # type: ignore[arg-type]
    assert await listed(gardener, "kind=topics") == ["Here"]
    assert await listed(gardener, f"kind=topics&board={board.oid}") == []
    for kind in ("boards", "uploads", "people"):
        assert (await gardener.get(f"{BIN}?kind={kind}")).status_code == 404
    assert (await gardener.get(f"{BIN}/topics/{there.oid}")).status_code == 404
    await gardener.send(f"{BIN}/restore", kind="topics", id=[str(here.oid), str(there.oid)])
    assert [(await Topic.load(topic.oid)).live for topic in (here, there)] == [True, False]  # type: ignore[union-attr]
    refused = await gardener.send(f"{BIN}/restore", kind="boards", one=str(shed.oid))
    assert refused.status_code in (303, 403, 404)


async def test_files_people_and_messages_for_administrators(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    upload = ObjectId((await sent(alice, b"unused", "notes.txt"))["url"].split("/")[2])
    old = now() - timedelta(days=6)
    await Upload.raw().update_one({"_id": upload}, {"$set": {"touched_at": old}})
    secret = await sent(alice, b"Dear diary\n", "used-in-a-message.txt")
    await alice.writes("bob", "For you", f"Read {secret['markdown']}")
    mine = ObjectId((await sent(admin, b"mine", "mine.txt"))["url"].split("/")[2])
    assert await listed(admin, "kind=uploads") == ["mine.txt", "TXT file, not in public"]
    page = (await admin.get(f"{BIN}?kind=uploads")).text
    assert not any(name in page for name in ("notes.txt", "used-in-a-message", "diary"))
    await Upload.raw().delete_one({"_id": mine})
    assert "1 day left" in (await admin.get(f"{BIN}?kind=uploads")).text
    assert (await admin.send(f"{BIN}/restore", kind="uploads", one=str(upload))).status_code == 303
    kept = await Upload.get(upload)
    assert kept is not None
    assert kept.touched_at > old + timedelta(days=5)
    assert [(each.id, each.name) for each in (await last_operation("upload.keep")).targets] == [(upload, "TXT, 6 B")]
    gone = {"deleted_at": now(), "deleted_by": bob.id, "deleted_as": "author"}
    letter = await alice.writes("bob", "Secret words")
    await Message.raw().update_many({"conversation": letter}, {"$set": gone})
    await User.raw().update_one({"_id": bob.id}, {"$set": gone})
    assert await listed(admin, "kind=people") == ["bob"]
    page = (await admin.get(f"{BIN}?kind=people")).text
    assert "1 deleted message also waits" in page
    assert "Secret words" not in page
    for kind in ("uploads", "boards", "nonsense", "messages"):
        assert (await mod.get(f"{BIN}?kind={kind}")).status_code == 404
        assert (await mod.send(f"{BIN}/restore", kind=kind, one=str(upload))).status_code in (403, 404)


async def test_unused_files_are_paged_among_used_ones(
    board: Board, alice: Person, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in (("bin", "SHOWN", 2), ("gone", "CHUNK", 2), ("gone", "LOOKED_AT", 4)):
        monkeypatch.setattr(f"app.moderation.{module}.{name}", value)
    unused = []
    for number in range(9):
        found = await sent(alice, b"%d" % number * (number + 1), "a.txt")
        if number in (0, 1, 5, 8):
            unused.append(found["url"].split("/")[2])
        else:
            await alice.opens(board, f"Topic {number}", f"{found['markdown']}")
    seen: list[str] = []
    url = f"{BIN}?kind=uploads"
    while url:
        page = (await admin.get(url)).text
        seen += re.findall(r'name="id"\s+value="(\w+)"', page)
        following = re.search(r'href="([^"]+)"\s+rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted(unused)


async def test_what_was_asked_wrongly_is_said(board: Board, alice: Person, mod: Person) -> None:
    nothing = await mod.send(f"{BIN}/restore", kind="topics")
    assert (nothing.status_code, "Choose at least one." in nothing.text) == (422, True)
    many = await mod.send(f"{BIN}/restore", kind="topics", id=[str(ObjectId()) for _ in range(51)])
    assert (many.status_code, "at most 50" in many.text) == (422, True)
    assert (await mod.send(f"{BIN}/restore", kind="people", one=str(alice.id))).status_code == 404
    assert (await mod.send(f"{BIN}/restore", kind="topics", one="nonsense")).status_code == 422
