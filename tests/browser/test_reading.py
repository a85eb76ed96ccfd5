"""Reading topics in a browser: markers move, pages and replies come, and the text one reads stays where it is."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from documents import Board
from tests import stock
from tests.browser.conftest import LAPTOP, Open
from tests.people import Forum, Person

LONG = "\n\n".join(["A paragraph that is long enough to need a line or two of its own on any screen."] * 6)
# Nobody may say the same twice.
EACH = LONG + " {}"


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


async def test_the_marker_moves_as_one_reads(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted", LONG)
    await stock.comments(topic, alice, 9, EACH)
    page = await open_as(bob, "/")
    row = page.locator(".topic-unread")
    await expect(row).to_have_count(1)
    await page.click("text=Counted")
    async with page.expect_response(lambda answer: answer.url.endswith("/read")):
        await page.locator("#c3 .acts").scroll_into_view_if_needed()
    await page.goto("/")
    count = int((await page.locator(".new").inner_text()).split()[0])
    assert 4 <= count <= 7
    await page.click(".new")
    await expect(page).to_have_url(re.compile(rf"#c{11 - count}$"))
    await expect(page.locator(".new-line + .comment")).to_have_id(f"c{11 - count}")
    await page.locator("#c10 .acts").scroll_into_view_if_needed()
    await page.goto("/")  # the rest is told on leaving
    await expect(page.locator(".topic")).to_have_count(1)
    await expect(page.locator(".topic-unread")).to_have_count(0)


async def test_without_scripts_a_page_is_read_when_it_is_opened(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    await alice.opens(board, "Counted")
    page = await open_as(bob, "/", java_script_enabled=False, viewport=LAPTOP)
    await page.click("text=Counted")
    await page.goto("/")
    await expect(page.locator(".topic")).to_have_count(1)
    await expect(page.locator(".topic-unread")).to_have_count(0)


async def top_of(page: Page, id: str) -> float:
    """Where a comment stands on the screen."""
    return float(await page.evaluate(f"document.getElementById('{id}').getBoundingClientRect().top"))


async def live(page: Page) -> None:
    await expect(page.locator("#live")).to_have_attribute("data-state", "live")


async def test_new_replies_wait_behind_a_bar(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Live", LONG)
    await stock.comments(topic, alice, 5, EACH)
    page = await open_as(bob, f"/topics/{topic.oid}")
    await live(page)
    await page.locator("#c3").scroll_into_view_if_needed()
    before = await top_of(page, "c3")
    await alice.says(topic, "First **new** one")
    await expect(page.locator("#bar")).to_have_text("1 new reply")
    await expect(page.locator("#announce")).to_have_text("1 new reply")
    await alice.says(topic, "Second new one")
    await expect(page.locator("#bar")).to_have_text("2 new replies")
    await expect(page.locator("#c7")).to_have_count(0)
    assert await top_of(page, "c3") == pytest.approx(before, abs=1)
    await page.click("#bar")
    await expect(page.locator("#bar")).to_be_hidden()
    await expect(page.locator("#c7 strong")).to_have_text("new")
    await expect(page.locator("#c7")).to_be_focused()
    await expect(page.locator("#c8")).to_be_visible()
    await expect(page.locator('.rail [data-tick="8"]')).to_have_count(1)
    await page.fill("[name=body]", "An answer")
    await page.click("#reply [type=submit]:not([name=preview])")
    await expect(page.locator("#c9")).to_contain_text("An answer")


async def test_the_text_one_reads_never_moves(
    board: Board, open_as: Open, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board, "Live", LONG)
    comments = await stock.comments(topic, alice, 6, EACH)
    page = await open_as(bob, f"/topics/{topic.oid}")
    await live(page)
    await page.evaluate("document.getElementById('c4').scrollIntoView({block: 'start', behavior: 'instant'})")
    before = await top_of(page, "c4")
    await alice.send(f"/comments/{comments[0].oid}/edit", body="Short above")
    await expect(page.locator("#c2 .prose")).to_have_text("Short above")
    assert await top_of(page, "c4") == pytest.approx(before, abs=1)
    await mod.send(f"/comments/{comments[1].oid}/delete", reason="")
    await expect(page.locator("#c3.comment-gone")).to_have_count(1)
    assert await top_of(page, "c4") == pytest.approx(before, abs=1)

    await alice.send(f"/comments/{comments[2].oid}/edit", body="Short here")  # in view: only a word about it
    await expect(page.locator("#c4 .act-fresh")).to_be_visible()
    await expect(page.locator("#c4 .prose")).to_contain_text("long enough")
    under = await top_of(page, "c5")
    await mod.send(f"/comments/{comments[2].oid}/like")
    await expect(page.locator("#c4 .act-fresh")).to_have_count(1)
    assert await top_of(page, "c5") == pytest.approx(under, abs=1)
    await page.click("#c4 .act-fresh")
    await expect(page.locator("#c4 .prose")).to_have_text("Short here")
    await expect(page.locator("#c4 [data-count]")).to_have_text("1")

    under = await top_of(page, "c6")
    await mod.send(f"/comments/{comments[3].oid}/delete", reason="")
    await expect(page.locator("#c5.comment-gone")).to_have_count(1)
    assert await top_of(page, "c6") == pytest.approx(under, abs=1)


async def test_what_happened_while_the_line_was_down_arrives(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Live")
    page = await open_as(bob, f"/topics/{topic.oid}")
    await live(page)
    await page.context.set_offline(True)
    await expect(page.locator("#live")).to_have_attribute("data-state", "offline")
    await alice.says(topic, "Missed")
    await page.context.set_offline(False)
    await expect(page.locator("#bar")).to_have_text("1 new reply")


async def test_a_topic_that_goes_out_of_sight_says_so_and_takes_nothing_of_what_is_typed(
    forum: Forum, board: Board, open_as: Open, alice: Person, bob: Person, mod: Person
) -> None:
    """Deleted, brought back, and moved to where the reader may not go."""
    topic = await alice.opens(board, "Live")
    page = await open_as(bob, f"/topics/{topic.oid}")
    await live(page)
    reply, notice = page.locator("textarea[name=body]").last, page.locator(".notice-lost")
    await reply.fill("A long answer that took an hour")
    await alice.send(f"/topics/{topic.oid}/delete", reason="")
    await expect(notice).to_contain_text("not here any more")
    await expect(page.locator("#c1")).to_contain_text("An opening post")
    await alice.send(f"/topics/{topic.oid}/restore")
    await expect(notice).to_have_count(0)
    backstage = await forum.board("Backstage", staff_only=True, position=2)
    moved = await mod.send(f"/topics/{topic.oid}/move", board=str(backstage.oid), reason="")
    assert moved.status_code == 303, moved.text
    await expect(notice).to_have_count(1)
    await expect(reply).to_have_value("A long answer that took an hour")


async def test_pages_come_as_one_scrolls_and_the_way_back_is_right(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Long", LONG)
    await stock.comments(topic, alice, 64, EACH)
    page = await open_as(bob, f"/topics/{topic.oid}")
    for number in (20, 40, 60):
        await page.locator(f"#c{number}").scroll_into_view_if_needed()
        await expect(page.locator(f"#c{number + 1}")).to_have_count(1)
    await expect(page.locator(".comments ~ .pager [aria-current]")).to_have_text("4")
    await page.evaluate("document.getElementById('c47').scrollIntoView({block: 'start', behavior: 'instant'})")
    await expect(page).to_have_url(re.compile(r"\?page=3$"))
    await expect(page.locator('.rail [data-tick="47"]')).to_have_attribute("aria-current", "true")
    before = await top_of(page, "c47")
    await expect(page.locator("#c47")).to_be_in_viewport()
    while await page.evaluate("history.state?.at") != "c47":
        await page.evaluate("new Promise(requestAnimationFrame)")
    await page.goto("/boards")
    await page.go_back()
    await expect(page).to_have_url(re.compile(r"\?page=3$"))
    await expect(page.locator("#c47")).to_be_in_viewport()
    assert await top_of(page, "c47") == pytest.approx(before, abs=3)
    await page.reload()
    await expect(page.locator("#c47")).to_be_in_viewport()
    assert await top_of(page, "c47") == pytest.approx(before, abs=3)


async def test_on_an_earlier_page_only_what_is_new_is_counted(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Long", LONG)
    await stock.comments(topic, alice, 24, EACH)
    page = await open_as(bob, f"/topics/{topic.oid}")
    await live(page)
    await alice.says(topic, "New")
    await expect(page.locator("#bar")).to_have_text("1 new reply")
    await page.click("#bar")
    await expect(page).to_have_url(re.compile(r"page=2#c26$"))
    await expect(page.locator("#c26")).to_be_in_viewport()


async def test_earlier_pages_come_above_without_moving_anything(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Long", LONG)
    await stock.comments(topic, alice, 44, EACH)
    page = await open_as(bob, f"/topics/{topic.oid}/n/25")
    await expect(page).to_have_url(re.compile(r"\?page=2#c25$"))
    await page.mouse.move(700, 400)
    while not await page.locator("#c20").count():
        await page.mouse.wheel(0, -300)
    await expect(page.locator("#c25")).to_have_count(1)
    await page.locator("#c19").scroll_into_view_if_needed()
    await expect(page).to_have_url(re.compile(rf"/topics/{topic.oid}$"))


async def test_a_guest_hears_of_it_too(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board, "Live")
    page = await open_as(None, f"/topics/{topic.oid}")
    await alice.says(topic, "For everybody")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#bar")).to_have_text("1 new reply")
