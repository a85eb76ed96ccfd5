"""doctor.py: each kind of fault is planted, found, mended, and gone; a forum in use is never called ill."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from app.files.storage import Storage
from app.mydata.held import NOT_PEOPLE
from app.settings import Settings
from documents import (
    ALL,
    Board,
    Bookmark,
    Comment,
    Conversation,
    Draft,
    Follow,
    Letter,
    Marker,
    Membership,
    Notification,
    Reaction,
    Revision,
    Settling,
    StoredFile,
    TagChange,
    Telling,
    Topic,
    Transfer,
    User,
    Watch,
)
from documents.base import Record, deletion
from documents.clock import now
from scripts.doctoring import ids, looking
from scripts.doctoring.registry import CHECKS
from tests.doctored import Doctor, examine, sentences
from tests.jobs.done import idle
from tests.people import Forum, Person
from tests.scripts.calling import call, on

LONG_AGO = timedelta(days=2)


class Village:
    """A forum in which something of every kind has happened."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum

    async def settle(self, alice: Person, bob: Person) -> None:
        self.alice, self.bob = alice, bob
        self.board = await self.forum.board()
        self.topic = await alice.opens(self.board, "A topic", "An opening post")
        self.comment = await bob.says(self.topic, "@alice look", reply_to="")
        await alice.send(f"/comments/{self.comment.oid}/like")
        await alice.send(f"/comments/{self.comment.oid}/bookmark")
        await alice.send(f"/comments/{(await self.opening()).oid}/edit", body="An opening post, edited")
        await bob.send(f"/users/{alice.id}/follow")
        self.conversation = await alice.writes("bob")
        await bob.send(f"/topics/{self.topic.oid}/watch")

    async def replenish(self) -> None:
        """What a repair had to take away, done once more."""
        await self.bob.send(f"/comments/{self.comment.oid}/restore")
        await self.alice.send(f"/comments/{self.comment.oid}/like")
        await self.alice.send(f"/comments/{self.comment.oid}/bookmark")
        await self.bob.send(f"/users/{self.alice.id}/follow")
        await self.bob.send(f"/topics/{self.topic.oid}/watch")

    async def opening(self) -> Comment:
        found = await Comment.find_one({"topic": self.topic.oid, "number": 1})
        assert found is not None
        return found


@pytest.fixture
async def village(forum: Forum, alice: Person, bob: Person) -> Village:
    found = Village(forum)
    await found.settle(alice, bob)
    return found


Plant = Callable[[Village], Awaitable[Any]]


def changed(document: type[Record], **fields: Any) -> Plant:
    """Some document of a collection says something else."""
    return lambda _: document.raw().update_one({}, {"$set": fields})


def person(**fields: Any) -> Plant:
    return lambda village: User.raw().update_one({"_id": village.alice.id}, {"$set": fields})


def gone(document: type[Record]) -> Plant:
    return lambda _: document.raw().delete_one({})


async def lose_a_notice(village: Village) -> None:
    await Notification.raw().delete_one({"user": village.alice.id, "kind": "mention"})


def lose_a_letter(**says: Any) -> Plant:
    """Somebody waits for an e-mail that is not there."""

    async def plant(village: Village) -> None:
        await Letter.raw().delete_many({})
        which = {"user": village.alice.id, "kind": "mention"}
        await Notification.raw().update_one(which, {"$set": {"email_skipped": "", "emailed_at": None, **says}})

    return plant


async def lose_an_index(village: Village) -> None:
    await Follow.raw().drop_index("user_person")


async def delete_without_withdrawing(village: Village) -> None:
    topic = {"_id": village.topic.oid}
    marks = deletion(now(), village.bob.id, "author", "")
    await Comment.raw().update_one({"_id": village.comment.oid}, {"$set": marks})
    await Topic.raw().update_one(topic, {"$inc": {"comment_count": -1}, "$set": {"last_visible": 1}})
    opening = await village.opening()
    await Topic.raw().update_one(topic, {"$set": {"active_at": opening.created_at, "last_author": opening.author}})
    await Board.raw().update_one({}, {"$inc": {"comment_count": -1}})
    await User.raw().update_one({"_id": village.bob.id}, {"$inc": {"comment_count": -1}})


async def lose_a_member(village: Village) -> None:
    await Membership.raw().delete_one({"user": village.bob.id})


async def orphan_a_file(village: Village) -> None:
    folder = village.forum.settings.data_dir / "files" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"ab{'0' * 62}-01234567-whole"
    path.write_bytes(b"left behind")
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(path, (long_ago, long_ago))


def a_file(**fields: Any) -> Plant:
    async def plant(village: Village) -> None:
        file = StoredFile(
            sha256="c" * 64, kind="avatar", generation="01234567", type="image/webp", bytes=1, created_at=now()
        )
        await StoredFile.raw().insert_one({**file.as_stored(), "quarantined_at": now(), **fields})

    return plant


PLANTS: dict[str, tuple[str, Plant]] = {
    "a topic counts wrong": ("topics", changed(Topic, comment_count=7)),
    "a topic forgets its likes": ("topics", changed(Topic, like_count=0)),
    "a topic's last number is behind": ("topics", changed(Topic, last_number=1)),
    "a topic names another last author": ("topics", changed(Topic, last_author=ObjectId("0" * 24))),
    "a topic was active at another time": ("topics", changed(Topic, active_at=now() - LONG_AGO)),
    "a topic lacks a participant": ("topics", changed(Topic, participants=[])),
    "a topic is cold": ("heat", changed(Topic, heat=0.0)),
    "a board counts topics wrong": ("boards", changed(Board, topic_count=5)),
    "a board counts comments wrong": ("boards", changed(Board, comment_count=0)),
    "a board names no last topic": ("boards", changed(Board, last_topic=None)),
    "a comment counts likes wrong": ("comments", changed(Comment, like_count=9)),
    "a comment stands in another board": ("comments", changed(Comment, board=ObjectId())),
    "people count topics wrong": ("people", person(topic_count=5)),
    "people count comments wrong": ("people", person(comment_count=5)),
    "people count likes wrong": ("people", person(like_count=5)),
    "people count followers wrong": ("people", person(follower_count=5)),
    "people count whom they follow wrong": ("people", person(following_count=5)),
    "people count bytes wrong": ("people", person(upload_bytes=5)),
    "a feed's counter is behind": ("feeds", person(notification_seq=0)),
    "a feed has a gap": ("feeds", person(notification_seq=9)),
    "a block is not repeated": ("blocks", person(blocks=[ObjectId("0" * 24)])),
    "a mute is not repeated": ("mutes", person(mutes=[ObjectId("0" * 24)])),
    "a mention has no notice": ("mentions", lose_a_notice),
    "a letter is not there": ("mail", lose_a_letter(awaits_email=True, email="at_once")),
    "a gathering letter is not there": ("mail", lose_a_letter(awaits_email=True, email="at_once", gathered=True)),
    "a digest is not there": ("mail", lose_a_letter(awaits_email=True, email="digest")),
    "a notice is neither sent nor left": ("mail", lose_a_letter(awaits_email=False, email="at_once")),
    "a post is deleted and its notice is not": ("notices", delete_without_withdrawing),
    "a post is there and its notice is not": (
        "notices",
        lambda _: Notification.raw().update_one({"kind": "mention"}, {"$set": {"withdrawn_at": now()}}),
    ),
    "a notice has another number": (
        "notices",
        lambda _: Notification.raw().update_one({"kind": "mention"}, {"$set": {"number": 99}}),
    ),
    "a follower is gone and announced": ("followers", gone(Follow)),
    "a like is of nothing": ("ids.reactions", changed(Reaction, comment=ObjectId())),
    "a bookmark is of nothing": ("ids.bookmarks", changed(Bookmark, comment=ObjectId())),
    "an earlier text is of nothing": ("ids.revisions", changed(Revision, comment=ObjectId())),
    "a watch is of nothing": ("ids.watches", changed(Watch, place=ObjectId())),
    "a notice is of nothing": (
        "ids.notifications",
        lambda _: Notification.raw().update_one({"kind": "mention"}, {"$set": {"subject": ObjectId()}}),
    ),
    "a comment mentions nobody": ("ids.comments", changed(Comment, mentions=[ObjectId()])),
    "a comment uses no file": ("ids.comments", changed(Comment, uploads=[ObjectId()])),
    "a draft is nobody's": (
        "ids.drafts",
        lambda _: Draft(user=ObjectId(), place="message:", created_at=now(), updated_at=now()).insert(),
    ),
    "a message is beyond the counter": ("messages", changed(Conversation, last_number=0)),
    "a member cannot read": ("members", lose_a_member),
    "too much is unread": (
        "unread",
        lambda village: Membership.raw().update_one({"user": village.bob.id}, {"$set": {"unread": 40}}),
    ),
    "too little is unread": (
        "unread",
        lambda village: Membership.raw().update_one({"user": village.bob.id}, {"$set": {"unread": 0}}),
    ),
    "somebody has read ahead": ("markers", changed(Marker, number=900)),
    "a file is counted wrong": ("references", a_file(references=3, quarantined_at=None)),
    "a file waits since never": ("references", a_file(quarantined_at=None, sha256="e" * 64)),
    "a content has no document": ("orphans", orphan_a_file),
    "an index is missing": ("indexes", lose_an_index),
    "a text cannot be found": ("words", changed(Comment, segmented=0, created_at=now() - LONG_AGO)),
}

# What nobody can mend but people.
HOPELESS: dict[str, tuple[str, Plant]] = {
    "a comment has no topic": ("ids.comments", lambda village: Topic.raw().delete_one({"_id": village.topic.oid})),
    "a file has lost its content": (
        "contents",
        a_file(variants=[{"name": "512.webp", "type": "image/webp", "bytes": 1, "width": 0, "height": 0}]),
    ),
    "a picture has no file": ("names", person(avatar="d" * 64)),
    "an e-mail is stuck": (
        "jobs",
        lambda _: Letter(
            once="a", kind="confirm", to="a@b.example", locale="en", created_at=now(), due_at=now() - LONG_AGO
        ).insert(),
    ),
    "a telling is stuck": (
        "jobs",
        lambda village: Telling(comment=village.comment.oid, due_at=now() - LONG_AGO).insert(),
    ),
    "notices do not follow their text": (
        "jobs",
        lambda village: Settling(topic=village.topic.oid, due_at=now() - LONG_AGO).insert(),
    ),
    "comments do not arrive": (
        "jobs",
        lambda village: Transfer(
            kind="board", topic=village.topic.oid, to=village.topic.oid, last=1, due_at=now() - LONG_AGO
        ).insert(),
    ),
    "a tag is changed for ever": (
        "jobs",
        lambda _: TagChange(source="roses", to=None, due_at=now() - LONG_AGO).insert(),
    ),
    "an index is foreign": ("indexes", lambda _: Letter.raw().create_index("error", name="of_somebody")),
}


@pytest.fixture
async def whole_again(forum: Forum) -> Any:
    """Indexes are the forum's, and so they outlive a test."""
    yield
    await Letter.raw().drop_indexes()
    await Letter.raw().create_indexes(Letter.Settings.indexes)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is at work, so a second look needs no pause."""
    monkeypatch.setattr(looking, "SECOND_LOOK_SECONDS", 0.0)


async def test_each_kind_of_fault_is_found_and_mended(village: Village, doctor: Doctor, at_once: None) -> None:
    settings = village.forum.settings
    await doctor()
    for name, (check, plant) in PLANTS.items():
        await plant(village)
        assert [finding.name for finding in await examine(settings, check)] == [check], name
        mended = await examine(settings, check, repair=True)
        assert sum(finding.left for finding in mended) == 0, f"{name}: {sentences(mended)}"
        assert await examine(settings, check) == [], name
        if check.startswith("ids.") or check in ("notices", "followers"):
            await examine(settings, repair=True)
            await village.replenish()
    await examine(settings, repair=True)
    await doctor()


async def test_what_cannot_be_mended_is_said(village: Village, whole_again: None, at_once: None) -> None:
    left = Counter[str]()
    async with idle(village.forum.app):
        for name, (check, plant) in HOPELESS.items():
            await plant(village)
            found = {finding.name: finding for finding in await examine(village.forum.settings, check, repair=True)}
            assert found[check].left > left[check], name
            left[check] = found[check].left
            assert found[check].examples[0][1], name


@pytest.mark.parametrize("document", ALL)
def test_every_field_with_an_id_is_looked_at(document: type[Record]) -> None:
    for field in ids.id_fields(document):
        held = ids.held_in(document, field)
        outliving = held is None and document in ids.OUTLIVING
        kept = outliving or field in ids.ELSEWHERE or (held is not None and held.leaving == "record")
        assert bool(ids.targets_of(document, field)) != kept
    assert set(ids.TARGETS) | ids.ELSEWHERE == NOT_PEOPLE


async def test_people_at_work_are_never_called_ill(village: Village, doctor: Doctor) -> None:
    async def work(person: Person) -> None:
        for number in range(5):
            comment = await person.says(village.topic, f"@alice @bob {number}")
            await person.send(f"/comments/{comment.oid}/delete")
            await person.send(f"/comments/{comment.oid}/restore")

    working = asyncio.gather(work(village.alice), work(village.bob))
    looks = 0
    while not working.done():
        assert await examine(village.forum.settings) == []
        looks += 1
    await working
    assert looks > 2
    await doctor()


async def test_the_script_says_what_it_has_found_and_ends_accordingly(settings: Settings, village: Village) -> None:
    await person(comment_count=5)(village)
    found = await call("doctor", **on(settings))
    assert found.code == 1, found.err
    assert "1 × people have other counters than they should (people)" in found.out
    assert f"{village.alice.id}: comment_count is 5, not 0" in found.out
    mended = await call("doctor", "--repair", "--json", **on(settings))
    assert mended.json["clean"]
    assert mended.json["findings"][0]["repaired"] == 1


async def test_progress_ends_when_the_work_does(village: Village) -> None:
    done: dict[str, int] = {}
    examination = looking.Examination(village.forum.settings, Storage.of(village.forum.settings))
    examination.advance = lambda name, by: done.update({name: done.get(name, 0) + by})
    await examination.run(CHECKS)
    assert done == {name: total for name, total in (await looking.to_look_at(CHECKS)).items() if total}


async def test_what_cannot_be_checked_is_neither_well_nor_ill(settings: Settings) -> None:
    unreachable = on(settings) | {"MONGODB_URI": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"}
    assert (await call("doctor", **unreachable)).code == 2
