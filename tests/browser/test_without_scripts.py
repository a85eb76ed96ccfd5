"""Without JavaScript nothing is shown that only JavaScript could do, and nothing says that something is wrong."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from documents import Board
from tests.browser.conftest import PHONE, Open
from tests.people import Person

HAVE_ROOM = "all => all.filter(each => each.getClientRects().length).map(each => each.outerHTML)"


async def for_scripts(page: Page, within: str = "") -> list[str]:
    """What only JavaScript could do, and has room on the page."""
    found: list[str] = await page.locator(f"{within} .js-only").evaluate_all(HAVE_ROOM)
    return found


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
async def test_what_only_scripts_can_do_is_there_with_them_alone(
    board: Board, open_as: Open, alice: Person, javascript: bool
) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, "/settings/profile", java_script_enabled=javascript, viewport=PHONE)
    await page.fill("[name=place]", "Wuhan")
    await page.click("form:has([name=place]) [type=submit]:not([name])")
    await expect(page.locator(".flash")).to_be_visible()
    assert bool(await for_scripts(page, ".flash")) is javascript
    assert bool(await for_scripts(page, "header")) is javascript
    for path in (f"/topics/{topic.oid}/print", "/keys"):
        await page.goto(path)
        assert bool(await for_scripts(page)) is javascript, path


async def test_nothing_moves_when_the_scripts_come(open_as: Open, alice: Person) -> None:
    page = await open_as(alice, "/keys", viewport=PHONE)
    with_them = await page.locator("header a, main button").evaluate_all("all => all.map(each => each.offsetLeft)")
    await page.evaluate("document.documentElement.classList.remove('js')")
    before = await page.locator("header a, main button").evaluate_all("all => all.map(each => each.offsetLeft)")
    assert before == with_them
    assert await page.locator("#live").is_hidden()
