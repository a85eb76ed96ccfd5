"""What one may not see any more comes to no open page either: that is asked at the moment of sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from documents import Board, Topic, User
from tests.people import Forum, Person
from tests.realtime.test_push import Line, line
from tests.topics.test_live import shown, since

WORDS = "Not for everybody"


@dataclass
class Scene:
    """Bob has a topic of Alice's open, as a moderator of nothing; who runs the forum acts."""

    board: Board
    topic: Topic
    alice: Person
    bob: Person
    mod: Person
    admin: Person


@pytest.fixture
async def scene(forum: Forum, alice: Person, bob: Person, mod: Person, admin: Person) -> Scene:
    board = await forum.board("Garden")
    return Scene(board, await alice.opens(board), alice, bob, mod, admin)


async def open_tab(tab: Line, topic: Topic) -> None:
    await tab.say(type="watch", topic=str(topic.oid), version=0)
    assert (await tab.hear("topic"))["version"] is not None


async def closes(scene: Scene) -> None:
    answer = await scene.admin.send(f"/admin/boards/{scene.board.oid}", name="Garden", staff_only="1")
    assert answer.status_code == 303, answer.text


async def denies(scene: Scene) -> None:
    """The board says no to the role that Bob has."""
    page = await scene.admin.get(f"/admin/boards/{scene.board.oid}/roles")
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    denied = {"seen": seen, "new.read": "deny", "member.read": "deny"}
    answer = await scene.admin.send(f"/admin/boards/{scene.board.oid}/roles", **denied)
    assert answer.status_code == 303, answer.text


async def moves(scene: Scene, forum: Forum) -> None:
    """The topic goes to a board for staff."""
    backstage = await forum.board("Backstage", staff_only=True, position=2)
    answer = await scene.mod.send(f"/topics/{scene.topic.oid}/move", board=str(backstage.oid), reason="")
    assert answer.status_code == 303, answer.text


async def deletes(scene: Scene) -> None:
    answer = await scene.mod.send(f"/topics/{scene.topic.oid}/delete", reason="")
    assert answer.status_code == 303, answer.text


async def purged(scene: Scene) -> None:
    """As cleanup.py leaves it."""
    await deletes(scene)
    await Topic.raw().delete_one({"_id": scene.topic.oid})


AWAY: dict[str, Callable[..., Awaitable[None]]] = {
    "the board closes": closes,
    "the board denies a role": denies,
    "the topic is deleted": deletes,
    "the topic is purged": purged,
}


@pytest.mark.parametrize("way", AWAY)
async def test_who_may_not_read_any_more_hears_that_it_is_gone_and_then_nothing(
    forum: Forum, scene: Scene, way: str
) -> None:
    has = await shown(scene.bob, scene.topic)
    async with line(forum, scene.bob) as tab:
        await open_tab(tab, scene.topic)
        await AWAY[way](scene)
        assert (await tab.hear("topic"))["version"] is None
        await quiet_about(tab, scene)
    assert (await since_status(scene.bob, scene.topic, has)) == 404


async def test_who_may_not_read_where_it_was_moved_hears_the_same(forum: Forum, scene: Scene) -> None:
    has = await shown(scene.bob, scene.topic)
    async with line(forum, scene.bob) as tab:
        await open_tab(tab, scene.topic)
        await moves(scene, forum)
        assert (await tab.hear("topic"))["version"] is None
        await quiet_about(tab, scene)
    assert (await since_status(scene.bob, scene.topic, has)) == 404


async def quiet_about(tab: Line, scene: Scene) -> None:
    """Whatever is changed and said there, also to them by name: no word of it, and no version."""
    await Topic.raw().update_one({"_id": scene.topic.oid}, {"$inc": {"version": 1}})
    if await Topic.raw().find_one({"_id": scene.topic.oid, "deleted_at": None}):
        answer = await scene.admin.send(f"/topics/{scene.topic.oid}/comments", body=f"{WORDS} @bob")
        assert answer.status_code == 303, answer.text
    await tab.say(type="hello", seq=0)
    message = await tab.hear_any()
    while message["type"] != "unread":
        assert message["type"] == "ping", message
        message = await tab.hear_any()


async def since_status(person: Person, topic: Topic, has: dict[str, object]) -> int:
    answer = await person.get(f"/topics/{topic.oid}/since", params={k: v for k, v in has.items() if k != "etag"})
    return answer.status_code


async def test_who_is_banned_loses_the_line_and_every_answer(forum: Forum, scene: Scene) -> None:
    has = await shown(scene.bob, scene.topic)
    async with line(forum, scene.bob) as tab:
        await open_tab(tab, scene.topic)
        answer = await scene.mod.send(f"/users/{scene.bob.id}/ban", hours="24", reason="Spam")
        assert answer.status_code == 303, answer.text
        assert await tab.closed() == 1008
        await scene.alice.says(scene.topic, WORDS)
    # As a guest they may read what everybody may; nothing is told to the account.
    assert not (await scene.bob.get("/notifications/feed?after=0")).is_success
    with pytest.raises(Exception, match="401"):
        async with line(forum, scene.bob):
            pass
    assert has


async def test_who_has_blocked_the_writer_gets_a_folded_fragment_and_no_event(forum: Forum, scene: Scene) -> None:
    has = await shown(scene.bob, scene.topic)
    async with line(forum, scene.bob) as tab:
        await open_tab(tab, scene.topic)
        assert (await scene.bob.send(f"/users/{scene.alice.id}/block")).status_code == 303
        await scene.alice.says(scene.topic, f"{WORDS} @bob")
        assert (await tab.hear("topic"))["version"] is not None
        await tab.say(type="hello", seq=0)
        assert (await tab.hear_any())["type"] == "unread"
    found = await since(scene.bob, scene.topic, has)
    assert found is not None
    (fresh,) = found["new"]
    assert "<details" in fresh["html"]
    assert (await User.raw().find_one({"_id": scene.bob.id}) or {})["notification_seq"] == 0


async def test_who_is_blocked_by_the_writer_reads_on_as_a_guest_would_and_reaches_them_no_more(
    forum: Forum, scene: Scene
) -> None:
    """What is public stays so; the writer's open page folds what the blocked one says, and no event tells of it."""
    has = await shown(scene.alice, scene.topic)
    async with line(forum, scene.bob) as tab, line(forum, scene.alice) as theirs:
        for each in (tab, theirs):
            await open_tab(each, scene.topic)
        assert (await scene.alice.send(f"/users/{scene.bob.id}/block")).status_code == 303
        await scene.bob.says(scene.topic, f"{WORDS} @alice")
        for each in (tab, theirs):
            assert (await each.hear("topic"))["version"] is not None
        await theirs.say(type="hello", seq=0)
        assert (await theirs.hear_any())["type"] == "unread"
    found = await since(scene.alice, scene.topic, has)
    assert found is not None
    assert "<details" in found["new"][0]["html"]
