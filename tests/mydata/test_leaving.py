"""Leaving: at once hidden, for a while to be taken back, then erased so that no trace is left."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from app.mydata import erasing
from app.mydata.archives import bucket
from app.search.catching_up import catch_up
from app.settings import Settings
from app.text.segment import not_yet
from documents import ALL, Comment, Conversation, Login, Message, Topic, User
from documents.base import Record
from documents.clock import now
from tests import stock
from tests.mailbox import PostOffice
from tests.mydata.whole import EMAIL, MINE, NAME, PROFILE, Whole, whole
from tests.people import PASSWORD, Forum, Person
from tests.search.meanwhile import catch_up_while

OVER = timedelta(days=400)


@pytest.fixture
async def world(forum: Forum, bob: Person, mailbox: PostOffice) -> Whole:
    return await whole(forum, bob)


async def leaves(person: Person) -> None:
    answer = await person.send("/settings/data/leave", sure="1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def everything() -> str:
    """All that is in the database, as text."""
    rows = [raw for document in ALL for raw in await document.raw().find({}).to_list()]
    return json.dumps(rows, default=str, ensure_ascii=False)


async def erased(settings: Settings, mode: str) -> int:
    """As cleanup.py does it once the time is over."""
    await User.raw().update_many({"deleted_at": {"$ne": None}}, {"$set": {"deleted_at": now() - OVER}})
    chosen = settings.model_copy(update={"deleted_accounts": mode})
    return sum([await erasing.erase(leaver, chosen) for leaver in await erasing.due(now() - OVER / 2)])


async def test_who_leaves_is_gone_at_once_everywhere(world: Whole, forum: Forum, guest: Person) -> None:
    second = await forum.logged_in(world.her.user)  # type: ignore[arg-type]
    unsure = await world.her.send("/settings/data/leave")
    assert unsure.status_code == 422
    assert "Tick the box" in unsure.text
    await leaves(world.her)
    assert await Login.find({"user": world.her.id, "ended_at": None}).count() == 0
    assert (await second.get("/settings/data")).status_code == 403
    assert (await guest.get(f"/users/{world.her.id}")).status_code == 404
    page = await guest.get(f"/topics/{world.answered.oid}")
    assert "deleted member" in page.text
    assert PROFILE["display_name"] not in page.text


async def test_logging_in_again_offers_to_take_it_back(world: Whole, guest: Person, mailbox: PostOffice) -> None:
    await leaves(world.her)
    wrong = await guest.send("/login", login=NAME, password="something else")
    assert wrong.status_code == 422
    offered = await guest.send("/login", login=EMAIL, password=PASSWORD)
    way = offered.headers["location"]
    assert way.startswith("/welcome-back/")
    assert NAME in (await guest.get(way)).text
    answers = await asyncio.gather(*(guest.send(way) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 9
    assert (await guest.get(way)).status_code == 404
    # It asks for her second factor again, as it did before.
    assert (await guest.send("/login", login=NAME, password=PASSWORD)).headers["location"] == "/login/second"
    assert (await guest.get(f"/users/{world.her.id}")).status_code == 200
    late = await mailbox.letter_to(EMAIL, about="deleted")
    assert (await guest.get(late.path)).status_code == 404


async def test_the_letter_has_the_way_back_too(world: Whole, guest: Person, mailbox: PostOffice) -> None:
    await leaves(world.her)
    letter = await mailbox.letter_to(EMAIL, about="deleted")
    assert (await guest.get(letter.path)).status_code == 200
    assert (await guest.send(letter.path)).status_code == 303
    found = await User.load(world.her.id)
    assert found is not None
    assert found.live


async def test_the_last_administrator_stays(admin: Person, forum: Forum) -> None:
    refused = await admin.send("/settings/data/leave", sure="1")
    assert refused.status_code == 409
    assert "only administrator" in refused.text
    await forum.person("grace", role="admin")
    await leaves(admin)


async def test_nobody_is_erased_before_their_time(world: Whole, settings: Settings) -> None:
    await leaves(world.her)
    assert await erasing.due(now() - timedelta(days=settings.account_grace_days)) == []


async def test_anonymised_words_stay_without_a_name(world: Whole, settings: Settings, guest: Person) -> None:
    await leaves(world.her)
    assert await erased(settings, "anonymise") == 1
    left = await everything()
    for trace in (NAME, EMAIL, *PROFILE.values(), "code-for-w", '127.0.0.1", "agent": "her'):
        assert str(trace) not in left, trace
    for words in MINE:
        assert words in left
    found = await User.load(world.her.id)
    assert found is not None
    assert found.erased_at is not None
    other = await User.load(world.other.id)
    assert other is not None
    assert (other.follower_count, other.following_count) == (0, 0)
    page = await guest.get(f"/topics/{world.theirs.oid}")
    assert "words-of-w-comment" in page.text
    assert "@–" in page.text
    assert (await world.other.get(f"/messages/{world.conversation}")).status_code == 200
    assert await erased(settings, "anonymise") == 0


async def test_words_that_are_made_meanwhile_are_without_the_name_too(
    world: Whole, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite = erasing._rewrite
    title = {"$set": {"title": f"Dear @{NAME}"}}
    await Topic.raw().update_one({"_id": world.answered.oid}, title)
    await Conversation.raw().update_one({"_id": world.conversation}, title)
    for document in (Topic, Comment, Message):
        await document.raw().update_many({}, {"$set": {"segmented": not_yet()}})
    await catch_up()

    async def and_then_found(*rewritten: Any) -> None:
        await rewrite(*rewritten)
        await catch_up()

    monkeypatch.setattr(erasing, "_rewrite", and_then_found)
    await leaves(world.her)
    assert await erased(settings, "anonymise") == 1
    await catch_up()
    assert NAME not in await everything()
    (opening,) = await Comment.find({"topic": world.theirs.oid, "number": 1}).to_list()
    assert "open" in opening.words


@pytest.mark.parametrize(("stage", "mode"), [(User, "anonymise"), (Topic, "erase"), (Comment, "erase")])
async def test_who_is_erased_while_their_words_are_made_is_found_by_none(
    world: Whole, settings: Settings, stage: type[Record], mode: str
) -> None:
    """The words are of what was read before."""
    await stock.comments(world.alone, world.other, 1, "An answer that names nobody")
    await leaves(world.her)
    for document in (User, Topic, Comment):
        await document.raw().update_many({}, {"$set": {"segmented": not_yet()}})

    async def gone() -> None:
        assert await erased(settings, mode) == 1

    await catch_up_while(stage, gone)
    found = await User.load(world.her.id)
    assert (found.starts if found else []) == []
    if mode == "erase":
        topic = await Topic.load(world.alone.oid)
        opening = await Comment.find_one({"topic": world.alone.oid, "number": 1})
        assert topic is not None
        assert opening is not None
        assert (topic.words, opening.words) == ([], [])


async def test_an_erasure_that_was_interrupted_is_finished_by_the_next(
    world: Whole, settings: Settings, guest: Person, mailbox: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leaves(world.her)
    way_back = (await mailbox.letter_to(EMAIL, about="deleted")).path

    async def killed(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_unname", killed)
        with pytest.raises(RuntimeError):
            await erased(settings, "anonymise")
    assert (await guest.get(way_back)).status_code == 404
    assert (await guest.send("/login", login=NAME, password=PASSWORD)).status_code == 422
    assert await erased(settings, "anonymise") == 1
    assert NAME not in await everything()


async def test_erased_means_no_trace(world: Whole, settings: Settings, guest: Person) -> None:
    await leaves(world.her)
    assert await erased(settings, "erase") == 1
    left = await everything()
    for trace in (str(world.her.id), NAME, EMAIL, *PROFILE.values(), *MINE, "title-of-w", "words-of-w"):
        assert str(trace) not in left, re.findall(rf".{{120}}{re.escape(str(trace))}", left)[:3]
    assert "An answer to @–, gladly" in left
    assert await Topic.get(world.alone.oid) is None
    assert [file async for file in bucket().find({})] == []
    page = await guest.get(f"/topics/{world.answered.oid}")
    assert page.status_code == 200
    assert "gladly" in page.text
    topic = await Topic.get(world.theirs.oid)
    assert topic is not None
    assert (topic.comment_count, topic.like_count) == (1, 0)
    board = await type(world.board).get(world.board.oid)
    assert board is not None
    assert (board.topic_count, board.comment_count) == (2, await Comment.find_all().count())
    assert await Message.find_all().count() == 1
    assert (await world.other.get(f"/messages/{world.conversation}")).status_code == 200
    assert (await world.other.get("/messages")).status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "x" * 3000, "6b0122b577b59d98c497c12c", "%00"])
async def test_a_way_back_that_leads_nowhere(guest: Person, token: str) -> None:
    assert (await guest.get(f"/welcome-back/{token}")).status_code == 404
    assert (await guest.send(f"/welcome-back/{token}")).status_code == 404
