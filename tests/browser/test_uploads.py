"""Files in a text, in a browser: dropped or chosen, several at once, with an input method at work; pictures large."""

from __future__ import annotations

import os
import re

from playwright.async_api import FilePayload, expect

from documents import Board
from tests.avatars.pictures import quarters, saved
from tests.browser.conftest import Open
from tests.people import Person
from tests.uploads.sending import sent

SHOTS = os.environ.get("QUORUM_TEST_SHOTS")
LINK = r"!\[{}\]\(/uploads/[0-9a-f]{{24}}/{}\.webp\)"


def payload(name: str, width: int = 900) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": saved(quarters(width, 600))}


async def test_several_at_once_and_what_is_refused_is_told(board: Board, open_as: Open, alice: Person) -> None:
    page = await open_as(alice, f"/topics/{(await alice.opens(board)).oid}")
    area = page.locator("#reply [name=body]")
    await area.fill("Words")
    async with page.expect_file_chooser():
        await page.locator(".attach summary").click()
    wrong: FilePayload = {"name": "x.bin", "mimeType": "image/png", "buffer": b"\x00\x01"}
    await page.locator("#f-file").set_input_files([payload("猫.jpg"), payload("b.jpg", 300), wrong])
    both = f"{LINK.format('猫', '猫')}\n{LINK.format('b', 'b')}"
    await expect(area).to_have_value(re.compile(rf"^Words\n\n{both}\n$"))
    await expect(page.locator(".attach-list [data-wrong]")).to_contain_text("not taken here")
    if SHOTS:
        await page.locator("#reply").screenshot(path=f"{SHOTS}/attach.png")
    await page.locator("#reply form .button[type=submit], #reply form button[type=submit]").first.click()
    await expect(page.locator(".prose .gallery img")).to_have_count(2)


async def test_an_input_method_is_not_disturbed(board: Board, open_as: Open, alice: Person) -> None:
    page = await open_as(alice, f"/topics/{(await alice.opens(board)).oid}")
    area = page.locator("#reply [name=body]")
    await area.fill("ni")
    await area.dispatch_event("compositionstart")
    async with page.expect_response("**/uploads") as answered:
        await page.locator("#f-file").set_input_files([payload("b.jpg", 300)])
    await (await answered.value).finished()
    await expect(page.locator(".attach-list li")).to_contain_text("in the text")
    await expect(area).to_have_value("ni")
    await area.dispatch_event("compositionend")
    await expect(area).to_have_value(re.compile(rf"^ni\n\n{LINK.format('b', 'b')}\n$"))


async def test_pictures_open_large_by_keyboard(board: Board, open_as: Open, alice: Person) -> None:
    found = [await sent(alice, saved(quarters(width, 900)), f"{width}.jpg") for width in (1200, 700)]
    body = "\n".join(f"![Picture {n}]({each['url']})" for n, each in enumerate(found, 1))
    page = await open_as(None, f"/topics/{(await alice.opens(board, body=body)).oid}")
    await page.locator("a.picture").first.focus()
    await page.keyboard.press("Enter")
    box = page.locator("dialog.lightbox")
    await expect(box).to_be_visible()
    await expect(box.locator("img")).to_have_attribute("alt", "Picture 1")
    if SHOTS:
        await expect(box.locator("img")).to_have_attribute("src", re.compile(r"\.webp$"))
        await page.screenshot(path=f"{SHOTS}/lightbox.png")
    await page.keyboard.press("ArrowRight")
    await expect(box.locator("img")).to_have_attribute("alt", "Picture 2")
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await expect(page.locator("a.picture").nth(1)).to_be_focused()
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/gallery.png")
        for scheme, locale, width in (("light", "en-GB", 1280), ("dark", "zh-CN", 360)):
            size = {"width": width, "height": 800}
            view = await open_as(alice, "/uploads", locale=locale, color_scheme=scheme, viewport=size)
            await view.screenshot(path=f"{SHOTS}/mine-{locale}.png")
            await view.goto(page.url)
            await view.screenshot(path=f"{SHOTS}/topic-{locale}.png", full_page=True)


async def test_enter_in_the_title_neither_discards_nor_attaches(board: Board, open_as: Open, alice: Person) -> None:
    await alice.send("/drafts", place=f"topic:{board.oid}", title="A title", body="Words that stay")
    page = await open_as(alice, f"/boards/{board.oid}/topics/new", java_script_enabled=False)
    await expect(page.locator("[data-draft-bar]")).to_be_visible()
    await page.locator("[name=title]").press("Enter")
    await expect(page.locator("#comments .prose")).to_contain_text("Words that stay")
