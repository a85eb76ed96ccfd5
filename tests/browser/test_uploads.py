"""Files in a text, in a browser: dropped or chosen, several at once, with an input method at work; pictures large."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Any

from playwright.async_api import FilePayload, expect

from documents import Board, Upload
from tests.avatars.pictures import quarters, saved
from tests.browser.conftest import Open
from tests.people import Person
from tests.uploads.sending import sent

SHOTS = os.environ.get("QUORUM_TEST_SHOTS")
LINK = r"!\[{}\]\(/uploads/[0-9a-f]{{24}}/{}\.webp\)"

# Puts a picture into the clipboard.
COPY = """async (data) => {
  const blob = new Blob([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], { type: "image/png" });
  await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
}"""
SLOW: dict[str, Any] = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


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


async def test_files_are_pasted_and_dropped(board: Board, open_as: Open, alice: Person, tmp_path: Path) -> None:
    """From the clipboard and from the desk of the computer, as the browser gives them; words stay words."""
    page = await open_as(alice, f"/topics/{(await alice.opens(board)).oid}")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    area = page.locator("#reply [name=body]")
    await area.fill("Before  after")
    await area.evaluate("area => area.setSelectionRange(7, 7)")
    await area.focus()
    await page.evaluate(COPY, base64.b64encode(saved(quarters(40, 30), "PNG")).decode())
    await page.keyboard.press("Control+v")
    await expect(area).to_have_value(re.compile(rf"^Before \n\n{LINK.format('.*', '.*')}\n after$"))
    await page.evaluate("navigator.clipboard.writeText('only words')")
    await area.fill("")
    await page.keyboard.press("Control+v")
    await expect(area).to_have_value("only words")

    dropped = tmp_path / "notes.txt"
    dropped.write_text("some notes")
    await area.fill("")
    await area.scroll_into_view_if_needed()
    box = await area.bounding_box()
    assert box is not None
    cdp = await page.context.new_cdp_session(page)
    what = {"items": [], "files": [str(dropped)], "dragOperationsMask": 1}
    where = {"x": box["x"] + 40, "y": box["y"] + 20, "data": what}
    await cdp.send("Input.dispatchDragEvent", {"type": "dragEnter", **where})
    await cdp.send("Input.dispatchDragEvent", {"type": "dragOver", **where})
    await expect(area).to_have_class(re.compile("attach-aim"))
    await cdp.send("Input.dispatchDragEvent", {"type": "drop", **where})
    await expect(area).to_have_value(re.compile(r"^\[notes\.txt\]\(/uploads/[0-9a-f]{24}/notes\.txt\)\n$"))
    await expect(area).not_to_have_class(re.compile("attach-aim"))


async def test_a_file_under_way_shows_how_far_it_is_and_can_be_called_off(
    board: Board, open_as: Open, alice: Person
) -> None:
    page = await open_as(alice, f"/topics/{(await alice.opens(board)).oid}")
    area, row = page.locator("#reply [name=body]"), page.locator(".attach-list li")
    await area.fill("Words")
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Network.enable")
    await cdp.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": 60_000})
    large: FilePayload = {"name": "large.txt", "mimeType": "text/plain", "buffer": b"text\n" * 200_000}
    await page.locator("#f-file").set_input_files([large])
    await expect(area).to_have_value("Words\n\n[Uploading large.txt … 1]\n")
    bar = row.get_by_role("progressbar", name="large.txt")
    await page.wait_for_function("(bar) => bar.position > 0 && bar.position < 1", arg=await bar.element_handle())
    await page.locator("#reply button[type=submit]").first.click()
    assert "/topics/" in page.url, "not sent with a mark in the place of a file"
    await expect(area).to_have_value(re.compile("Uploading"))
    await row.get_by_role("button", name="Cancel").click()
    await expect(area).to_have_value("Words\n\n")
    await expect(row).to_have_count(0)
    await cdp.send("Network.emulateNetworkConditions", SLOW)
    assert await Upload.find({"user": alice.id}).count() == 0


async def test_what_did_not_arrive_is_tried_again(board: Board, open_as: Open, alice: Person) -> None:
    page = await open_as(alice, f"/topics/{(await alice.opens(board)).oid}")
    area, row = page.locator("#reply [name=body]"), page.locator(".attach-list li")
    await page.context.set_offline(True)
    await page.locator("#f-file").set_input_files([payload("b.jpg", 300)])
    await expect(row.locator("[data-wrong]")).to_contain_text("b.jpg could not be sent")
    await expect(area).to_have_value("")
    await page.context.set_offline(False)
    await row.get_by_role("button", name="Try again").click()
    await expect(area).to_have_value(re.compile(rf"^{LINK.format('b', 'b')}\n$"))
    await expect(page.locator(".attach-list [data-wrong]")).to_have_count(0)
