"""Single keys: they lead through topics and comments, and keep quiet while one writes."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from documents import Board
from tests import stock
from tests.browser.conftest import Open
from tests.browser.test_reading import EACH, LONG
from tests.people import Forum, Person


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


async def press(page: Page, *keys: str) -> None:
    await page.wait_for_load_state()  # what listens to keys is there when all is
    for key in keys:
        await page.keyboard.press(key)


async def test_through_a_topic(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Keys", LONG)
    await stock.comments(topic, alice, 4, EACH)
    page = await open_as(bob, f"/topics/{topic.oid}")
    await press(page, "j", "j", "j")
    await expect(page.locator("#c3")).to_be_focused()
    await expect(page.locator("#announce")).to_have_text("Comment 3, alice")
    await press(page, "k")
    await expect(page.locator("#c2")).to_be_focused()
    await press(page, "l")
    await expect(page.locator("#c2 .act-like")).to_have_attribute("aria-pressed", "true")
    await press(page, "r")
    await expect(page.locator("[name=body]")).to_be_focused()
    await page.keyboard.type("jklr?/gh 你好")
    await expect(page.locator("[name=body]")).to_have_value("jklr?/gh 你好")
    await expect(page.locator("dialog")).to_have_count(0)


async def test_through_a_list_and_to_other_places(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    await stock.topics(board, alice, 3)
    page = await open_as(bob, "/")
    await press(page, "j", "j")
    await expect(page.locator(".topic-title a", has_text="Topic 1")).to_be_focused()
    await press(page, "Enter")
    await expect(page.locator("h1")).to_have_text("Topic 1")
    await press(page, "g", "n")
    await expect(page).to_have_url(re.compile("/notifications$"))
    await press(page, "g", "h")
    await expect(page).to_have_url(re.compile("/$"))
    await press(page, "/")
    await expect(page.locator("input[type=search]").first).to_be_focused()


async def test_the_help_can_be_read_and_the_keys_turned_off(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Keys")
    page = await open_as(bob, f"/topics/{topic.oid}")
    await press(page, "?")
    dialog = page.locator("dialog[open]")
    await expect(dialog).to_contain_text("Next comment or topic")
    await press(page, "g", "h")
    await press(page, "Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator("h1")).to_have_text("Keys")
    await press(page, "Control+j", "?")
    await dialog.get_by_label("Use single keys on this device").uncheck()
    await dialog.get_by_label("Close").click()
    await press(page, "j", "?")
    await expect(page.locator("#c1")).not_to_be_focused()
    await expect(page.locator("dialog")).to_have_count(0)
    await page.goto("/keys")
    await expect(page.get_by_label("Use single keys on this device")).not_to_be_checked()


async def test_keys_of_an_input_method_are_none_of_ours(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Keys")
    page = await open_as(bob, f"/topics/{topic.oid}")
    for made in ("isComposing: true", "keyCode: 229", "ctrlKey: true", "metaKey: true", "altKey: true"):
        await page.evaluate(
            f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: 'j', bubbles: true, {made}}}))"
        )
    await expect(page.locator("#c1")).not_to_be_focused()
    await page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}))")
    await expect(page.locator("#c1")).to_be_focused()
