"""What helps beside the text: topics like the one that is begun, and buttons that do and undo in place."""

from __future__ import annotations

import re

from playwright.async_api import expect

from documents import Board, Bookmark, Login
from tests.browser.conftest import Open
from tests.people import Person


async def test_topics_like_a_new_one_appear_while_its_title_is_written(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Tomato leaves turning yellow")
    page = await open_as(bob, f"/boards/{board.oid}/topics/new")
    title, found = page.locator("#f-title"), page.locator("#related a")
    await title.press_sequentially("yellow leaves on tomatoes")
    await expect(found).to_have_text(["Tomato leaves turning yellow"])
    await expect(found).to_have_attribute("href", f"/topics/{topic.oid}")
    await expect(page.locator("#related")).to_have_attribute("aria-live", "polite")
    await title.fill("A bicycle")
    await expect(found).to_have_count(0)
    await title.fill("")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    cdp = await page.context.new_cdp_session(page)
    await title.focus()
    await cdp.send("Input.imeSetComposition", {"text": "tomato leaves", "selectionStart": 3, "selectionEnd": 3})
    await page.evaluate("new Promise((done) => setTimeout(done, 700))")
    assert not [url for url in asked if "/related" in url], "not while it is composed"
    await cdp.send("Input.insertText", {"text": "tomato leaves"})
    await expect(found).to_have_count(1)


async def test_a_bookmark_is_set_and_taken_back_in_place(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    page = await open_as(bob, f"/topics/{topic.oid}")
    await page.evaluate("window.stayed = true")
    button = page.locator("#c1 button[data-flip]")
    for pressed, kept in (("true", 1), ("false", 0), ("true", 1)):
        async with page.expect_response(re.compile("bookmark$")):
            await button.click()
        await expect(button).to_have_attribute("aria-pressed", pressed)
        assert await Bookmark.find({"user": bob.id}).count() == kept
    assert await page.evaluate("window.stayed")
    await page.reload()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await Login.raw().delete_many({"user": bob.id})
    await bob.browser.get("/")
    await button.click()
    await expect(page.locator("h1")).to_be_visible()
    await page.wait_for_function("!window.stayed")
    assert await Bookmark.find({"user": bob.id}).count() == 1
