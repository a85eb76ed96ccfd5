"""The editor by hand: tools, shortcuts, lists, completion, quotes, preview – and an input method at work."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from documents import Board, Topic
from tests.browser.conftest import Open
from tests.people import Person


async def opened(open_as: Open, person: Person, topic: Topic, **options: Any) -> tuple[Page, Locator]:
    page = await open_as(person, f"/topics/{topic.oid}", **options)
    area = page.locator("#reply [name=body]")
    await area.focus()
    return page, area


async def test_tools_and_keys_mark_what_is_chosen(board: Board, open_as: Open, alice: Person) -> None:
    page, area = await opened(open_as, alice, await alice.opens(board))
    press, type_ = page.keyboard.press, page.keyboard.type
    await type_("one")
    for key, marked in (("b", "**one**"), ("i", "*one*"), ("e", "`one`")):
        await area.select_text()
        await press(f"Control+{key}")
        await expect(area).to_have_value(marked)
        await press(f"Control+{key}")
        await expect(area).to_have_value("one")
    await area.select_text()
    await press("Control+k")
    await type_("example.org")
    await expect(area).to_have_value("[one](example.org)")
    await press("Control+z")
    await area.fill("a\nb")
    await area.select_text()
    await page.click("[data-tool=numbers]")
    await expect(area).to_have_value("1. a\n2. b")
    await page.click("[data-tool=numbers]")
    await expect(area).to_have_value("a\nb")
    await page.click("[data-tool=quote]")
    await expect(area).to_have_value("> a\n> b")


async def test_lists_go_on_and_end(board: Board, open_as: Open, alice: Person) -> None:
    page, area = await opened(open_as, alice, await alice.opens(board))
    for typed, gives in (
        ("- a", "- a\n- b"),
        ("9. a", "9. a\n10. b"),
        ("> a", "> a\n> b"),
        ("- [x] a", "- [x] a\n- [ ] b"),
        ("```\n- a", "```\n- a\nb"),
    ):
        await area.fill(typed)
        await page.keyboard.press("Enter")
        await page.keyboard.type("b")
        await expect(area).to_have_value(gives)
    await area.fill("- a\n- ")
    await page.keyboard.press("Enter")
    await expect(area).to_have_value("- a\n")


async def test_the_toolbar_is_one_stop_and_nothing_traps_the_tab_key(
    board: Board, open_as: Open, alice: Person
) -> None:
    page, area = await opened(open_as, alice, await alice.opens(board))
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator("[data-tool=bold]")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-tool=italic]")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.locator("[data-tool=preview]")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(area).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(area).not_to_be_focused()


async def test_names_complete_by_keyboard_after_any_script(
    board: Board, open_as: Open, alice: Person, xiaoming: Person, bob: Person
) -> None:
    topic = await xiaoming.opens(board)
    page, area = await opened(open_as, alice, topic)
    await page.keyboard.type("你好@")
    options = page.get_by_role("option")
    await expect(options).to_have_text([re.compile("小明$")])
    await page.keyboard.press("Enter")
    await expect(area).to_have_value("你好@小明 ")
    await page.keyboard.type("and @b")
    await expect(options).to_have_text([re.compile("bob$")])
    await expect(area).to_have_attribute("aria-activedescendant", "f-body-suggestions-0")
    await page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await page.keyboard.type("o")
    await options.click()
    await expect(area).to_have_value("你好@小明 and @bob ")
    await page.keyboard.type("mail@b")
    await page.keyboard.type(" :tad")
    await expect(options.first).to_contain_text(":tada:")
    await page.keyboard.press("Tab")
    await expect(area).to_have_value("你好@小明 and @bob mail@b 🎉")


async def test_an_input_method_is_left_alone(board: Board, open_as: Open, alice: Person, xiaoming: Person) -> None:
    """While something is composed nothing is asked, saved, completed or continued."""
    page, area = await opened(open_as, alice, await xiaoming.opens(board))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(page.url.split("/topics")[0])))
    cdp = await page.context.new_cdp_session(page)
    await page.keyboard.type("- ")
    await cdp.send("Input.imeSetComposition", {"text": "@xiao", "selectionStart": 5, "selectionEnd": 5})
    await cdp.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    await page.evaluate("new Promise((done) => setTimeout(done, 1500))")
    assert not [url for url in asked if url.startswith(("/users/complete", "/drafts", "/preview"))]
    await expect(page.get_by_role("option")).to_have_count(0)
    await expect(area).to_have_value("- @xiao")
    await cdp.send("Input.insertText", {"text": "@小"})
    await expect(area).to_have_value("- @小")
    await expect(page.get_by_role("option")).to_have_text([re.compile("小明$")])
    await page.keyboard.press("Enter")
    await expect(area).to_have_value("- @小明 ")
    await expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")


async def test_the_preview_follows_what_is_typed(board: Board, open_as: Open, alice: Person) -> None:
    page = await open_as(alice, f"/boards/{board.oid}/topics/new")
    await page.fill("[name=body]", "Some **bold** words")
    await page.click("[data-tool=preview]")
    pane = page.locator("[data-live-preview]")
    await expect(pane.locator("strong")).to_have_text("bold")
    await page.fill("[name=body]", "Some *other* words")
    await expect(pane.locator("em")).to_have_text("other")
    text, shown = await page.locator("[name=body]").bounding_box(), await pane.bounding_box()
    assert text is not None
    assert shown is not None
    assert shown["x"] > text["x"] + text["width"], "side by side on a wide screen"
    await page.set_viewport_size({"width": 390, "height": 844})
    shown = await pane.bounding_box()
    assert shown is not None
    assert shown["x"] < 30


async def test_a_choice_of_words_is_quoted_with_where_it_is_from(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await bob.opens(board, body="These words matter.")
    page, area = await opened(open_as, alice, topic)
    await area.fill("Look:")
    await page.locator("#c1 .prose p").select_text()
    await page.locator(".quote-chosen").click()
    quote = f'[quote="bob, post:1, topic:{topic.oid}"]\nThese words matter.\n[/quote]\n\n'
    await expect(area).to_have_value(f"Look:\n\n{quote}")
    await page.keyboard.type("Indeed")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(f"#c2 a[href='/topics/{topic.oid}/n/1']")).to_have_count(1)
