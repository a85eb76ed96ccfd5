"""scripts/import_nodebb.py: what is in NodeBB is in the forum, where it belongs, for whom it was there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import bcrypt
import httpx
import pytest
from bson import ObjectId

from app.accounts import foreign
from app.files.storage import Storage
from app.search.catching_up import catch_up
from app.settings import Settings
from app.text.pool import RenderPool
from app.work import together
from documents import (
    Block,
    Board,
    Bookmark,
    Comment,
    Conversation,
    Follow,
    Login,
    Membership,
    Message,
    Reaction,
    Revision,
    Topic,
    Upload,
    User,
    Watch,
)
from documents.base import Raw
from scripts.doctoring.looking import Examination
from scripts.doctoring.registry import CHECKS
from scripts.importing import loading
from scripts.importing.nodebb import chats, store
from scripts.importing.nodebb.run import Wishes
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.words import ours
from scripts.opened import Failure
from tests.avatars.pictures import photo
from tests.people import Forum, Person
from tests.scripts.calling import call, changes, dump, miscounted, on, put_back
from tests.scripts.killing import killed_at
from tests.scripts.nodebbs import START, Old, fill, hashed, oid


@pytest.fixture(scope="module")
async def pool(settings: Settings) -> AsyncIterator[RenderPool]:
    async with RenderPool(timeout=30, workers=1) as pool:
        yield pool


@pytest.fixture
async def old(forum: Forum, settings: Settings) -> AsyncIterator[Old]:
    found = Old(settings)
    await found.begin()
    yield found
    await found.client.close()


async def state() -> dict[str, list[Raw]]:
    """Everything but when the boards were made."""
    things = await dump()
    for board in things["boards"]:
        del board["created_at"]
    return things


async def faults(settings: Settings) -> list[Any]:
    """What a doctor would find."""
    found = await Examination(settings, Storage.of(settings)).run(list(CHECKS))
    return [(finding.name, finding.examples) for finding in found]


async def user_of(uid: int) -> User:
    found = await User.get(oid("user", uid))
    assert found is not None
    return found


async def comment_of(pid: int) -> Comment:
    found = await Comment.get(oid("post", pid))
    assert found is not None
    return found


async def topic_of(tid: int) -> Topic:
    found = await Topic.get(oid("topic", tid))
    assert found is not None
    return found


async def logs_in(forum: Forum, login: str, password: str) -> httpx.Response:
    return await forum.guest().send("/login", login=login, password=password)


async def test_people_are_who_they_were(old: Old, pool: RenderPool, forum: Forum) -> None:
    await fill(old)
    tally = await old.run(pool)
    ada, ming, admin = await user_of(1), await user_of(2), await user_of(3)
    assert (ada.username, ada.display_name, ada.locale, ada.place) == ("Ada_Lovelace", "Ada King", "zh", "London")
    assert (ada.email, ada.email_key, ada.website) == ("Ada@example.org", "ada@example.org", "https://ada.example")
    assert (ada.signature, ada.bio, ada.role) == ("First.", "I **count**.", "member")
    assert "<strong>count</strong>" in ada.bio_html
    assert (ming.username, ming.display_name, ming.email, ming.email_key) == ("小明", "", "xiaoming@example.org", None)
    assert ming.email_confirmed_at is None
    assert (admin.username, admin.banned_until is not None) == ("admin_2", True)
    assert ada.seen_at is not None
    assert int(ada.created_at.timestamp() * 1000) == START
    assert (await user_of(9)).username == "former_9"
    assert tally.aside["administrators who are members here without --roles"] == 1
    assert (ada.following_count, ming.follower_count) == (1, 1)
    assert (await Follow.find({}).to_list())[0].person == ming.oid
    assert ming.blocks == [admin.oid] == [(await Block.find({}).to_list())[0].person]
    bookmark = (await Bookmark.find({}).to_list())[0]
    assert (bookmark.user, bookmark.comment, bookmark.topic) == (ada.oid, oid("post", 2), oid("topic", 1))
    watches = {(raw["user"], raw["place"], raw["level"]) async for raw in Watch.raw().find({})}
    board, topics = oid("category", 1), (oid("topic", 2), oid("topic", 1))
    assert watches == {
        (ada.oid, topics[0], "watch"),
        (ming.oid, topics[1], "mute"),
        (ada.oid, board, "watch"),
        (admin.oid, board, "mute"),
    }
    assert (ming.mutes, admin.mutes) == ([topics[1]], [board])
    await old.run(pool, Wishes(roles=True))
    assert (await user_of(1)).role == "admin"


async def test_topics_stand_as_they_stood(old: Old, pool: RenderPool, forum: Forum) -> None:
    await fill(old)
    tally = await old.run(pool)
    topic, ada, ming = await topic_of(1), await user_of(1), await user_of(2)
    assert (topic.title, topic.tags, topic.author) == ("Tomatoes 番茄", ["garden", "big-tomatoes"], ada.oid)
    assert (topic.pinned, topic.locked, topic.view_count, topic.last_number) == (True, False, 41, 4)
    assert (await topic_of(2)).locked
    first, second, third, fourth = [await comment_of(pid) for pid in (1, 2, 3, 4)]
    assert [one.number for one in (first, second, third, fourth)] == [1, 2, 3, 4]
    assert (second.reply_to, second.reply_to_author, second.edit_count) == (first.oid, ada.oid, 2)
    assert second.mentions == [ada.oid]
    assert "Ada_Lovelace" in second.html
    assert "😄" in second.html
    versions = await Revision.find({"comment": second.oid}).sort("number").to_list()
    assert [one.body.partition("\n")[0] for one in versions] == [
        "用水。 :smile: @ada-lovelace",
        "用水和光。 :smile: @ada-lovelace",
    ]
    assert versions[1].body.endswith("And light.")
    assert f'/topics/{topic.oid}/n/2"' in third.html
    assert "blockquote" in third.html
    assert (fourth.live, fourth.deleted_as) == (False, "moderator")
    assert not (await topic_of(4)).live
    likes = {(raw["comment"], raw["user"]) async for raw in Reaction.raw().find({})}
    assert likes == {(first.oid, ming.oid), (first.oid, oid("user", 3)), (second.oid, ada.oid)}
    assert (first.like_count, topic.like_count, (await user_of(1)).like_count) == (2, 3, 2)
    assert tally.aside["downvotes"] == 1
    assert await miscounted() == []
    assert await faults(forum.settings) == []


async def test_boards_are_for_those_for_whom_they_were(
    old: Old, pool: RenderPool, forum: Forum, guest: Person, alice: Person
) -> None:
    await fill(old)
    await old.run(pool)
    boards = {board.name: board for board in await Board.find({}).sort("position").to_list()}
    assert list(boards) == ["Garden", "Garden / Roses", "Staff"]
    assert (boards["Garden"].description, boards["Staff"].staff_only) == ("All that grows", True)
    for number, (stranger, member) in {1: (301, 301), 2: (404, 301), 3: (404, 404), 4: (404, 404)}.items():
        assert (await guest.browser.get(f"/topic/{number}/whatever")).status_code == stranger, number
        assert (await alice.browser.get(f"/topic/{number}/whatever")).status_code == member, number


async def test_old_addresses_lead_here(old: Old, pool: RenderPool, forum: Forum, guest: Person) -> None:
    await fill(old)
    await old.run(pool)
    topic = oid("topic", 1)
    leads = {
        "/topic/1": f"/topics/{topic}",
        "/topic/1/tomatoes-番茄/3": f"/topics/{topic}/n/3",
        "/topic/1/tomatoes/999": f"/topics/{topic}",
        "/post/2": f"/comments/{oid('post', 2)}",
        "/category/1/garden": f"/boards/{oid('category', 1)}",
        "/user/Ada-Lovelace": f"/users/{oid('user', 1)}",
        "/user/小明/topics": f"/users/{oid('user', 2)}",
        "/uid/2": f"/users/{oid('user', 2)}",
    }
    for path, whither in leads.items():
        answer = await guest.browser.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (301, whither), path
        assert (await guest.see(whither)).status_code == 200
    for path in ("/post/4", "/post/5", "/category/2/roses", "/user/nobody", f"/topic/{9**40}", "/uid/77"):
        assert (await guest.see(path)).status_code == 404, path


async def test_chats_are_for_who_was_there(old: Old, pool: RenderPool, forum: Forum) -> None:
    await fill(old)
    await old.run(pool)
    ada, ming = await user_of(1), await user_of(2)
    two, group = [await Conversation.get(oid("room", number)) for number in (1, 2)]
    assert two is not None
    assert group is not None
    assert (two.title, two.group, two.members) == ("Do you have seeds?", False, [ada.oid, ming.oid])
    assert (group.title, group.group, len(group.members), group.last_number) == ("Gardeners", True, 3, 2)
    texts = await Message.find({"conversation": two.oid}).sort("number").to_list()
    assert [(one.number, one.author, one.body) for one in texts] == [
        (1, ada.oid, "Do you have *seeds*?"),
        (2, ming.oid, "有。"),
    ]
    sides = {ObjectId(side.user): side for side in await Membership.find({"conversation": two.oid}).to_list()}
    assert (sides[ada.oid].unread, sides[ada.oid].read_to, sides[ming.oid].unread) == (1, 1, 0)
    late = await Membership.find_one({"conversation": group.oid, "user": oid("user", 3)})
    assert late is not None
    assert late.cleared_to == 1
    page = await (await forum.logged_in(ming)).get(f"/messages/{two.oid}")
    assert "<em>seeds</em>" in page.text
    assert (await (await forum.person("mallory")).see(f"/messages/{two.oid}")).status_code == 404


async def test_first_messages_are_found_by_the_title_whenever_their_words_are_made(
    old: Old, pool: RenderPool, forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def with_words_before(steps: Any) -> Any:
        await catch_up()
        return await together(steps)

    monkeypatch.setattr(chats, "together", with_words_before)
    await fill(old)
    await old.run(pool)
    await catch_up()
    (first,) = await Message.find({"conversation": oid("room", 2), "number": 1}).to_list()
    assert "garden" in first.words


async def test_a_second_time_changes_nothing(old: Old, pool: RenderPool, forum: Forum) -> None:
    await fill(old)
    first = await old.run(pool)
    before = await state()
    again = await old.run(pool)
    assert await state() == before
    assert (again.new.total(), again.changed.total()) == (0, 0)
    assert again.found == first.found


async def test_killed_anywhere_the_next_run_finishes(
    old: Old, pool: RenderPool, forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(old)
    monkeypatch.setattr(loading, "BATCH", 3)
    empty = await dump()
    await old.run(pool)
    whole = await state()
    write = 1
    while True:
        await put_back(empty)
        if not await killed_at(write, lambda: old.run(pool)):
            break
        await catch_up()  # as the forum does beside it
        await old.run(pool)
        assert changes(whole, await state()) == {}, write
        write += 17
    assert write > 40


async def test_later_what_is_new_comes_and_what_people_did_here_stays(
    old: Old, pool: RenderPool, forum: Forum, alice: Person
) -> None:
    await fill(old)
    await old.run(pool)
    topic = await topic_of(1)
    here = await alice.says(topic, "Written here.")
    assert here.number == 5
    assert (await logs_in(forum, "ada@example.org", "an old engine")).status_code == 303
    await User.raw().update_one({"_id": oid("user", 1)}, {"$set": {"place": "Paris"}})
    await User.raw().update_one({"_id": oid("user", 3)}, {"$set": {"banned_at": None}})
    await User.raw().update_one({"_id": oid("user", 2)}, {"$set": {"banned_at": here.created_at}})
    await Reaction.raw().delete_many({"user": oid("user", 1)})
    await Comment.raw().update_one({"_id": oid("post", 2)}, {"$set": {"like_count": 0}})
    await old.post(8, 1, 2, "Still later.")
    await old.edit(1, "How do they grow *tall*?")
    await old.put("post:3", deleted=1, deleterUid=9)
    await old.put("post:4", deleted=0)
    await old.vote(3, 2)
    await old.says(6, 1, 2, "One more.")
    tally = await old.run(pool)
    assert (await comment_of(8)).number == 6
    assert (await comment_of(1)).body == "How do they grow *tall*?"
    assert ((await comment_of(3)).deleted_as, (await comment_of(4)).live) == ("author", True)
    assert ((await comment_of(3)).like_count, (await comment_of(2)).like_count) == (1, 0)
    assert (await user_of(1)).place == "Paris"
    assert [(await user_of(uid)).banned_at for uid in (2, 3)] == [here.created_at, None]
    assert (tally.new["posts"], tally.new["messages"], tally.new["likes"]) == (1, 1, 1)
    conversation = await Conversation.get(oid("room", 1))
    assert conversation is not None
    assert (conversation.last_number, conversation.excerpt) == (3, "One more.")
    assert await miscounted() == []
    assert await faults(forum.settings) == []
    before = await state()
    assert (await old.run(pool)).new.total() == 0
    assert await state() == before


@pytest.mark.parametrize("wrapped", [True, False])
async def test_old_passwords_are_good_for_one_log_in(old: Old, pool: RenderPool, forum: Forum, wrapped: bool) -> None:
    """With the bounds of all log-ins; afterwards the hash is one of ours."""
    long = "长" * 80
    await old.user(1, "ada", email="ada@example.org", **{"email:confirmed": 1})
    await old.put("user:1", password=hashed(long, wrapped=wrapped), **{"password:shaWrapped": int(wrapped)})
    await old.run(pool)
    assert (await user_of(1)).password_hash.startswith("nodebb$04$")
    for wrong in ("", "x", "长" * 20 if wrapped else "长" * 23, "長" * 80, "x" * 600):
        assert (await logs_in(forum, "ada", wrong)).status_code in (403, 422), wrong
    await User.raw().update_one({"_id": oid("user", 1)}, {"$set": {"banned_until": None}})
    answers = await asyncio.gather(*(logs_in(forum, "ada@example.org", long) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert (await user_of(1)).password_hash.startswith("$argon2id$")
    assert await Login.find({"user": oid("user", 1), "ended_at": None}).count() == 3
    assert (await logs_in(forum, "ada@example.org", long)).status_code == 303
    assert (await logs_in(forum, "ada@example.org", "长" * 79)).status_code in (403, 422)


def test_a_hash_that_takes_too_long_or_is_none_is_not_taken() -> None:
    good = hashed("a")
    assert foreign.as_stored(good, wrapped=True) is not None
    for bad in (None, 5, "", "plain", good.replace("$04$", "$31$"), good[:-1], good + "x", {"$gt": ""}):
        assert foreign.as_stored(bad, wrapped=True) is None
    assert not foreign.is_right("a", f"nodebb$12$sha512${good}")
    assert not foreign.is_right("a\0b", f"nodebb$04$plain${good}")


def test_every_check_takes_as_long_as_the_slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody learns from the time whether there is an account, or where it came from."""
    spent: list[int] = []

    def note(_: bytes, salt: bytes) -> bytes:
        spent.append(int(salt[4:6]))
        return salt

    monkeypatch.setattr(bcrypt, "hashpw", note)
    monkeypatch.setattr(bcrypt, "checkpw", lambda _, stored: bool(note(b"", stored)))
    for stored in ("", "$argon2id$v=19$m=65536", "!", f"nodebb$12$sha512$$2a$12${'.' * 53}"):
        spent.clear()
        foreign.is_right("a", stored, 12)
        assert spent == [12], stored
    spent.clear()
    foreign.is_right("a", "$argon2id$", 0)
    assert spent == []


def test_quotes_are_ours_as_deep_as_they_may_be() -> None:
    place = (oid("topic", 1), 7)
    said = "@ada said in [A [b] (c)](https://old.example/topic/1/a/7):\n> one\n> \n> two\nmore"
    assert ours(said, lambda *_: place, {}) == f'[quote="ada, post:7, topic:{place[0]}"]\none\n\ntwo\n[/quote]\nmore'
    for same in ("@ada said in [A](/topic/1):", "@ada said nothing\n> one", f"```\n{said}\n```", "@ada [said](x)"):
        assert ours(same, lambda *_: None, {}) == same
    deep = "\n".join("> " * level + "@ada said in [A](/topic/1):" for level in range(900)) + "\n" + "> " * 900 + "x"
    assert ours(deep, lambda *_: None, {}).count("[/quote]") == 8


async def test_files_come_with_their_texts(old: Old, pool: RenderPool, forum: Forum, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(photo())
    folder = tmp_path / "uploads"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "1-a plan.jpg").write_bytes(photo())
    (folder / "files" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n, broken")
    await old.user(1, "ada", uploadedpicture="/assets/uploads/files/1-a%20plan.jpg")
    await old.category(1, "Garden")
    await old.topic(1, 1, "Plans", 1)
    body = "\n".join(
        f"![]({path})"
        for path in (
            "https://old.example/assets/uploads/files/1-a%20plan.jpg",
            "/assets/uploads/files/broken.png",
            "/assets/uploads/../secret.png",
            "/assets/uploads/%2e%2e/secret.png",
            "/assets/uploads/files/none.png",
        )
    )
    await old.post(1, 1, 1, f"{body}\n[me](https://old.example/user/ada)")
    wishes = Wishes(folder, "https://old.example")
    tally = await old.run(pool, wishes)
    upload = await Upload.find_one({"user": oid("user", 1)})
    assert upload is not None
    comment = await comment_of(1)
    assert comment.uploads == [upload.oid]
    assert f"![](/uploads/{upload.oid}/" in comment.body
    assert "[me](/user/ada)" in comment.body
    assert comment.html.count("<img") >= 1
    assert (await user_of(1)).avatar
    assert await Upload.find({}).count() == 1
    assert tally.aside["files that are not there"] == 3
    assert await faults(forum.settings) == []
    before = await state()
    assert (await old.run(pool, wishes)).new.total() == 0
    assert await state() == before


async def test_what_is_wrong_there_breaks_nothing(old: Old, pool: RenderPool, forum: Forum) -> None:
    await old.user(1, "ada", joindate="yesterday", email={"$gt": ""}, website="javascript:alert(1)")
    await old.user(2, "<b>\u202e", email="no address", signature="x" * 9_000, aboutme="y" * 90_000)
    await old.user(3, "Ada")
    await old.put("user:4", uid=4)
    await old.put("post:https://remote.example/1", content="from elsewhere")
    await old.category(1, "")
    await old.put("topic:1", tid="1", cid="7", title=None, mainPid="1", timestamp="x", tags=5, viewcount="many")
    await old.put("post:1", tid="1", uid="1", content=None, timestamp=-5)
    await old.put(
        "post:2", tid=1, uid="guest", content="<script>alert(1)</script>", timestamp=float("inf"), edited=1e30
    )
    await old.put("post:3", tid=404, uid=1, content="lost")
    await old.put("post:4", tid=1, uid=1, content="patched", edited=START, toPid="4")
    await old.put("post:4:diffs", array=[str(START), "x"])
    await old.put(f"diff:4.{START}", patch="@@ -1,1 +1,1 @@\n-something else\n+before\n")
    await old.among("pid:1:upvote", 1, 2, "x", -1, 77)
    await old.room(1, 404, {404: START})
    await old.says(1, 1, 404, "to nobody")
    tally = await old.run(pool)
    assert tally.aside["broken"] == 1
    assert tally.aside["posts and people of other servers"] == 1
    assert tally.aside["posts whose first versions cannot be read"] == 1
    assert {(await user_of(uid)).username for uid in (1, 2, 3)} == {"ada", "user_2", "Ada_2"}
    assert (await user_of(1)).website == (await user_of(1)).email == ""
    assert (await topic_of(1)).title == "Topic 1"
    assert (await topic_of(1)).last_number == 3
    board = await Board.get(oid("category", 7))
    assert board is not None
    assert board.staff_only
    assert "<script" not in (await comment_of(2)).html
    assert (await comment_of(1)).like_count == 1
    assert await miscounted() == []
    assert await faults(forum.settings) == []


@pytest.mark.parametrize(
    ("uri", "database"), [("nonsense", None), ("mongodb://127.0.0.1:1/", None), (None, "quorum_nowhere"), (None, "a b")]
)
async def test_what_is_no_nodebb_is_refused(
    settings: Settings, uri: str | None, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE_MILLISECONDS", 100)
    assert settings.mongodb_uri is not None
    with pytest.raises(Failure):
        await NodeBB.open(uri or settings.mongodb_uri.get_secret_value(), database)


async def test_the_script_counts_refuses_and_imports(old: Old, forum: Forum, settings: Settings, alice: Person) -> None:
    await fill(old)
    env: dict[str, Any] = on(settings) | {"NODEBB_URI": old.uri}
    asked = ("--database", old.database)
    before = await state()
    refused, counted = await asyncio.gather(
        call("import_nodebb", old.uri, *asked, **env),
        call("import_nodebb", *asked, "--dry-run", "--json", **env),
    )
    assert (refused.code, "--yes" in refused.err) == (2, True)
    found = {row: counted.json[row]["found"] for row in ("people", "boards", "topics", "posts", "likes", "messages")}
    assert found == {"people": 4, "boards": 3, "topics": 4, "posts": 7, "likes": 3, "messages": 4}
    assert await state() == before
    done = await call("import_nodebb", *asked, "--yes", **env)
    assert done.code == 0, done.err
    assert "@admin (user 3) is called @admin_2 here" in done.err
    assert (await topic_of(1)).last_number == 4
