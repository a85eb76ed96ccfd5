"""scripts/cleanup.py: what it finds, what it leaves, and that it can be killed anywhere."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from bson import ObjectId
from obstore.store import LocalStore
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from app.files.storage import Storage
from app.realtime import channels
from app.realtime.news import News
from app.settings import Settings
from documents import (
    ALL,
    Attempt,
    Block,
    Board,
    Comment,
    Conversation,
    Follow,
    Letter,
    Login,
    Message,
    Notification,
    Removal,
    Removed,
    StoredFile,
    Token,
    Topic,
    Upload,
    User,
)
from documents.base import Id, Raw, Record
from documents.clock import now
from documents.file import Variant
from scripts.cleaning import registry
from scripts.cleaning.dead import Dead
from scripts.cleaning.files import find_files, remove_files
from scripts.cleaning.finding import find_dead
from scripts.cleaning.people import find_people
from scripts.cleaning.plan import Plan
from scripts.cleaning.purging import Purge
from tests.moderation.test_removing import removes
from tests.people import Forum, Person
from tests.scripts import calling
from tests.scripts.calling import Called, call, call_at_terminal, changes, miscounted, on
from tests.uploads.sending import sends, sent

OLD = now() - timedelta(days=31)
RECENT = now() - timedelta(days=29)
CUTOFF = timedelta(days=30)
DAY = 24 * 3600


@pytest.fixture
def env(forum: Forum, settings: Settings, tmp_path: Path) -> dict[str, str]:
    return {**on(settings), "QUORUM_DATA_DIR": str(tmp_path)}


async def dump() -> dict[str, list[Raw]]:
    """All but the topics of the day, which the forum chooses when it likes."""
    return {**await calling.dump(), "recommendations": []}


put_back = calling.put_back


async def clean(env: dict[str, str], *arguments: str) -> Called:
    return await call("cleanup", *arguments, **env)


def counts(found: Called) -> dict[str, int]:
    """How many of each kind, without those of which there are none."""
    return {kind: count["count"] for kind, count in found.json["kinds"].items() if count["count"]}


async def age(document: type[Record], id: ObjectId, at: Any = OLD, field: str = "deleted_at") -> None:
    found = await document.raw().update_one({"_id": id, field: {"$ne": None}}, {"$set": {field: at}})
    assert found.matched_count == 1


class Garden:
    """A board with some of everything in it."""

    board: Board
    topic: Topic
    old_comment: Comment
    recent_comment: Comment
    old_topic: Topic
    recent_topic: Topic
    old_board: Board
    doomed_topic: Topic


@pytest.fixture
async def garden(forum: Forum, alice: Person, bob: Person, mod: Person) -> Garden:
    """Topics and comments, each edited, liked and with a mention where that makes something of its own."""
    it = Garden()
    it.board = await forum.board()
    it.topic = await alice.opens(it.board, "It stays")
    await bob.says(it.topic, "So does this")
    it.old_comment = await said(it.topic, bob, alice)
    it.recent_comment = await said(it.topic, bob, alice)
    for comment in (it.old_comment, it.recent_comment):
        assert (await bob.send(f"/comments/{comment.oid}/delete", reason="")).status_code == 303
    await age(Comment, it.old_comment.oid)
    await age(Comment, it.recent_comment.oid, RECENT)
    it.old_topic = await deleted_topic(it.board, alice, bob, mod)
    await age(Topic, it.old_topic.oid)
    it.recent_topic = await deleted_topic(it.board, alice, bob, mod)
    await age(Topic, it.recent_topic.oid, RECENT)
    it.old_board = await forum.board("Shed", position=2)
    it.doomed_topic = await alice.opens(it.old_board, "It goes with its board")
    await said(it.doomed_topic, bob, alice)
    marks = {"deleted_at": OLD, "deleted_by": mod.id, "deleted_as": "moderator"}
    await Board.raw().update_one({"_id": it.old_board.oid}, {"$set": marks})
    return it


async def said(topic: Topic, who: Person, liked_by: Person) -> Comment:
    """A comment with a revision, a like, and a notification for the one it names."""
    comment = await who.says(topic, f"@{liked_by.name} look")
    assert (await who.send(f"/comments/{comment.oid}/edit", body=f"@{liked_by.name} look here")).status_code == 303
    assert (await liked_by.send(f"/comments/{comment.oid}/like")).status_code == 303
    return comment


async def deleted_topic(board: Board, author: Person, other: Person, mod: Person) -> Topic:
    """With four comments, one of them deleted by itself long ago."""
    topic = await author.opens(board, "It goes", f"@{other.name} first")
    await said(topic, other, author)
    alone = await said(topic, other, author)
    assert (await other.send(f"/comments/{alone.oid}/delete", reason="")).status_code == 303
    await age(Comment, alone.oid)
    assert (await mod.send(f"/topics/{topic.oid}/delete", reason="")).status_code == 303
    return topic


async def test_a_dry_run_says_exactly_what_a_real_one_does_and_writes_nothing(
    env: dict[str, str], garden: Garden
) -> None:
    before = await dump()
    dry = await clean(env, "--dry-run", "--json")
    assert changes(before, await dump()) == {}
    assert counts(dry) == {
        "boards": 1,
        "topics": 2,  # one by itself, one with its board
        "comments": 3 + 2 + 2,  # with their topics 3 and 2, by themselves 2, one of those in the recent topic
        "revisions": 2 + 1 + 2,
        "reactions": 2 + 1 + 2,
        "notifications": 3 + 1 + 2 + (2 + 1 + 2),  # and one for each text that was liked
        "markers": 2 + 2,  # of the two who wrote in each of the topics
    }
    real = await clean(env, "--json")
    assert real.json["kinds"] == dry.json["kinds"]
    after = await dump()
    assert len(after.pop("operations")) == 1 + len(before.pop("operations"))
    removed = sum(map(len, before.values())) - sum(map(len, after.values()))
    assert removed == sum(counts(real).values())
    assert counts(await clean(env, "--json")) == {}


async def test_what_is_left_is_whole(env: dict[str, str], garden: Garden, bob: Person, guest: Person) -> None:
    assert await miscounted() == []
    assert (await clean(env)).code == 0
    assert await miscounted() == []
    assert {topic.oid for topic in await Topic.find_all().to_list()} == {garden.topic.oid, garden.recent_topic.oid}
    numbers = [comment.number for comment in await Comment.window(garden.topic.oid, 1, 20)]
    assert numbers == [1, 2, 4]
    kept = await Topic.get(garden.topic.oid)
    assert kept is not None
    assert (kept.last_number, kept.like_count) == (4, 1)
    assert (await bob.says(garden.topic, "A new one")).number == 5
    assert (await guest.see(f"/topics/{garden.topic.oid}")).status_code == 200
    assert (await guest.see(f"/topics/{garden.topic.oid}/n/3")).status_code in (200, 404)
    assert (await guest.see(f"/topics/{garden.old_topic.oid}")).status_code == 404


async def test_bytes_are_those_of_the_documents(env: dict[str, str], garden: Garden) -> None:
    measured: list[Raw] = [{"$match": {"_id": garden.old_board.oid}}, {"$project": {"size": {"$bsonSize": "$$ROOT"}}}]
    (board,) = await (await Board.raw().aggregate(measured)).to_list()
    found = await clean(env, "--dry-run", "--json")
    assert found.json["kinds"]["boards"] == {"count": 1, "bytes": board["size"]}


async def test_pages_in_memory_forget_what_is_gone(
    env: dict[str, str], garden: Garden, guest: Person, mod: Person
) -> None:
    assert (await mod.see(f"/topics/{garden.old_topic.oid}")).status_code == 200
    page = f"/topics/{garden.topic.oid}"
    assert 'id="c3"' in (await guest.see(page)).text
    assert (await clean(env)).code == 0
    assert (await mod.see(f"/topics/{garden.old_topic.oid}")).status_code == 404
    assert 'id="c3"' not in (await guest.see(page)).text


async def test_the_running_processes_are_told(
    env: dict[str, str], garden: Garden, leavers: None, settings: Settings
) -> None:
    nemo = await User.find_one({"username": "nemo"})
    assert nemo is not None
    async with Redis.from_url(env["REDIS_URL"]) as redis, redis.pubsub() as line:
        await line.subscribe(channels.news(settings.mongodb_db))
        assert (await clean(env)).code == 0
        said = [message["data"] async for message in _heard(line) if message["type"] == "message"]
    assert any(News.unpack(data).boards and nemo.oid in News.unpack(data).persons for data in said)


async def _heard(line: PubSub) -> AsyncIterator[dict[str, Any]]:
    while (message := await line.get_message(timeout=0.5)) is not None:
        yield message


@pytest.mark.parametrize(("option", "expected"), [("29", 3), ("32", 0)])
async def test_the_age_can_be_given(env: dict[str, str], garden: Garden, option: str, expected: int) -> None:
    by_option = counts(await clean(env, "--dry-run", "--json", "--older-than", option))
    by_setting = counts(await clean({**env, "QUORUM_RETENTION_DAYS": option}, "--dry-run", "--json"))
    assert by_option == by_setting
    assert by_option.get("topics", 0) == expected


async def planned(folder: Path) -> tuple[Plan, Purge]:
    plan, dead = Plan(), Dead(now() - CUTOFF)
    await find_dead(plan, dead)
    await find_people(plan, dead)
    storage = Storage(LocalStore(folder, mkdir=True), folder)
    await find_files(plan, storage, dead.since)
    return plan, Purge(plan, dead, storage, dead.since)


class Killed(Exception):
    """In the place of `kill -9`."""


async def test_killed_anywhere_the_next_run_finishes(
    garden: Garden, talks: None, leavers: None, tmp_path: Path
) -> None:
    before = await dump()
    await (await planned(tmp_path))[1].run(lambda _: None)
    whole = await dump()
    for after in range(1, 100):
        await put_back(before)
        if not await killed_after(after, tmp_path):
            break
        await (await planned(tmp_path))[1].run(lambda _: None)
        assert changes(whole, await dump()) == {}, after
    assert after > 15


async def killed_after(batches: int, folder: Path) -> bool:
    """Whether it came to that."""
    left = batches

    def advance(_: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Killed

    try:
        await (await planned(folder))[1].run(advance)
    except Killed:
        return True
    return False


async def test_what_is_restored_meanwhile_stays(garden: Garden, mod: Person, tmp_path: Path) -> None:
    plan, purge = await planned(tmp_path)
    before = plan.counts()
    assert (await mod.send(f"/topics/{garden.old_topic.oid}/restore")).status_code == 303
    assert (await mod.send(f"/comments/{garden.old_comment.oid}/restore")).status_code == 303
    await purge.run(lambda _: None)
    assert (purge.done["topics"].count, before["topics"].count) == (1, 2)
    assert await Comment.find({"topic": garden.old_topic.oid}).count() == 3
    assert await Comment.get(garden.old_comment.oid) is not None
    assert await miscounted() == []


@pytest.fixture
async def talks(forum: Forum, alice: Person, bob: Person) -> list[ObjectId]:
    """Three conversations: both have deleted the first long ago, the second just now; Alice alone the third."""
    made = [await alice.writes("bob", title) for title in ("old", "recent", "one-sided")]
    for person, ones in ((alice, made), (bob, made[:2])):
        for one in ones:
            assert (await person.send(f"/messages/{one}/delete")).status_code == 303
    for one, at in zip(made, (OLD, RECENT), strict=False):
        found = await Message.raw().update_many({"conversation": one, "deleted_at": {"$ne": None}}, marks(at))
        assert found.modified_count == 1
    return made


def marks(at: Any) -> dict[str, Any]:
    return {"$set": {"deleted_at": at}}


async def test_messages_go_with_their_conversation(env: dict[str, str], talks: list[ObjectId]) -> None:
    dry = await clean(env, "--dry-run", "--json")
    assert counts(dry) == {"messages": 1, "conversations": 1, "memberships": 2, "notifications": 1}
    assert (await clean(env, "--json")).json["kinds"] == dry.json["kinds"]
    assert {raw.oid for raw in await Conversation.find_all().to_list()} == set(talks[1:])


async def test_dead_log_ins_go_after_the_same_time(env: dict[str, str], forum: Forum, alice: Person) -> None:
    for field, at in (("ended_at", OLD), ("ended_at", RECENT), ("expires_at", OLD), ("expires_at", RECENT)):
        person = await forum.logged_in(alice.user)  # type: ignore[arg-type]
        newest = await Login.find({"user": person.id}).sort("-_id").limit(1).to_list()
        await Login.raw().update_one({"_id": newest[0].oid}, {"$set": {field: at}})
    assert counts(await clean(env, "--json")) == {"sessions": 2}
    assert await Login.find_all().count() == 3
    assert (await alice.get("/settings/account")).status_code == 200


@pytest.fixture
async def leavers(forum: Forum, garden: Garden) -> None:
    """Deleted people: one whom nothing names, one who wrote, one whom only what is purged names, and a recent one."""
    for name in ("nemo", "writer", "passerby", "fresh"):
        person = await forum.person(name)
        where = {"writer": garden.topic, "passerby": garden.recent_topic}.get(name)
        if where is garden.recent_topic:
            await Comment.raw().update_one({"_id": garden.old_comment.oid}, {"$set": {"edited_by": person.id}})
        elif where is not None:
            await person.says(where, "My words stay")
        at = RECENT if name == "fresh" else OLD
        set_ = {"deleted_at": at, "deleted_by": person.id, "deleted_as": "author"}
        await User.raw().update_one({"_id": person.id}, {"$set": set_})


async def test_deleted_people_stay_while_something_names_them(env: dict[str, str], leavers: None) -> None:
    dry = await clean(env, "--dry-run", "--json")
    assert (counts(dry)["users"], counts(dry)["sessions"], dry.json["kept_users"]) == (2, 2, 1)
    real = await clean(env, "--json")
    assert real.json["kinds"] == dry.json["kinds"]
    assert real.json["kept_users"] == 1
    names = {user.username for user in await User.find_all().to_list()}
    writer = await User.find_one({"erased_at": {"$ne": None}})
    assert writer is not None
    # Whose words stay is kept without a name: the time to regret it is over.
    assert names == {"alice", "bob", "mod_mira", f"deleted-{writer.oid}", "fresh"}
    assert (dry.json["erased_people"], real.json["erased_people"]) == (1, 1)
    assert "are kept because something that stays names them: 1" in (await clean(env)).out


async def test_what_is_a_persons_alone_goes_with_them(env: dict[str, str], leavers: None, bob: Person) -> None:
    nemo = await User.find_one({"username": "nemo"})
    assert nemo is not None
    at = now()
    for user, person in ((nemo.oid, bob.id), (bob.id, nemo.oid)):
        await Follow(user=user, person=person, created_at=at).insert()
        await Block(user=user, person=person, created_at=at).insert()
    await User.raw().update_one({"_id": bob.id}, {"$set": {"follower_count": 1, "following_count": 1}})
    await Letter(once="1", kind="test", to="n@x.org", locale="en", user=nemo.oid, created_at=at, due_at=at).insert()
    await Token(token_hash="1", kind="reset", user=nemo.oid, created_at=at, expires_at=at).insert()
    await Attempt(user=nemo.oid, succeeded=True, at=at, expires_at=at + CUTOFF).insert()
    expected = {"follows": 2, "blocks": 2, "letters": 1, "tokens": 1, "attempts": 1}
    dry = counts(await clean(env, "--dry-run", "--json"))
    assert {kind: dry.get(kind) for kind in expected} == expected
    assert counts(await clean(env, "--json")) == dry
    left = [await document.find_all().count() for document in (Follow, Block, Token, Attempt)]
    assert left == [0, 0, 0, 0]
    assert await Letter.find({"user": nemo.oid}).count() == 0
    found = await User.get(bob.id)
    assert found is not None
    assert (found.follower_count, found.following_count) == (0, 0)


def stored(folder: Path, name: str, text: str, days: float) -> None:
    path = folder / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    at = now().timestamp() - days * DAY
    os.utime(path, (at, at))


async def test_old_files_that_nothing_names_go(env: dict[str, str], tmp_path: Path) -> None:
    stored(tmp_path, "2026/old.png", "x" * 1000, 1.1)
    stored(tmp_path, "名字.txt", "y" * 24, 40)
    stored(tmp_path, "2026/young.png", "z", 0.9)
    dry = await clean(env, "--dry-run", "--json")
    assert dry.json["kinds"]["orphans"] == {"count": 2, "bytes": 1024}
    assert (await clean(env, "--json")).json["kinds"] == dry.json["kinds"]
    assert files_in(tmp_path) == ["2026/young.png"]


def files_in(folder: Path) -> list[str]:
    return [path.relative_to(folder / "files").as_posix() for path in folder.rglob("files/**/*") if path.is_file()]


async def file_of(person: Person, folder: Path, *, references: int, unused_days: float | None) -> StoredFile:
    """A picture that somebody shows, or did."""
    sha256, generation = secrets.token_hex(32), secrets.token_hex(4)
    variants = [Variant(name=f"{side}.webp", type="image/webp", bytes=side) for side in (384, 192, 96)]
    since = None if unused_days is None else now() - timedelta(days=unused_days)
    file = StoredFile(
        sha256=sha256,
        kind="avatar",
        generation=generation,
        type="image/webp",
        bytes=672,
        variants=variants,
        references=references,
        created_at=OLD,
        quarantined_at=since,
    )
    await file.insert()
    for key, variant in zip(file.keys, variants, strict=True):
        stored(folder, key, "x" * variant.bytes, 40)
    if references:
        await User.raw().update_one({"_id": person.id}, {"$set": {"avatar": sha256}})
    return file


async def test_files_go_when_nobody_has_used_them_for_long_enough(
    env: dict[str, str], alice: Person, tmp_path: Path
) -> None:
    shown = await file_of(alice, tmp_path, references=1, unused_days=None)
    recent = await file_of(alice, tmp_path, references=0, unused_days=6.9)
    await file_of(alice, tmp_path, references=0, unused_days=7.1)
    dry = await clean(env, "--dry-run", "--json")
    assert counts(dry) == {"files": 1}
    assert dry.json["kinds"]["files"] == {"count": 1, "bytes": 672}
    assert (await clean(env, "--json")).json["kinds"] == dry.json["kinds"]
    assert set(files_in(tmp_path)) == {*shown.keys, *recent.keys}
    assert await StoredFile.count() == 2


async def test_a_file_that_a_document_names_stays_whatever_is_counted(
    env: dict[str, str], alice: Person, tmp_path: Path
) -> None:
    file = await file_of(alice, tmp_path, references=1, unused_days=None)
    await StoredFile.raw().update_one({"_id": file.oid}, {"$set": {"references": 0, "quarantined_at": OLD}})
    assert counts(await clean(env, "--json")) == {}


async def test_documents_without_contents_are_told(env: dict[str, str], alice: Person, tmp_path: Path) -> None:
    file = await file_of(alice, tmp_path, references=1, unused_days=None)
    assert (await clean(env, "--dry-run", "--json")).json["lost_files"] == 0
    (tmp_path / "files" / list(file.keys)[1]).unlink()
    assert (await clean(env, "--dry-run", "--json")).json["lost_files"] == 1
    assert "not in the storage; they can only be sent again: 1" in (await clean(env)).out
    assert await StoredFile.count() == 1


async def test_the_picture_of_a_purged_person_begins_to_wait(
    env: dict[str, str], alice: Person, bob: Person, tmp_path: Path
) -> None:
    file = await file_of(alice, tmp_path, references=2, unused_days=None)
    await User.raw().update_one({"_id": bob.id}, {"$set": {"avatar": file.sha256}})
    gone = {"deleted_at": OLD, "deleted_by": bob.id, "deleted_as": "author"}
    for person, left in ((bob, 1), (alice, 0)):
        await User.raw().update_one({"_id": person.id}, {"$set": gone})
        assert counts(await clean(env, "--json"))["users"] == 1
        found = await StoredFile.get(file.oid)
        assert found is not None
        assert (found.references, found.quarantined_at is None) == (left, left > 0)


async def test_uploads_wait_from_the_last_text_that_used_them(env: dict[str, str], alice: Person, board: Board) -> None:
    gone, used, unused = [ObjectId((await sent(alice, b"%d" % n, "a.txt"))["url"].split("/")[2]) for n in range(3)]
    topic = await alice.opens(board, body=f"[a](/uploads/{used}/a.txt)")
    comment = await alice.says(topic, f"[a](/uploads/{gone}/a.txt)")
    deleted = {"deleted_at": OLD, "deleted_by": alice.id, "deleted_as": "author"}
    await Comment.raw().update_one({"_id": comment.oid}, {"$set": deleted})
    long_ago: dict[str, Any] = {"$set": {"touched_at": OLD}}
    await Upload.raw().update_many({}, long_ago)
    assert counts(await clean(env, "--json")) == {"comments": 1, "uploads": 1}
    assert await Upload.get(unused) is None
    assert counts(await clean(env, "--json")) == {"files": 1}  # its content has waited as long
    await Upload.raw().update_many({}, long_ago)
    assert counts(await clean(env, "--json")) == {"uploads": 1}
    assert {upload.oid for upload in await Upload.find_all().to_list()} == {used}


async def test_notes_of_what_was_removed_go_with_it(
    board: Board, alice: Person, bob: Person, mod: Person, tmp_path: Path
) -> None:
    place = await bob.opens(board)
    opening = await Comment.find_one({"topic": place.oid, "number": 1})
    assert opening is not None
    await alice.writes("bob", "Psst", "Secret offer")
    for text in ("Long ago", "Lately"):
        await alice.says(place, text)
        await alice.send(f"/comments/{opening.oid}/like")
        assert (await removes(mod, alice, "comment", "message", "like")).status_code == 303
    old, recent = await Removal.find_all().sort("_id").to_list()
    await Removal.raw().update_one({"_id": old.oid}, {"$set": {"at": OLD}})
    await Comment.raw().update_one({"body": "Long ago"}, {"$set": {"deleted_at": OLD}})
    plan, purge = await planned(tmp_path)
    assert (plan.counts()["comments"].count, plan.counts()["removed"].count) == (1, 3)
    await purge.run(lambda _: None)
    assert (purge.done["comments"].count, purge.done["removed"].count) == (1, 3)
    assert await Removed.raw().distinct("removal", {}) == [recent.oid]
    refused = await mod.send(f"/operations/{old.operation}/undo")
    assert (refused.status_code, "(3) was changed since" in refused.text) == (409, True)
    assert (await mod.send(f"/users/{alice.id}/removals/{old.operation}/return")).status_code == 303
    assert (await mod.send(f"/operations/{recent.operation}/undo")).status_code == 303
    assert await Comment.find({"body": "Lately", "deleted_at": None}).count() == 1
    assert await Removed.find_all().count() == 0
    assert await miscounted() == []


async def test_what_was_taken_down_is_known_again_when_it_is_gone(
    settings: Settings, alice: Person, bob: Person, admin: Person
) -> None:
    content = b"not to be here"
    id = ObjectId((await sent(alice, content, "a.txt"))["url"].split("/")[2])
    assert (await admin.send(f"/admin/uploads/{id}/take-down", reason="No")).status_code == 303
    assert (await alice.send(f"/uploads/{id}/delete")).status_code == 303
    await StoredFile.raw().update_many({}, {"$set": {"quarantined_at": OLD}})
    assert len(await remove_files(Storage.of(settings), [(await only_file()).oid], now() - CUTOFF)) == 1
    left = await only_file()
    assert (left.variants, left.bytes, left.taken_at is not None) == ([], 0, True)
    for person in (alice, bob):
        refused = await sends(person, content, "b.txt")
        assert (refused.status_code, "taken down" in refused.text) == (422, True)
    assert await remove_files(Storage.of(settings), [left.oid], now() - CUTOFF) == []
    assert (await admin.get("/admin/uploads")).status_code == 200


async def only_file() -> StoredFile:
    (found,) = await StoredFile.find_all().to_list()
    return found


async def test_at_a_terminal_it_asks_first(env: dict[str, str], garden: Garden) -> None:
    before = await dump()
    refused = await call_at_terminal([("Purge this for good?", "n")], "cleanup", **env)
    assert refused.code == 1
    assert "comments" in refused.out
    assert changes(before, await dump()) == {}
    agreed = await call_at_terminal([("Purge this for good?", "y")], "cleanup", **env)
    assert agreed.code == 0, agreed.out
    assert await Topic.get(garden.old_topic.oid) is None


async def test_yes_is_not_asked(env: dict[str, str], garden: Garden) -> None:
    done = await call_at_terminal([], "cleanup", "--yes", **env)
    assert done.code == 0
    assert "Purge this" not in done.out
    assert await Topic.get(garden.old_topic.oid) is None


# Ids of documents that are neither people nor what they own. Whom somebody blocks is not kept by it: `remove_people`.
OTHER_IDS = {
    "boards",
    "removal",
    "thing",
    "uploads",
    "mutes",
    "_id",
    "id",
    "board",
    "topic",
    "last_topic",
    "comment",
    "message",
    "reply_to",
    "conversation",
    "subject",
    "file",
    "blocks",
    "place",
    "undo_of",
    "undone_by",
    "to",
    "merged_into",
    "parent",
    "topics",
    "operation",
}


@pytest.mark.parametrize("document", ALL)
def test_every_field_that_could_name_somebody_is_known(document: type[Record]) -> None:
    fields = (*registry.PEOPLE, *registry.THEIRS, *registry.RECORDS)
    known = {name for where, name in fields if where is document} | OTHER_IDS
    ids = {name for name, field in document.model_fields.items() if Id in _types(field.annotation)}
    assert ids <= known, "add the field to scripts/cleaning/registry.py, or to OTHER_IDS above"


def _types(annotation: Any) -> set[Any]:
    return {annotation}.union(*(_types(part) for part in get_args(annotation)))


async def test_notifications_of_what_stays_are_left_alone(env: dict[str, str], garden: Garden) -> None:
    assert (await clean(env)).code == 0
    about_texts = {"kind": {"$ne": "moderation"}}
    subjects = {raw["subject"] async for raw in Notification.raw().find(about_texts)}
    left = {raw["_id"] async for raw in Comment.raw().find({})}
    assert subjects
    assert subjects <= left
