"""Read markers: they move by reading and writing alone, never back, and lists count what came after them."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from bson import ObjectId

from app.web.context import EXTENSION, SCRIPTS_COOKIE
from documents import Board, Comment, Marker, Topic
from documents.clock import now
from tests import stock
from tests.people import Forum, Person

ROW = re.compile(r'<li class="topic([^"]*)">(.*?)</li>', re.DOTALL)
NEW = re.compile(r'class="new"[^>]*>\s*([\d+]+) new')


async def news(person: Person, path: str = "/") -> dict[str, str]:
    """The topics of a list by title: the number of new replies, "new" for those never opened, "" for those read."""
    page = await person.get(path)
    assert page.status_code == 200
    found = {}
    for classes, text in ROW.findall(page.text):
        title = re.search(r"<bdi[^>]*>([^<]*)</bdi></a>", text)
        count = NEW.search(text)
        assert title
        assert bool("topic-unread" in classes) == bool(count or "(unread)" in text)
        found[title[1]] = count[1] if count else "new" if "topic-unread" in classes else ""
    return found


async def reads(person: Person, topic: Topic, number: object, csrf: str | None = None) -> int:
    answer = await person.send(f"/topics/{topic.oid}/read", csrf=csrf, number=str(number))
    return answer.status_code


async def marker(person: Person, topic: Topic) -> int | None:
    raw = await Marker.raw().find_one({"user": person.id, "place": topic.oid})
    return raw["number"] if raw else None


async def test_a_new_person_has_nothing_unread(forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "Old")
    before = {"active_at": now() - timedelta(days=1)}
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": before})
    dora = await forum.person("dora")
    assert await news(dora) == {"Old": ""}
    await alice.opens(board, "Young")
    assert await news(dora) == {"Old": "", "Young": "new"}


async def test_opening_a_page_without_scripts_reads_it(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted")
    await bob.get(f"/topics/{topic.oid}")
    assert await news(bob) == {"Counted": ""}
    await stock.comments(topic, alice, 3)
    assert await news(bob) == {"Counted": "3"}
    await bob.get(f"/topics/{topic.oid}")
    assert await news(bob) == {"Counted": ""}


async def test_with_scripts_only_what_was_read_is_read(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted")
    await stock.comments(topic, alice, 29)
    bob.browser.cookies.set(SCRIPTS_COOKIE, "1", domain="127.0.0.1")
    await bob.get(f"/topics/{topic.oid}")
    assert await marker(bob, topic) is None
    assert await reads(bob, topic, 7) == 204
    assert await news(bob) == {"Counted": "23"}
    assert await reads(bob, topic, 3) == 204
    assert await marker(bob, topic) == 7
    assert await reads(bob, topic, 999_999_999) == 204
    assert await marker(bob, topic) == 30


async def test_a_page_ahead_of_reading_is_not_read(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted")
    await bob.get(f"/topics/{topic.oid}", headers={"Sec-Purpose": "prefetch"})
    assert await marker(bob, topic) is None


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "1.5", "9" * 10, "٣", "1;2", "²"])
async def test_what_is_no_number_is_refused(board: Board, alice: Person, bob: Person, number: str) -> None:
    topic = await alice.opens(board)
    assert await reads(bob, topic, number) == 422
    assert await marker(bob, topic) is None


async def test_what_may_not_be_read_has_no_marker(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    hidden = await mod.opens(await forum.board("Backstage", staff_only=True, position=2))
    gone = await alice.opens(board)
    await alice.send(f"/topics/{gone.oid}/delete")
    for topic in (hidden, gone):
        assert await reads(bob, topic, 1) == 404
        assert (await bob.get(f"/topics/{topic.oid}/unread")).status_code == 404
    assert (await bob.send(f"/topics/{ObjectId()}/read", number="1")).status_code == 404
    assert (await bob.send(f"/boards/{hidden.board}/read")).status_code == 404
    assert await reads(guest, gone, 1) == 403
    assert await reads(bob, gone, 1, csrf="forged") == 403
    assert await Marker.find({"user": bob.id}).count() == 0


async def test_ones_own_words_are_read(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted")
    assert await news(alice) == {"Counted": ""}
    await bob.says(topic, "One")
    assert await news(alice) == {"Counted": "1"}
    await alice.says(topic, "Two")
    assert await news(alice) == {"Counted": ""}
    assert await news(bob) == {"Counted": "1"}


async def test_deleted_replies_are_not_counted(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    topic = await alice.opens(board, "Counted")
    await bob.get(f"/topics/{topic.oid}")
    first, _, third = await stock.comments(topic, alice, 3)
    await mod.send(f"/comments/{first.oid}/delete", reason="")
    assert await news(bob) == {"Counted": "2"}
    await mod.send(f"/comments/{third.oid}/delete", reason="")
    assert await news(bob) == {"Counted": "1"}
    await mod.send(f"/comments/{third.oid}/restore")
    assert await news(bob) == {"Counted": "2"}
    for comment in await Comment.find({"topic": topic.oid, "number": {"$gt": 1}}).to_list():
        await mod.send(f"/comments/{comment.oid}/delete", reason="")
    assert await news(bob) == {"Counted": ""}


async def test_all_is_read_in_a_board_and_everywhere(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    other = await forum.board("Other", position=2)
    here, there = await alice.opens(board, "Here"), await alice.opens(other, "There")
    await bob.get(f"/topics/{here.oid}")
    await stock.comments(here, alice, 2)
    assert await news(bob) == {"Here": "2", "There": "new"}
    assert (await bob.send(f"/boards/{board.oid}/read")).headers["location"] == f"/boards/{board.oid}"
    assert await news(bob) == {"Here": "", "There": "new"}
    await stock.comments(here, alice, 1)
    assert await news(bob) == {"Here": "1", "There": "new"}
    assert (await bob.send("/read")).headers["location"] == "/"
    assert await news(bob) == {"Here": "", "There": ""}
    await stock.comments(there, alice, 1)
    assert await news(bob) == {"Here": "", "There": "new"}
    assert (await bob.get(f"/topics/{here.oid}/unread")).headers["location"] == f"/topics/{here.oid}/n/4"


async def test_what_was_read_by_saying_so_is_not_counted_again(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted")
    await stock.comments(topic, alice, 4)
    await reads(bob, topic, 1)
    await bob.send("/read")
    await reads(bob, topic, 1)
    await stock.comments(topic, alice, 2)
    assert await news(bob) == {"Counted": "2"}
    await reads(bob, topic, 3)  # of what counts as read already
    assert await news(bob) == {"Counted": "2"}
    await reads(bob, topic, 6)
    assert await news(bob) == {"Counted": "1"}


async def test_a_link_leads_to_the_first_unread(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    topic = await alice.opens(board)

    async def leads(person: Person) -> str:
        answer = await person.get(f"/topics/{topic.oid}/unread")
        assert answer.status_code == 302
        return answer.headers["location"].removeprefix(f"/topics/{topic.oid}")

    assert await leads(bob) == ""
    await bob.get(f"/topics/{topic.oid}")
    first, *_ = await stock.comments(topic, alice, 30)
    assert await leads(bob) == "/n/2"
    await mod.send(f"/comments/{first.oid}/delete", reason="")
    assert await leads(bob) == "/n/3"
    await reads(bob, topic, 25)
    assert await leads(bob) == "/n/26"
    assert (await bob.see(f"/topics/{topic.oid}/unread")).url.path == f"/topics/{topic.oid}"
    assert await leads(bob) == "/n/31"
    assert await leads(guest) == ""


async def test_a_line_stands_above_what_is_new(board: Board, alice: Person, bob: Person, charlie: Person) -> None:
    topic = await alice.opens(board)
    line = re.compile(r'id="new">.*?id="c(\d+)"', re.DOTALL)

    async def stands(person: Person, path: str = "") -> tuple[str, bool]:
        text = (await person.get(f"/topics/{topic.oid}{path}")).text
        found = line.search(text)
        return found[1] if found else "", 'class="jump"' in text

    assert await stands(bob) == ("", False)
    await stock.comments(topic, alice, 5)
    assert await stands(bob) == ("2", False)
    assert await stands(charlie) == ("", False)
    await reads(bob, topic, 6)
    assert await stands(bob) == ("", False)
    await stock.comments(topic, alice, 20)
    bob.browser.cookies.set(SCRIPTS_COOKIE, "1", domain="127.0.0.1")
    assert await stands(bob) == ("7", True)
    assert await stands(bob, "?page=2") == ("", True)
    assert await stands(bob) == ("7", True)
    assert await stands(alice) == ("", False)


async def test_the_unread_alone_are_listed(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    plumbing = forum.app.extensions[EXTENSION]
    kept = plumbing.settings
    plumbing.settings = kept.model_copy(update={"topics_per_page": 3})
    try:
        topics = await stock.topics(board, alice, 12)
        for topic in topics[::2]:
            await reads(bob, topic, 1)
        for path in ("/", f"/boards/{board.oid}"):
            first = await news(bob, f"{path}?sort=unread")
            page = await bob.get(f"{path}?sort=unread")
            following = re.search(r'href="([^"]+)"\s+rel="next"', page.text)
            assert following
            second = await news(bob, following[1].replace("&amp;", "&"))
            assert list(first | second) == [f"Topic {i}" for i in (11, 9, 7, 5, 3, 1)]
            assert len(first) == len(second) == 3
            last = await bob.get(following[1].replace("&amp;", "&"))
            assert 'rel="next"' not in last.text
    finally:
        plumbing.settings = kept
    await bob.send("/read")
    assert "You have read everything." in (await bob.get("/?sort=unread")).text


async def test_guests_have_no_unread(board: Board, alice: Person, guest: Person) -> None:
    await alice.opens(board, "Counted")
    page = await guest.get("/?sort=unread")
    assert page.status_code == 200
    assert "Counted" in page.text
    assert "topic-unread" not in page.text
    assert "hole:" not in page.text
    assert "/read" not in page.text


@pytest.mark.parametrize("key", ["x", "1_", f"999999999999999999999_{'0' * 24}", f"1_{'0' * 24}"])
async def test_keys_that_are_none_are_no_fault(board: Board, alice: Person, bob: Person, key: str) -> None:
    await alice.opens(board)
    assert (await bob.get(f"/?sort=unread&after={key}")).status_code == 200


async def test_many_at_once_leave_the_highest(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 30)
    await bob.csrf()
    written = [bob.send(f"/topics/{topic.oid}/comments", body=f"Mine {i}") for i in range(10)]
    read = [bob.send(f"/topics/{topic.oid}/read", number=str(number)) for number in range(1, 31)]
    answers = await asyncio.gather(*read, *written)
    assert {answer.status_code for answer in answers} == {204, 303}
    assert await marker(bob, topic) == 41
    assert await Marker.find({"user": bob.id}).count() == 1


async def test_reading_leaves_the_kept_pages_alone(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    answer = await bob.send(f"/topics/{topic.oid}/read", number="1")
    assert "set-cookie" not in answer.headers


async def test_marks_are_each_ones_own(board: Board, alice: Person, bob: Person, charlie: Person) -> None:
    one, two = await alice.opens(board, "One"), await alice.opens(board, "Two")
    await bob.get(f"/topics/{one.oid}")
    await charlie.get(f"/topics/{two.oid}")
    for _ in range(2):
        assert await news(bob) == {"One": "", "Two": "new"}
        assert await news(charlie) == {"One": "new", "Two": ""}
        assert await news(alice) == {"One": "", "Two": ""}
