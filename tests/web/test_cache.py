"""Guests' pages come from memory: never somebody else's, in another language, or older than the last change."""

from __future__ import annotations

import asyncio
import re
import threading

import pytest
from quart import Quart

from app.web import front
from app.web.context import EXTENSION
from app.web.front import GuestPages
from documents import Board
from tests.people import Forum, Person


def pages(app: Quart) -> GuestPages:
    found: GuestPages = app.extensions[EXTENSION].guest_pages
    return found


def look(text: str) -> tuple[str, str]:
    """Language and theme of a page."""
    found = re.search(r'<html\s+lang="([^"]*)"\s+data-theme="([^"]*)"', text)
    assert found
    return found[1], found[2]


async def wait_for_line(app: Quart) -> None:
    """Until the line to Redis is up, pages are kept for a second only."""
    async with asyncio.timeout(5):
        while not pages(app).connected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_guest_never_gets_what_somebody_else_saw(
    board: Board, alice: Person, admin: Person, guest: Person
) -> None:
    topic = await alice.opens(board)
    for path in ("/", f"/boards/{board.oid}", f"/topics/{topic.oid}", "/boards", f"/users/{alice.id}"):
        for person in (admin, guest, alice, guest, admin):
            text = (await person.get(path)).text
            assert re.findall(r'data-user="(\w*)"', text)[0] == ("" if person is guest else str(person.id)), path
            assert ('action="/logout"' in text) == (person is not guest), path
            assert ("csrf" in text) == (person is not guest), path
            assert ('href="/admin"' in text) == (person is admin), path


async def test_a_kept_page_is_what_would_be_drawn(app: Quart, board: Board, alice: Person, guest: Person) -> None:
    await wait_for_line(app)
    topic = await alice.opens(board)
    for path in ("/", f"/topics/{topic.oid}", f"/boards/{board.oid}"):
        drawn, kept = await guest.get(path), await guest.get(path)
        plain = await guest.get(path, headers={"Accept-Encoding": "identity"})
        assert drawn.text == kept.text == plain.text
        assert len(pages(app)._pages) > 0
        for name in ("content-type", "content-language", "content-security-policy", "vary", "cache-control"):
            assert drawn.headers[name] == kept.headers[name] == plain.headers[name]
        assert kept.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers


async def test_language_and_theme_are_each_readers_own(forum: Forum, board: Board) -> None:
    english, chinese, switched = forum.guest("en"), forum.guest("zh-CN,zh;q=0.9,en;q=0.1"), forum.guest("en")
    answer = await switched.get("/language/zh?next=/boards")
    assert (answer.status_code, answer.headers["location"]) == (303, "/boards")
    await switched.get("/theme/dark")
    for _ in range(2):
        assert look((await english.get("/")).text) == ("en", "system")
        assert look((await chinese.get("/")).text) == ("zh-Hans", "system")
        assert look((await switched.get("/")).text) == ("zh-Hans", "dark")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        *(
            ("zh-TW", "zh-Hans"),
            ("zh-Hant-HK;q=0.8, fr", "zh-Hans"),
            ("en-GB,zh;q=0.5", "en"),
            ("zh;q=0.1,en;q=0.9", "en"),
        ),
        *(("fr,de", "en"), ("", "en"), ("*", "en"), ("ZH", "zh-Hans"), ("x" * 200, "en"), ("fr;q=x,zh", "zh-Hans")),
    ],
    ids=lambda value: value[:20],
)
async def test_the_browsers_language_is_heard(forum: Forum, accepted: str, language: str) -> None:
    answer = await forum.guest(accepted).get("/boards")
    assert look(answer.text)[0] == language
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["vary"].split(", "))


async def test_the_language_chosen_by_hand_goes_before_the_browsers(forum: Forum, xiaoming: Person) -> None:
    await xiaoming.get("/language/en")
    assert look((await xiaoming.get("/")).text)[0] == "en"
    await xiaoming.get("/language/zh")
    assert look((await xiaoming.get("/")).text)[0] == "zh-Hans"


@pytest.mark.parametrize("next_", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"])
async def test_switching_leads_to_this_site_only(forum: Forum, guest: Person, next_: str) -> None:
    for path in ("/language/zh", "/theme/dark"):
        answer = await guest.get(path, params={"next": next_})
        assert answer.headers["location"] == "/"


async def test_what_has_just_happened_is_told_to_one_person_once(board: Board, alice: Person, guest: Person) -> None:
    await alice.send("/logout")
    assert "You have logged out." in (await alice.get("/")).text
    assert "You have logged out." not in (await alice.get("/")).text
    assert "You have logged out." not in (await guest.get("/")).text


async def test_every_change_is_there_at_the_next_look(
    app: Quart, board: Board, alice: Person, bob: Person, mod: Person, admin: Person, guest: Person
) -> None:
    await wait_for_line(app)
    topic = await alice.opens(board, "First title", "First body")
    place = f"/topics/{topic.oid}"

    async def seen(path: str = place) -> str:
        return (await guest.get(path)).text

    assert "First body" in await seen()
    comment = await bob.says(topic, "First answer")
    assert "First answer" in await seen()
    await bob.send(f"/comments/{comment.oid}/edit", body="Better answer")
    assert "Better answer" in await seen()
    await alice.send(f"/comments/{comment.oid}/like")
    assert "<span data-count>1</span>" in await seen()
    await mod.send(f"/comments/{comment.oid}/delete", reason="Off topic")
    assert "Better answer" not in await seen()
    await mod.send(f"/comments/{comment.oid}/restore")
    assert "Better answer" in await seen()
    await alice.send(f"{place}/edit", title="Second title", body="First body", tags="")
    assert "Second title" in await seen()
    assert "Second title" in await seen("/")
    await admin.send(f"/admin/boards/{board.oid}", name="Renamed board")
    assert "Renamed board" in await seen()
    assert "Renamed board" in await seen("/boards")
    await mod.send(f"{place}/delete", reason="")
    assert (await guest.get(place)).status_code == 404
    assert "Second title" not in await seen("/")
    await mod.send(f"{place}/restore")
    assert "Second title" in await seen()
    await admin.send(f"/admin/boards/{board.oid}/delete")
    assert (await guest.get(place)).status_code == 404
    assert "Second title" not in await seen("/")


async def test_a_page_that_changed_while_it_was_drawn_is_not_kept() -> None:
    kept = GuestPages(10_000)
    key = (b"/", b"", "")
    began = kept.moment()
    kept.drop("lists")
    kept.put(key, [], b"old", frozenset({"lists"}), None, began)
    assert kept.get(key) is None
    kept.put(key, [], b"new", frozenset({"lists"}), None, kept.moment())
    page = kept.get(key)
    assert page is not None
    assert page.body == b"new"


async def test_what_is_kept_stays_within_its_bound() -> None:
    kept = GuestPages(10_000)
    for i in range(100):
        kept.put((str(i).encode(), b"", ""), [], b"x" * 1_000, frozenset(), None, kept.moment())
    assert kept._size <= 10_000
    assert 0 < len(kept._pages) < 10
    kept.clear()
    assert kept._size == 0


async def test_large_pages_are_packed_beside_the_loop(
    app: Quart, board: Board, alice: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: dict[bool, int] = {}
    pack = front.pack

    def noted(body: bytes) -> bytes:
        packed[threading.current_thread() is threading.main_thread()] = len(body)
        return pack(body)

    topic = await alice.opens(board)
    large = await alice.opens(board, body="**word** and words\n\n" * 2_400)
    monkeypatch.setattr(front, "pack", noted)
    await guest.get(f"/topics/{topic.oid}")
    drawn = await guest.get(f"/topics/{large.oid}")
    assert packed.keys() == {True, False}
    assert packed[True] < 64 * 1024 < packed[False]
    kept = await guest.get(f"/topics/{large.oid}")
    assert kept.headers["content-encoding"] == "gzip"
    assert kept.text == drawn.text
