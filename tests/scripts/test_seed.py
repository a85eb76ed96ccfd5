"""The demo: the same for the same seed, with every counter right, and never mixed with other people's data unasked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from app.events import BoardsChanged
from app.settings import Settings
from app.work import tell
from documents import ALL, Comment, Topic, User
from scripts.seeding.plan import Sizes, lengths
from scripts.seeding.planting import Planter
from tests.doctored import Doctor
from tests.people import Forum, Person
from tests.scripts.calling import call, miscounted, on
from tests.stock import BY_ITSELF

SIZES = Sizes(users=12, boards=4, topics=15, comments=160, longest=40)


async def plant(seed: int = 7) -> dict[str, list[Any]]:
    """Plant and give all that is there then."""
    steps: list[int] = []
    await Planter(SIZES, seed, "!", steps.append).plant()
    assert sum(steps) == SIZES.comments
    await tell(BoardsChanged())  # as the script says to the forum that runs
    return {
        document.__name__: await document.raw().find().sort("_id").to_list()
        for document in ALL
        if document not in BY_ITSELF
    }


async def test_the_same_seed_gives_the_same_forum(forum: Forum) -> None:
    first = await plant()
    for document in ALL:
        await document.raw().delete_many({})
    assert await plant() == first


async def test_another_seed_gives_another(forum: Forum) -> None:
    await plant(1)
    await plant(2)
    assert await Comment.find_all().count() == 2 * SIZES.comments
    titles = [topic.title for topic in await Topic.find_all().to_list()]
    assert len(set(titles)) > len(titles) * 0.8


async def test_there_is_as_much_as_was_asked_for(forum: Forum) -> None:
    found = await plant()
    assert [len(found[name]) for name in ("User", "Board", "Topic", "Comment")] == [12, 4, 15, 160]
    assert max(topic["comment_count"] for topic in found["Topic"]) >= SIZES.longest


async def test_every_counter_is_right(forum: Forum) -> None:
    found = await plant()
    assert await miscounted() == []
    per_topic = Counter(comment["topic"] for comment in found["Comment"])
    for topic in found["Topic"]:
        numbers = sorted(each["number"] for each in found["Comment"] if each["topic"] == topic["_id"])
        assert numbers == list(range(1, per_topic[topic["_id"]] + 1))


async def test_every_feed_is_numbered_without_gaps(forum: Forum) -> None:
    found = await plant()
    assert found["Notification"]
    for person in found["User"]:
        seqs = sorted(each["seq"] for each in found["Notification"] if each["user"] == person["_id"])
        assert seqs == list(range(1, person["notification_seq"] + 1))


async def test_the_most_active_have_conversations_of_every_kind(forum: Forum, doctor: Doctor) -> None:
    await plant()
    await doctor()
    active = await User.find_one(sort=[("comment_count", -1)])
    assert active is not None
    person = await forum.logged_in(active)
    for box in ("requests", "declined", "archive", "sent"):
        assert "data-conversation" in (await person.get(f"/messages/{box}")).text, box
    inbox = (await person.get("/messages")).text
    assert "mail-stack" in inbox, "a group"
    assert "(muted)" in inbox


async def test_its_pages_can_be_read(forum: Forum, guest: Person) -> None:
    found = await plant()
    longest = max(found["Topic"], key=lambda topic: topic["comment_count"])
    for path in ("/", "/boards", f"/topics/{longest['_id']}", f"/topics/{longest['_id']}?page=2"):
        assert (await guest.get(path)).status_code == 200, path


@pytest.mark.parametrize(
    "sizes", [Sizes(2, 1, 1, 1), Sizes(2, 1, 1, 9), Sizes(2, 1, 3, 3), Sizes(2, 1, 50, 1_000, 200)]
)
def test_lengths_add_up(sizes: Sizes) -> None:
    from random import Random

    found = lengths(Random(1), sizes)
    assert (len(found), sum(found)) == (sizes.topics, sizes.comments)
    assert min(found) >= 1


async def test_others_data_is_left_alone_unless_told(forum: Forum, settings: Settings, alice: Person) -> None:
    refused = await call("seed", "--topics", "2", "--comments", "4", **on(settings))
    assert refused.code != 0
    assert "--yes" in refused.err
    assert await Topic.find_all().count() == 0
    assert (await call("seed", "--topics", "2", "--comments", "4", "--yes", **on(settings))).code == 0
    assert await Comment.find_all().count() == 4
    again = await call("seed", "--topics", "2", "--comments", "4", "--yes", **on(settings))
    assert (again.code, await Comment.find_all().count()) == (0, 4)


async def test_what_cannot_be_is_one_sentence(forum: Forum, settings: Settings) -> None:
    for arguments in (("--topics", "5", "--comments", "4"), ("--password", "short"), ("--users", "0")):
        refused = await call("seed", *arguments, **on(settings))
        assert refused.code == 2, arguments
        assert "Traceback" not in refused.err
    assert await User.find_all().count() == 0
