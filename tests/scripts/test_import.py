"""scripts/import_discourse.py as its users call it: what is in the archive is in the forum, where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from documents import Board, Comment, Notification, Revision, Topic, User
from scripts.importing.identity import oid
from tests.people import Forum, Person
from tests.scripts.archives import START, Archive, moment, varied
from tests.scripts.calling import Called, call, changes, dump, miscounted, on


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


class Importer:
    """The script on the forum under test."""

    def __init__(self, settings: Settings, archive: Archive) -> None:
        self.env = on(settings)
        self.archive = archive

    async def __call__(self, *options: str) -> Called:
        return await call("import_discourse", str(self.archive.folder), *options, **self.env)


@pytest.fixture
def run(forum: Forum, settings: Settings, archive: Archive) -> Importer:
    return Importer(settings, archive)


async def topic_of(number: int) -> Topic:
    found = await Topic.get(oid("topic", number))
    assert found is not None
    return found


async def comment_of(post: int) -> Comment:
    found = await Comment.get(oid("post", post))
    assert found is not None
    return found


async def user_of(number: int) -> User:
    found = await User.get(oid("user", number))
    assert found is not None
    return found


async def texts_of(post: int) -> list[tuple[str | None, str]]:
    """Title and text of every version, the one that is shown last."""
    comment = await comment_of(post)
    earlier = await Revision.find({"comment": comment.oid}).sort("number").to_list()
    assert [revision.number for revision in earlier] == list(range(comment.edit_count))
    title = (await Topic.get(comment.topic)).title if comment.number == 1 else None  # type: ignore[union-attr]
    return [*((revision.title, revision.body) for revision in earlier), (title, comment.body)]


async def test_a_topic_stands_as_it_stood(run: Importer, archive: Archive, guest: Person) -> None:
    archive.post(1, 1, 1, "alice", raw="**First**", name="Alice A.", likes=2, tags=["garden", {"name": "Big Tomatoes"}])
    archive.post(2, 1, 2, "bob", likes=1)
    archive.post(3, 1, 3, "小明", reply_to_post_number=2)
    archive.post(4, 1, 4, "bob")
    done = await run()
    assert (done.code, done.err) == (0, "")
    topic, alice, bob, xiaoming = await topic_of(1), await user_of(11), await user_of(12), await user_of(13)
    assert (topic.title, topic.author, topic.tags) == ("Topic 1", alice.oid, ["garden", "big-tomatoes"])
    assert (topic.created_at.minute, topic.active_at.minute) == (1, 4)
    assert (topic.first_number, topic.last_number, topic.comment_count, topic.like_count) == (1, 4, 4, 3)
    assert topic.participants == [bob.oid, xiaoming.oid, alice.oid]
    assert (alice.display_name, bob.display_name, alice.source) == ("Alice A.", "", "discourse:user:11")
    assert (alice.created_at, alice.topic_count, bob.comment_count, alice.like_count) == (topic.created_at, 1, 2, 2)
    reply, asked = await comment_of(3), await comment_of(2)
    assert (reply.reply_to, reply.reply_to_number, reply.reply_to_author) == (asked.oid, 2, bob.oid)
    assert (asked.like_count, asked.edited_at, asked.edit_count) == (1, None, 0)
    assert await miscounted() == []
    page = (await guest.see(f"/topics/{topic.oid}")).text
    assert "<strong>First</strong>" in page
    assert "Alice A." in page


async def test_pages_that_were_open_show_it(run: Importer, archive: Archive, guest: Person) -> None:
    archive.post(1, 1, 1, topic_title="About tomatoes")
    for path in ("/", "/boards"):
        assert "Category 7" not in (await guest.see(path)).text
    await run()
    assert "About tomatoes" in (await guest.see("/")).text
    assert "Category 7" in (await guest.see("/boards")).text
    topic = await topic_of(1)
    archive.post(2, 1, 2, raw="Something newer")
    assert "Something newer" not in (await guest.see(f"/topics/{topic.oid}")).text
    await run()
    assert "Something newer" in (await guest.see(f"/topics/{topic.oid}")).text


async def test_the_newest_version_is_shown_and_the_others_kept(run: Importer, archive: Archive, guest: Person) -> None:
    archive.post(1, 1, 1, raw="B", version=3, topic_title="Second title")
    archive.post(1, 1, 1, raw="A", topic_title="First title")
    archive.post(1, 1, 1, raw="A", version=4, topic_title="Third title")
    archive.post(2, 1, 2, raw="As it was", topic_title="First title")
    archive.post(2, 1, 2, raw="As it was", topic_title="Third title", reads=50)
    done = await run()
    assert done.code == 0, done.err
    assert await texts_of(1) == [("First title", "A"), ("Second title", "B"), ("Third title", "A")]
    assert await texts_of(2) == [(None, "As it was")]
    comment = await comment_of(1)
    assert comment.edited_at == START.replace(hour=16, minute=1)
    first = await Revision.find_one({"comment": comment.oid, "number": 0})
    assert first is not None
    assert (first.written_at.hour, first.created_at.hour) == (12, 15)
    history = await guest.see(f"/comments/{comment.oid}/history")
    assert "Second title" in history.text


async def test_a_title_that_only_a_reply_knows_is_kept_too(run: Importer, archive: Archive) -> None:
    archive.post(1, 1, 1, topic_title="Old", raw="Text")
    archive.post(2, 1, 2, topic_title="Older than new")
    archive.post(3, 1, 3, topic_title="New")
    await run()
    assert await texts_of(1) == [("Old", "Text"), ("Older than new", "Text"), ("New", "Text")]


async def test_numbers_are_kept_where_posts_are_missing(run: Importer, archive: Archive, guest: Person) -> None:
    for number in (26, 27, 30, 75):
        archive.post(number, 1, number, raw=f"Words at {number}")
    await run()
    topic = await topic_of(1)
    assert (topic.first_number, topic.last_number, topic.comment_count) == (26, 75, 4)
    assert "Words at 26" in (await guest.see(f"/topics/{topic.oid}")).text
    assert "Words at 75" in (await guest.see(f"/topics/{topic.oid}/n/75")).text
    assert await miscounted() == []


async def test_quotes_and_mentions_lead_somewhere(run: Importer, archive: Archive) -> None:
    archive.post(1, 1, 1, "old_name", user_id=9)
    archive.post(2, 1, 2, "new_name", user_id=9)
    archive.post(
        3, 2, 1, "bob", raw='@小明你好 @old_name @NEW_NAME @nobody\n\n[quote="x, post:2, topic:1"]\n@小明\n[/quote]'
    )
    archive.post(4, 2, 2, "小明", raw='[quote="x, post:2, topic:99"]\nelsewhere\n[/quote]')
    await run()
    comment, xiaoming, renamed = await comment_of(3), await user_of(13), await user_of(9)
    assert comment.mentions == [xiaoming.oid, renamed.oid]
    assert comment.html.count(f'href="/users/{xiaoming.oid}"') == 1
    assert f'<a href="/topics/{oid("topic", 1)}/n/2">x</a>' in comment.html
    assert renamed.username == "new_name"
    assert "href" not in (await comment_of(4)).html
    assert await Notification.find_all().count() == 0


async def test_what_discourse_deleted_is_deleted(run: Importer, archive: Archive, guest: Person, mod: Person) -> None:
    archive.post(1, 1, 1)
    archive.post(2, 1, 2, deleted_at=moment(99), raw="By a moderator")
    archive.post(3, 1, 3, user_deleted=True, raw="By its author")
    archive.post(4, 1, 4, hidden=True, raw="Flagged")
    archive.post(5, 2, 1, deleted_at=moment(99), topic_title="A whole topic")
    archive.post(6, 2, 2, "bob", likes=1, topic_title="A whole topic")
    await run("--yes")
    marks = [(comment.deleted_as, comment.deleted_at) for comment in [await comment_of(post) for post in (2, 3, 4)]]
    at = [START.replace(hour=13, minute=39), START.replace(minute=3), START.replace(minute=4)]
    assert marks == [("moderator", at[0]), ("author", at[1]), ("moderator", at[2])]
    topic = await topic_of(1)
    assert (topic.comment_count, topic.last_visible, topic.last_number) == (1, 1, 4)
    gone = await topic_of(2)
    assert (gone.deleted_as, gone.deleted_at, gone.comment_count) == ("moderator", at[0], 2)
    assert (await user_of(12)).comment_count == 0
    assert (await guest.see(f"/topics/{gone.oid}")).status_code == 404
    assert "A whole topic" in (await mod.see(f"/topics/{gone.oid}")).text
    assert "By a moderator" not in (await guest.see(f"/topics/{topic.oid}")).text
    assert await miscounted() == []


async def test_what_is_no_post_is_named_and_left_out(run: Importer, archive: Archive) -> None:
    archive.post(1, 1, 1)
    closed = archive.post(2, 1, 2, post_type=3, raw="")
    whisper = archive.post(3, 1, 3, post_type=4, raw="secret")
    done = await run("--json")
    assert done.json["aside"] == {"small actions": 1, "whispers": 1}
    assert done.err.splitlines() == [f"{closed}: skipped, small actions", f"{whisper}: skipped, whispers"]
    assert await Comment.find_all().count() == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"\xff\xfe", "is not JSON"),
        (b'{"id": 1}', "topic_id is missing"),
    ],
)
async def test_a_broken_file_is_named_and_the_rest_imported(
    run: Importer, archive: Archive, content: bytes, why: str
) -> None:
    archive.post(1, 1, 1)
    broken = archive.raw("0000000002-bob-broken", content)
    archive.post(3, 1, 3)
    done = await run()
    assert (done.code, done.err) == (3, f"{broken}: {why}\n")
    assert "broken: 1" in done.out
    assert [comment.number for comment in await Comment.find_all().sort("number").to_list()] == [1, 3]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("post_number", "3", "post_number: input should be a valid integer"),
        ("post_number", 0, "post_number: input should be greater than or equal to 1"),
        ("raw", None, "raw: input should be a valid string"),
        ("created_at", "yesterday", "created_at: input should be a valid datetime"),
        ("created_at", "2024-01-01T00:00:00", "created_at: input should have timezone info"),
        ("topic_title", "  ", "topic_title: string should have at least 1 character"),
        ("user_id", 10**40, "user_id: "),
        ("category_id", None, "category_id: input should be a valid integer"),
        ("actions_summary", {}, "actions_summary: input should be a valid array"),
    ],
)
async def test_a_field_of_another_type_is_named(field: str, value: Any, why: str, archive: Archive) -> None:
    from scripts.importing.archive import Broken, read_post

    path = archive.post(1, 1, 1, **{field: value})
    with pytest.raises(Broken) as broken:
        read_post(path)
    assert str(broken.value).startswith(why)


async def test_a_byte_order_mark_is_no_harm(run: Importer, archive: Archive) -> None:
    path = archive.post(1, 1, 1)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert (await run()).code == 0
    assert (await comment_of(1)).number == 1


async def test_two_posts_of_one_number_are_not_mixed_up(run: Importer, archive: Archive) -> None:
    archive.post(1, 1, 1, raw="Older")
    archive.post(2, 1, 1, raw="Newer")
    done = await run()
    assert (done.code, done.err) == (3, "post 1: number 1 of topic 1 is another post's\n")
    assert (await comment_of(2)).body == "Newer"


async def test_names_that_are_refused_or_look_alike_are_changed_and_told(run: Importer, archive: Archive) -> None:
    names = ["modern", "rnodern", "system", "x" * 40, "_under", "a b", "☃☃", "小明", "раураl", "paypal"]
    for place, name in enumerate(names, 1):
        archive.post(place, 1, place, name, user_id=place, raw=f"I am {name}")
    archive.post(50, 1, 50, "modern", user_id=50, raw="@rnodern, @system, @_under, @paypal")
    done = await run()
    assert done.code == 0
    users = {user.source: user.username for user in await User.find_all().to_list()}
    assert users == {
        "discourse:user:1": "modern",
        "discourse:user:2": "rnodern_2",
        "discourse:user:3": "system_2",
        "discourse:user:4": "x" * 30,
        "discourse:user:5": "under",
        "discourse:user:6": "a_b",
        "discourse:user:7": "user_7",
        "discourse:user:8": "小明",
        "discourse:user:9": "user_9",
        "discourse:user:10": "paypal",
        "discourse:user:50": "modern_3",
    }
    assert "@rnodern (user 2) is called @rnodern_2 here" in done.err
    assert "@system (user 3) is called @system_2 here" in done.err
    assert (await comment_of(50)).mentions == [oid("user", number) for number in (2, 3, 5, 10)]


async def test_nobody_knows_the_passwords_until_an_administrator_gives_one(
    run: Importer, archive: Archive, forum: Forum
) -> None:
    tries = {"alice": "!", "bob": "", "carol": "nobody\x00", "dan": "correct horse 电池 staple"}
    for number, name in enumerate(tries, 1):
        archive.post(number, 1, number, name)
    await run()
    for name, password in tries.items():
        answer = await forum.guest().send("/login", login=name, password=password)
        assert answer.status_code == 422
    given = await call("admin", "password", "alice", **run.env, QUORUM_ADMIN_PASSWORD="a new 密码 for alice")
    assert given.code == 0, given.err
    answer = await forum.guest().send("/login", login="alice", password="a new 密码 for alice")
    assert answer.status_code == 303


async def test_boards_are_named_after_categories(run: Importer, archive: Archive, forum: Forum) -> None:
    await forum.board("Old Category 9")
    archive.post(1, 1, 1, category_id=7)
    archive.post(2, 2, 1, category_id=8, category_slug="implementation")
    archive.post(3, 3, 1, category_id=9)
    done = await run("--board-prefix", "Old ", "--category", "7=Protocol Design")
    assert done.code == 0, done.err
    boards = {board.source: (board.name, board.topic_count) for board in await Board.find_all().to_list()}
    assert boards == {
        None: ("Old Category 9", 0),
        "discourse:category:7": ("Protocol Design", 1),
        "discourse:category:8": ("Old implementation", 1),
        "discourse:category:9": ("Old Category 9 (9)", 1),
    }
    assert (await run("--category", "8=Implementation")).code == 0
    assert (await Board.get(oid("category", 8))).name == "Implementation"  # type: ignore[union-attr]
    taken = await run("--category", "8=Protocol Design")
    assert (taken.code, taken.err) == (2, "There is another board named Protocol Design already\n")
    wrong = await run("--category", "Design")
    assert wrong.code == 2
    assert "is not of the form 7=NAME" in wrong.err


@pytest.mark.parametrize("made", ["nothing", "an empty folder", "a file"])
async def test_a_folder_without_posts_is_one_sentence(run: Importer, archive: Archive, made: str) -> None:
    folder = archive.folder / "x"
    if made == "an empty folder":
        folder.mkdir()
    elif made == "a file":
        folder.write_text("{}")
    done = await call("import_discourse", str(folder), **run.env)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert str(folder) in done.err


async def test_a_forum_with_a_life_of_its_own_is_left_alone(
    run: Importer, archive: Archive, admin: Person, alice: Person
) -> None:
    archive.post(1, 1, 1, "alice")
    before = await dump()
    refused = await run()
    assert (refused.code, refused.err) == (
        2,
        "This forum has people or topics of its own: --yes imports into it all the same\n",
    )
    assert changes(before, await dump()) == {}
    assert (await run("--yes")).code == 0
    assert (await user_of(11)).username == "alice_2"


async def test_administrators_alone_are_no_life(run: Importer, archive: Archive, admin: Person) -> None:
    archive.post(1, 1, 1)
    assert (await run()).code == 0


async def test_the_summary_counts_everything(run: Importer, archive: Archive) -> None:
    varied(archive)
    done = await run("--json")
    new = {"posts": 11, "earlier versions": 4, "topics": 4, "people": 7, "boards": 3, "likes": 8}
    assert {row: done.json[row] for row in new} == {
        row: {"found": count, "new": count, "changed": 0} for row, count in new.items()
    }
    assert await miscounted() == []
    table = (await run()).out
    assert "posts a second" in table


async def test_what_this_forum_does_not_know_is_read_well_and_kept_as_typed(
    run: Importer, archive: Archive, guest: Person
) -> None:
    raw = '<div data-toc="1"> </div>\n\n<h2>Results</h2>\n\n![plot|60x40](upload://Key1.png) and `<div>` by <notary>'
    cooked = '<img src="https://old.example/plot.png" alt="plot" data-base62-sha1="Key1">'
    archive.post(1, 1, 1, raw=raw, cooked=cooked)
    archive.post(2, 1, 2, raw="![plot](upload://Key1.png)", cooked=["no", "text"])
    assert (await run()).code == 0
    before = await dump()
    assert (await run()).code == 0
    assert changes(before, await dump()) == {}
    page = (await guest.see(f"/topics/{oid('topic', 1)}")).text
    assert "Results</h" in page
    assert '<a href="https://old.example/plot.png" rel="nofollow noopener ugc">plot</a>' in page
    assert "<code>&lt;div&gt;</code> by &lt;notary&gt;" in page
    assert "data-toc" not in page
    assert "&lt;h2" not in page
    assert (await comment_of(1)).body == raw
    assert "<p>plot</p>" in (await comment_of(2)).html
