"""Imports that are repeated, killed and continued, or given more; and what people do in the forum between them."""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.permissions import book
from app.search.catching_up import catch_up
from app.settings import Settings
from app.text.markdown import Rendered, plain
from app.text.pool import RenderPool
from app.text.segment import words_of
from documents import ALL, Comment, Reaction, Revision, Topic, User
from documents.base import Raw
from scripts.importing import loading, run
from scripts.importing.identity import oid
from scripts.importing.scan import scan
from scripts.importing.spool import Spool
from scripts.importing.tally import Tally
from scripts.opened import Opened
from tests.people import Forum, Person
from tests.scripts.archives import Archive, scattered, varied
from tests.scripts.calling import changes, dump, miscounted, put_back
from tests.scripts.killing import killed_at


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture(scope="module")
async def pool(settings: Settings) -> AsyncIterator[RenderPool]:
    async with RenderPool(timeout=10, workers=1) as pool:
        yield pool


class Importer:
    """The import in this process, so that it can be stopped anywhere."""

    def __init__(self, settings: Settings, pool: RenderPool) -> None:
        self.settings = settings
        self.pool = pool

    async def __call__(self, archive: Archive) -> Tally:
        tally = Tally()
        with Spool() as spool:
            scan(archive.folder, spool, tally, lambda: None)
            await run.Import(
                Opened(self.settings, None), spool, tally, self.pool, loading.from_files(spool, tally)
            ).run({}, "", lambda _: None)
        book.forget()  # a forum that is not told of new boards knows of them a second later
        return tally


@pytest.fixture
def imports(forum: Forum, settings: Settings, pool: RenderPool) -> Importer:
    return Importer(settings, pool)


async def clear() -> None:
    for document in ALL:
        await document.raw().delete_many({})


async def state() -> dict[str, list[Raw]]:
    """Everything but when the boards were made."""
    things = await dump()
    for board in things["boards"]:
        del board["created_at"]
    return things


async def test_a_second_time_changes_nothing(imports: Importer, archive: Archive) -> None:
    varied(archive)
    first = await imports(archive)
    before = await dump()
    again = await imports(archive)
    assert changes(before, await dump()) == {}
    assert (again.new.total(), again.changed.total()) == (0, 0)
    assert again.found == first.found


@pytest.mark.parametrize(("before", "writes"), [(0, 20), (7, 15)])
async def test_killed_before_any_write_the_next_run_finishes(
    imports: Importer, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int, writes: int
) -> None:
    """From nothing, and when some of the archive is there already."""
    varied(archive)
    monkeypatch.setattr(loading, "BATCH", 3)
    await imports(part_of(archive, tmp_path / "part", before))
    beginning = await dump()
    await imports(archive)
    whole = await state()
    for write in itertools.count(1):
        await put_back(beginning)
        if not await killed_at(write, lambda: imports(archive)):
            break
        await catch_up()  # as the forum does beside it
        await imports(archive)
        assert changes(whole, await state()) == {}, write
    assert write > writes


def part_of(archive: Archive, folder: Path, files: int, seed: int = 0) -> Archive:
    """Some of the files of an archive."""
    part = Archive(folder)
    for path in random.Random(seed).sample(sorted(archive.folder.rglob("*.json")), files):
        shutil.copy(path, part.folder)
    return part


@pytest.mark.parametrize("seed", range(6))
async def test_an_archive_in_parts_is_the_same_as_at_once(
    imports: Importer, archive: Archive, tmp_path: Path, seed: int
) -> None:
    """In whatever order the parts come, and also when they overlap."""
    varied(archive)
    await imports(archive)
    whole = unversioned(await state())
    await clear()
    for number in range(3):
        await imports(part_of(archive, tmp_path / f"part{number}", 8, seed * 3 + number))
        assert await miscounted() == []
    last = await imports(archive)
    assert changes(whole, unversioned(await state())) == {}
    assert last.aside["broken"] == 0


def unversioned(things: dict[str, list[Raw]]) -> dict[str, list[Raw]]:
    """Without what counts how often something was changed, and in which order boards and names came."""
    named = {"username", "username_key", "skeleton", "starts"}
    left_out = {"topics": {"version"}, "boards": {"position"}, "users": named}
    things["boards"] = [raw for raw in things["boards"] if raw["topic_count"]]  # the others were left since
    names = {raw["_id"]: raw["username"] for raw in things["users"]}
    for kind, fields in left_out.items():
        things[kind] = [{name: value for name, value in raw.items() if name not in fields} for raw in things[kind]]
    for raw in things["comments"] + things["revisions"]:
        for id, name in names.items():
            raw["html"] = raw["html"].replace(f'data-user="{id}">@{name}<', f'data-user="{id}">@<')
    called = {word for name in names.values() for word in words_of(name)}
    for raw in things["comments"]:
        raw["words"] = [word for word in raw["words"] if word not in called]
    return things


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_archived_ends_up_the_same(
    imports: Importer, archive: Archive, tmp_path: Path, seed: int
) -> None:
    scattered(archive, seed)
    await imports(archive)
    assert await miscounted() == []
    before = await dump()
    await imports(archive)
    assert changes(before, await dump()) == {}
    whole = unversioned(await state())
    await clear()
    half = len(list(archive.folder.rglob("*.json"))) // 2
    for number in range(3):
        await imports(part_of(archive, tmp_path / f"part{number}", half, seed * 3 + number))
        assert await miscounted() == []
    beginning = await dump()
    await imports(archive)
    assert changes(whole, unversioned(await state())) == {}
    final = await state()
    for write in random.Random(seed).sample(range(1, 25), 3):
        await put_back(beginning)
        if await killed_at(write, lambda: imports(archive)):
            await catch_up()
            await imports(archive)
            assert changes(final, await state()) == {}, write


async def test_large_topics_are_taken_in_slices(
    imports: Importer, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BATCH", 4)
    for number in range(1, 12):
        archive.post(number, 1, number, reply_to_post_number=1 if number == 11 else None)
    await imports(archive)
    topic = await Topic.get(oid("topic", 1))
    assert topic is not None
    assert (topic.comment_count, topic.last_number, topic.version) == (11, 11, 2)
    assert (await Comment.get(oid("post", 11))).reply_to == oid("post", 1)  # type: ignore[union-attr]
    assert await miscounted() == []


async def test_people_and_topics_that_come_later_are_linked_in_earlier_texts(
    imports: Importer, archive: Archive
) -> None:
    archive.post(1, 1, 1, raw='[quote="bob, post:1, topic:2"]\nHis words\n[/quote]\n\n@bob `@carol`')
    await imports(archive)
    archive.post(2, 2, 1, "bob")
    before = await Topic.get(oid("topic", 1))
    tally = await imports(archive)
    comment, after = await Comment.get(oid("post", 1)), await Topic.get(oid("topic", 1))
    assert comment is not None
    assert before is not None
    assert after is not None
    assert after.version == before.version + 1
    assert comment.mentions == [oid("user", 12)]
    assert f"/topics/{oid('topic', 2)}/n/1" in comment.html
    assert (comment.edit_count, tally.changed["posts"]) == (0, 1)


async def test_a_post_that_was_moved_moves_with_what_it_has(imports: Importer, archive: Archive, mod: Person) -> None:
    archive.post(1, 1, 1)
    archive.post(2, 1, 2, "bob", raw="To be moved")
    archive.post(3, 2, 1)
    await imports(archive)
    reaction = Reaction(
        comment=oid("post", 2),
        topic=oid("topic", 1),
        number=2,
        user=mod.id,
        created_at=mod.user.created_at,  # type: ignore[union-attr]
    )
    await reaction.insert()
    await Comment.raw().update_one({"_id": oid("post", 2)}, {"$inc": {"like_count": 1}})
    archive.post(2, 2, 4, "bob", raw="To be moved", reads=9, likes=2)
    await imports(archive)
    comment, moved = await Comment.get(oid("post", 2)), await Reaction.get(reaction.oid)
    assert comment is not None
    assert moved is not None
    assert (comment.topic, comment.number, comment.like_count) == (oid("topic", 2), 4, 3)
    assert (moved.topic, moved.number) == (oid("topic", 2), 4)
    assert await miscounted() == []


async def test_a_topic_that_was_moved_takes_its_comments_to_the_other_board(
    imports: Importer, archive: Archive
) -> None:
    archive.post(1, 1, 1, category_id=7)
    archive.post(2, 1, 2, category_id=7)
    await imports(archive)
    archive.post(3, 1, 3, category_id=8)
    await imports(archive)
    boards = await Comment.raw().distinct("board", {})
    assert boards == [oid("category", 8)]
    assert await miscounted() == []


async def test_what_people_did_here_stays(
    imports: Importer, archive: Archive, forum: Forum, mod: Person, alice: Person
) -> None:
    archive.post(1, 1, 1, topic_title="Theirs", raw="Their opening")
    archive.post(2, 1, 2, "bob", raw="Their words")
    archive.post(3, 1, 3, "bob", raw="Deleted here")
    archive.post(4, 1, 4, "bob", deleted_at="2024-01-02T00:00:00.000Z", raw="Restored here")
    await imports(archive)
    topic = await Topic.get(oid("topic", 1))
    assert topic is not None
    edit = {"title": "Ours", "body": "Our opening", "tags": ""}
    assert (await mod.send(f"/topics/{topic.oid}/edit", **edit)).status_code == 303
    assert (await mod.send(f"/comments/{oid('post', 2)}/edit", body="Our words")).status_code == 303
    assert (await mod.send(f"/comments/{oid('post', 3)}/delete", reason="")).status_code == 303
    assert (await mod.send(f"/comments/{oid('post', 4)}/restore")).status_code == 303
    assert (await alice.says(topic, "A comment of ours")).number == 5
    before = await dump()
    tally = await imports(archive)
    assert changes(before, await dump()) == {}
    assert tally.aside["edited here, so left as they are"] == 2
    archive.post(2, 1, 2, "bob", raw="Their newer words", version=2)
    archive.post(3, 1, 3, "bob", raw="Deleted here, newer there", version=2, likes=7)
    archive.post(5, 1, 5, "bob", raw="Their fifth")
    tally = await imports(archive)
    words = {comment.number: (comment.body, comment.live) for comment in await Comment.find_all().to_list()}
    assert words[2] == ("Our words", True)
    assert words[3] == ("Deleted here, newer there", False)
    assert words[4] == ("Restored here", True)
    assert words[5] == ("A comment of ours", True)
    assert (tally.aside["broken"], (await Topic.get(topic.oid)).title) == (1, "Ours")  # type: ignore[union-attr]
    assert await miscounted() == []


async def test_tags_that_were_renamed_here_stay_renamed(
    imports: Importer, archive: Archive, admin: Person, guest: Person
) -> None:
    archive.post(1, 1, 1, tags=["garden", "rose", "spam"])
    await imports(archive)
    assert (await admin.send("/admin/tags/garden/rename", to="花园")).status_code == 303
    assert (await admin.send("/admin/tags/rose/rename", to="flower")).status_code == 303
    assert (await admin.send("/admin/tags/flower/merge", into="花园")).status_code == 303
    assert (await admin.send("/admin/tags/spam/delete", barred="1")).status_code == 303
    before = await dump()
    await imports(archive)
    assert changes(before, await dump()) == {}
    archive.post(1, 1, 1, version=2, tags=["rose", "garden", "spam", "bees"])
    archive.post(2, 2, 1, tags=["garden", "spam"])
    await imports(archive)
    found = {topic.source: topic.tags async for topic in Topic.find_all()}
    assert found == {"discourse:topic:1": ["花园", "bees"], "discourse:topic:2": ["花园"]}
    assert "Topic 2" in (await guest.see("/tags/garden")).text
    assert "Topic 2" in (await guest.get("/search?q=花园")).text
    before = await dump()
    await imports(archive)
    assert changes(before, await dump()) == {}


async def test_a_topic_deleted_later_counts_no_more_for_those_who_wrote_in_it(
    imports: Importer, archive: Archive, tmp_path: Path
) -> None:
    archive.post(1, 1, 1, "alice")
    archive.post(2, 1, 2, "bob")
    await imports(archive)
    later = Archive(tmp_path / "later")
    later.post(1, 1, 1, "alice", user_deleted=True, version=2)
    await imports(later)
    bob, topic = await User.get(oid("user", 12)), await Topic.get(oid("topic", 1))
    assert bob is not None
    assert topic is not None
    assert (topic.deleted_as, bob.comment_count) == ("author", 0)
    assert await miscounted() == []


async def test_a_number_that_was_purged_is_not_given_again(imports: Importer, archive: Archive, alice: Person) -> None:
    archive.post(1, 1, 1)
    await imports(archive)
    topic = await Topic.get(oid("topic", 1))
    assert topic is not None
    purged = await alice.says(topic, "To be purged")
    await Comment.raw().delete_one({"_id": purged.oid})
    await imports(archive)
    assert (await alice.says(topic, "After it")).number == purged.number + 1


async def test_names_and_beginnings_of_accounts_follow_the_archive(imports: Importer, archive: Archive) -> None:
    archive.post(5, 1, 1, name="Alice")
    await imports(archive)
    archive.post(6, 1, 2, name="Alice Adams")
    archive.post(3, 2, 1, name="Al")
    await imports(archive)
    alice, oldest = await User.get(oid("user", 11)), await Comment.get(oid("post", 3))
    assert alice is not None
    assert oldest is not None
    assert (alice.display_name, alice.created_at) == ("Alice Adams", oldest.created_at)


async def test_older_versions_that_come_later_take_their_place_in_the_history(
    imports: Importer, archive: Archive
) -> None:
    archive.post(1, 1, 1, raw="Third", version=3, topic_title="T")
    await imports(archive)
    archive.post(1, 1, 1, raw="First", topic_title="T")
    await imports(archive)
    archive.post(1, 1, 1, raw="Second", version=2, topic_title="T")
    await imports(archive)
    history = await Revision.find_all().sort("number").to_list()
    assert [(revision.number, revision.body) for revision in history] == [(0, "First"), (1, "Second")]
    comment = await Comment.get(oid("post", 1))
    assert comment is not None
    assert (comment.body, comment.edit_count) == ("Third", 2)


async def test_a_newer_title_keeps_the_older_one_also_when_the_opening_post_is_not_archived_again(
    imports: Importer, archive: Archive, tmp_path: Path
) -> None:
    archive.post(1, 1, 1, topic_title="Old")
    await imports(archive)
    later = Archive(tmp_path / "later")
    later.post(2, 1, 2, topic_title="New")
    await imports(later)
    topic, revision = await Topic.get(oid("topic", 1)), await Revision.find_one({})
    assert topic is not None
    assert revision is not None
    assert (topic.title, revision.title, revision.comment) == ("New", "Old", oid("post", 1))
    archive.post(2, 1, 2, topic_title="New")
    before = await dump()
    await imports(archive)
    assert changes(before, await dump()) == {}


class Slow:
    """A pool in which everything takes too long."""

    async def render(self, source: str, **_: object) -> Rendered:
        return plain(source)


async def test_what_cannot_be_rendered_is_there_as_plain_text(
    settings: Settings, forum: Forum, archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.post(1, 1, 1, raw="**hostile** <b>")
    tally = await Importer(settings, Slow())(archive)  # type: ignore[arg-type]
    comment = await Comment.get(oid("post", 1))
    assert comment is not None
    assert comment.html == "<p>**hostile** &lt;b&gt;</p>\n"
    assert tally.aside["shown as plain text"] == 1
    assert "post 1: takes too long to render" in capsys.readouterr().err
