"""Lists and profiles are kept for a moment: who must not see something does not, and every change is there at once."""

from __future__ import annotations

import re
from html import unescape

import pytest
from quart import Quart

from app.events import PersonChanged
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from app.web.context import FRESH_COOKIE
from app.web.fragments import Fragment
from app.web.shared import recent_pages
from app.work import tell
from documents import Board, Topic, User
from documents.clock import now
from tests import stock
from tests.people import TOKEN, Forum, Person

pytestmark = pytest.mark.usefixtures("line")


async def seen(person: Person, path: str) -> str:
    """A page as somebody finds it who has changed nothing for some time."""
    if FRESH_COOKIE in person.browser.cookies:
        person.browser.cookies.delete(FRESH_COOKIE)
    answer = await person.get(path)
    return answer.text if answer.status_code == 200 else str(answer.status_code)


def paths_of(board: Board, person: Person) -> list[str]:
    return ["/", "/boards", f"/boards/{board.oid}", "/tags/tag", f"/users/{person.id}", f"/users/{person.id}/comments"]


async def test_what_moderators_see_is_not_kept_for_members(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    backstage = await forum.board("Backstage", staff_only=True, position=2)
    secret = await mod.opens(backstage, "A secret topic", tags="tag")
    await mod.says(secret, "A secret word")
    for path in paths_of(backstage, mod):
        for person in (mod, bob, admin, alice, bob):
            text = await seen(person, path)
            staff = person in (mod, admin)
            assert ("secret" in text or "Backstage" in text) == staff, path
            if path == f"/boards/{backstage.oid}":
                assert (text == "404") == (not staff)


async def test_every_change_is_there_at_the_next_look(
    board: Board, alice: Person, bob: Person, charlie: Person, mod: Person, admin: Person
) -> None:
    topic = await alice.opens(board, "First title", tags="tag")
    lists = ["/", f"/boards/{board.oid}", "/tags/tag", f"/users/{alice.id}"]

    async def expect(words: str, paths: list[str], there: bool = True) -> None:
        for path in paths:
            for person in (bob, charlie, bob):
                assert (words in " ".join((await seen(person, path)).split())) == there, (words, path)

    await expect("First title", lists)
    comment = await alice.says(topic, "First answer")
    await expect("1 reply", lists)
    await expect("First answer", [f"/users/{alice.id}/comments"])
    await alice.send(f"/comments/{comment.oid}/edit", body="Better answer")
    await expect("Better answer", [f"/users/{alice.id}/comments"])
    await mod.send(f"/comments/{comment.oid}/delete", reason="")
    await expect("Better answer", [f"/users/{alice.id}/comments"], there=False)
    await expect("0 replies", lists)
    await alice.send(f"/topics/{topic.oid}/edit", title="Second title", body="An opening post", tags="tag")
    await expect("Second title", lists)
    await admin.send(f"/admin/boards/{board.oid}", name="Renamed board")
    await expect("Renamed board", ["/", "/boards", f"/boards/{board.oid}"])
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    await expect("Second title", lists, there=False)
    await mod.send(f"/topics/{topic.oid}/restore")
    await expect("Second title", lists)
    await admin.send(f"/admin/boards/{board.oid}", name="Renamed board", staff_only="1")
    await expect("Second title", lists, there=False)
    await expect("Renamed board", ["/", "/boards"], there=False)


async def test_each_order_and_page_is_its_own(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    other = await forum.board("Other", position=2)
    per_page = forum.settings.topics_per_page
    topics = await stock.topics(board, alice, per_page + 1)
    await stock.comments(topics[0], alice, 1)
    for path in ("/", f"/boards/{board.oid}", f"/users/{alice.id}"):
        for _ in range(2):
            first = await seen(bob, path)
            following = re.search(r'href="([^"]+)"\s+rel="next"', first)
            assert following
            assert "/topics/" + str(topics[0].oid) in first
            assert str(topics[0].oid) not in await seen(bob, f"{path}?sort=unanswered")
            assert str(topics[1].oid) in await seen(bob, unescape(following[1]))
            assert str(topics[1].oid) not in await seen(bob, path)
    assert str(topics[0].oid) not in await seen(bob, f"/boards/{other.oid}")


async def test_a_profile_goes_with_its_person(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    paths = [f"/users/{alice.id}", f"/users/{alice.id}/comments"]
    for path in paths:
        assert "@alice" in await seen(bob, path)
    await User.raw().update_one({"_id": alice.id}, {"$set": {"deleted_at": now()}})
    await tell(PersonChanged(alice.id))
    for path in paths:
        assert "This account is deleted" in await seen(mod, path)
        assert await seen(bob, path) == "404"


async def test_a_profile_has_a_button_for_others_alone(alice: Person, bob: Person, charlie: Person) -> None:
    for person in (bob, alice, charlie, alice, bob):
        text = await seen(person, f"/users/{alice.id}")
        assert ("/messages/new?to=alice" in text) == (person is not alice)


async def test_who_has_changed_something_waits_for_no_event(
    board: Board, alice: Person, bob: Person, charlie: Person
) -> None:
    """Another process may have stored it, and its event be on the way."""
    topic = await alice.opens(board, "Old title", tags="tag")
    await charlie.says(topic, "A word")
    paths = [path for path in paths_of(board, alice) if path != "/boards" and not path.endswith("/comments")]
    for path in paths:
        assert "Old title" in await seen(bob, path)
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"title": "New title"}})
    for path in paths:
        assert "Old title" in await seen(bob, path)
        assert "New title" in (await charlie.get(path)).text
        assert "New title" in await seen(bob, path)


async def test_without_the_line_nothing_is_kept(app: Quart, board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Old title")
    hub: Hub = app.extensions[HUB]
    assert "Old title" in await seen(bob, "/")
    hub.on_gap(False)
    try:
        assert "Old title" in await seen(bob, "/")
        await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"title": "New title"}})
        assert "New title" in await seen(bob, "/")
    finally:
        hub.on_gap(True)


@pytest.mark.usefixtures("forum")
async def test_a_list_that_changed_while_it_was_drawn_is_not_kept() -> None:
    async def draw_while_it_changes() -> Fragment:
        recent_pages.clear()
        return Fragment("old")

    async def draw() -> Fragment:
        return Fragment("new")

    for drawing, words in ((draw_while_it_changes, "old"), (draw, "new"), (draw_while_it_changes, "new")):
        found = await recent_pages.get("key", drawing)
        assert found is not None
        assert found.fill(lambda _, key: key) == words


async def test_a_kept_list_is_what_would_be_drawn(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    await alice.opens(board, tags="tag")
    for path in paths_of(board, alice):
        kept = [await seen(person, path) for person in (bob, bob)]
        recent_pages.clear()
        drawn = await seen(bob, path)
        without_tokens = [_without_token(text) for text in (*kept, drawn)]
        assert len(set(without_tokens)) == 1


def _without_token(text: str) -> str:
    found = TOKEN.search(text)
    assert found
    return text.replace(found[1], "token")
