"""Choosing a picture: checked before it is sent, cut by pointer and keyboard, sent with progress, tried again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from app.settings import Settings
from documents import User
from tests.avatars.pictures import BLUE, GREEN, RED, near, photo, quarters, saved, webp
from tests.browser.conftest import Open
from tests.people import Person


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def chosen(page: Page, path: Path) -> None:
    await page.set_input_files("#f-file", path)
    await expect(page.locator("cropper-selection")).to_be_focused()


async def corners(person: Person) -> list[Any]:
    user = await User.get(person.id)
    assert user is not None
    assert user.avatar
    found = webp((await person.get(f"/files/{user.avatar}-384.webp")).content)
    edge = found.width - 6
    return [found.getpixel(at) for at in ((5, 5), (edge, 5), (5, edge))]


async def test_the_part_that_is_chosen_is_the_part_that_is_shown(open_as: Open, alice: Person, tmp_path: Path) -> None:
    """A photo that lies on its side, the upper left quarter of what one sees; nothing on the way breaks the policy."""
    page = await open_as(alice, "/settings/avatar")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await chosen(page, written(tmp_path, "photo.jpg", photo(6)))
    for key in ["Minus"] * 40 + ["ArrowLeft"] * 60 + ["ArrowUp"] * 60:
        await page.keyboard.press(key)
    await page.click("#avatar-save")
    await expect(page.locator(".flash")).to_contain_text("This is your picture now.")
    assert all(near(colour, RED) for colour in await corners(alice))
    assert said == []
    await chosen(page, written(tmp_path, "other.png", saved(quarters(), "PNG")))
    box = await page.locator("cropper-selection").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(0, box["y"], steps=5)  # far beyond the edge
    await page.mouse.up()
    async with page.expect_navigation():
        await page.click("#avatar-save")
    await expect(page.locator(".flash")).to_contain_text("This is your picture now.")
    found = await corners(alice)
    assert near(found[0], RED)
    assert near(found[1], GREEN)
    assert near(found[2], BLUE)


async def test_what_cannot_be_a_picture_is_not_sent(
    open_as: Open, alice: Person, settings: Settings, tmp_path: Path
) -> None:
    page = await open_as(alice, "/settings/avatar")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    large = photo() + b"\0" * settings.avatar_max_kib * 1024
    for name, content, sentence in (
        ("a.jpg", b"<svg/>", "This is not a picture"),
        ("a.jpg", b"", "The file is empty"),
        ("a.jpg", large, "up to 8 MiB"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", "HEIC"),
        ("a.png", saved(quarters(10, 10), "PNG"), "too small"),
    ):
        await page.set_input_files("#f-file", written(tmp_path, name, content))
        await expect(page.locator("#avatar-problem")).to_contain_text(sentence)
        assert await page.input_value("#f-file") == ""
    assert sent == []


async def test_a_lost_connection_loses_nothing(open_as: Open, alice: Person, tmp_path: Path) -> None:
    page = await open_as(alice, "/settings/avatar")
    await chosen(page, written(tmp_path, "a.png", saved(quarters(), "PNG")))
    await page.context.set_offline(True)
    await page.click("#avatar-save")
    await expect(page.locator("#avatar-problem")).to_contain_text("did not get through")
    await expect(page.locator("#avatar-save")).to_have_text("Try again")
    await page.context.set_offline(False)
    await page.click("#avatar-save")
    await expect(page.locator(".flash")).to_contain_text("This is your picture now.")


async def test_without_javascript_the_middle_is_shown(open_as: Open, alice: Person, tmp_path: Path) -> None:
    page = await open_as(alice, "/settings/avatar", java_script_enabled=False)
    await expect(page.locator("#f-file-hint")).to_contain_text("The square in the middle is shown.")
    await page.set_input_files("#f-file", written(tmp_path, "fake.jpg", b"no picture"))
    await page.click("#avatar-save")
    await expect(page.locator("#avatar-problem")).to_contain_text("This is not a picture")
    await page.set_input_files("#f-file", written(tmp_path, "a.png", saved(quarters(), "PNG")))
    await page.click("#avatar-save")
    await expect(page.locator(".flash")).to_contain_text("This is your picture now.")
    await page.click("text=Remove picture")
    await expect(page.locator(".flash")).to_contain_text("Your picture is removed.")


async def test_the_initial_is_seen_when_a_picture_does_not_come(open_as: Open, alice: Person, tmp_path: Path) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"avatar": "ab" * 32}})
    page = await open_as(None, f"/users/{alice.id}")
    await expect(page.locator(".avatar > img")).to_have_count(0)
    await expect(page.locator("main .avatar-l")).to_have_text("A")
    await User.raw().update_one({"_id": alice.id}, {"$set": {"avatar": ""}})  # else the doctor misses the file
