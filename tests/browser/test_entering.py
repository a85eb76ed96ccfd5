"""Signing up, confirming and getting back in, by links in letters, in a real browser."""

from __future__ import annotations

import re

import pytest
from bson import ObjectId
from playwright.async_api import expect

from tests.browser.conftest import PHONE, Open
from tests.mailbox import PostOffice
from tests.people import PASSWORD

NEW_PASSWORD = "a whole new sentence"
EYE = "#f-password ~ .eye"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
async def test_from_signing_up_to_a_new_password(open_as: Open, mailbox: PostOffice, javascript: bool) -> None:
    address = f"newcomer-{ObjectId()}@example.org"
    page = await open_as(None, "/register", java_script_enabled=javascript, viewport=PHONE)
    await expect(page.locator("#f-subject")).not_to_be_in_viewport()
    for name, value in (("username", "newcomer"), ("email", address), ("password", PASSWORD), ("confirm", PASSWORD)):
        await page.fill(f"#f-{name}", value)
    if javascript:
        await page.click(EYE)
        await expect(page.locator("#f-password")).to_have_attribute("type", "text")
    else:
        await expect(page.locator(EYE)).to_have_count(0)
    await page.press("#f-confirm", "Enter")
    await expect(page.locator(".warnbar")).to_be_visible()
    await page.goto((await mailbox.letter_to(address)).path)
    await page.click("main .button-main")
    await expect(page.locator(".flash")).to_contain_text(f"{address} is confirmed")
    await expect(page.locator(".warnbar")).to_have_count(0)
    await page.goto("/password/forgot")
    await page.fill("#f-email", address)
    await page.press("#f-email", "Enter")
    await expect(page.locator("h1")).to_have_text("Look into your mailbox")
    await page.goto((await mailbox.letter_to(address, about="new password")).path)
    await page.fill("#f-password", NEW_PASSWORD)
    await page.fill("#f-confirm", NEW_PASSWORD)
    await page.press("#f-confirm", "Enter")
    await page.wait_for_url(re.compile("/login"))
    await page.fill("#f-login", "newcomer")
    await page.fill("#f-password", NEW_PASSWORD)
    await page.press("#f-password", "Enter")
    await page.wait_for_url(re.compile("/$"))


async def test_enter_in_the_captcha_sends_the_form_and_another_picture_does_not(open_as: Open) -> None:
    page = await open_as(None, "/login")
    for _ in range(3):
        await page.fill("#f-login", "nobody")
        await page.fill("#f-password", "a wrong guess")
        await page.press("#f-password", "Enter")
        await expect(page.locator(".problems")).to_be_visible()
        await page.wait_for_load_state()
    picture = page.locator("img[data-captcha]")
    before = await picture.get_attribute("src")
    await page.fill("#f-password", "a wrong guess")
    await page.click("[data-again]")
    await expect(picture).not_to_have_attribute("src", before or "")
    await expect(page.locator("#f-password")).to_have_value("a wrong guess")
    await page.fill("#f-captcha", "0")
    await page.press("#f-captcha", "Enter")
    await expect(page.locator("#f-captcha-error")).to_have_text("That was not the answer. Here is a new one.")
