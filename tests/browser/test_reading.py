"""Reading topics in a browser: markers move as one reads."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from documents import Board
from tests import stock
from tests.browser.conftest import LAPTOP, Open
from tests.people import Forum, Person

LONG = "\n\n".join(["A paragraph that is long enough to need a line or two of its own on any screen."] * 6)


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


async def test_the_marker_moves_as_one_reads(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Counted", LONG)
    await stock.comments(topic, alice, 9, LONG)
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
