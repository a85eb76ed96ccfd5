"""Two people in a conversation that both have open: it grows, changes and is read before their eyes."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from app.messages import views
from tests.browser.conftest import PHONE, Open
from tests.messages.talk import allow
from tests.people import Person

SEND = "#reply [type=submit]:not([name=preview])"


async def says(page: Page, text: str) -> None:
    """Write into the box of the thread, and send."""
    await page.fill("#reply textarea", text)
    await page.click(SEND)
    await expect(page.locator("#messages")).to_contain_text(text)


async def test_a_request_is_accepted_and_the_thread_grows(open_as: Open, alice: Person, xiaoming: Person) -> None:
    await allow(alice, shows_read=True)
    await allow(xiaoming, shows_read=True)
    thread = await alice.writes("小明", "Picnic", "Are you coming?", as_stranger=True)
    there = await open_as(xiaoming, "/messages", locale="zh-CN", viewport=PHONE)
    await expect(there.locator("#live")).to_have_attribute("data-state", "live")
    await expect(there.locator(".tab-count")).to_have_text("1")
    await expect(there.locator("[data-unread=messages]").first).to_be_hidden()
    await there.click(".tabs a[href='/messages/requests']")
    await there.click("main a:has-text('Picnic')")
    await expect(there.locator("#reply")).to_have_count(0)
    await there.click("button[formaction$='/accept']")
    await expect(there.locator("#reply [data-tools]")).to_be_visible()
    await there.wait_for_load_state()

    here = await open_as(alice, f"/messages/{thread}")
    await expect(here.locator("#live")).to_have_attribute("data-state", "live")
    await expect(here.locator("[data-seen='1']")).to_be_visible()
    await here.fill("#reply textarea", "half a sen")
    await says(there, "好啊，我带水果")
    await expect(here.locator("#m2")).to_contain_text("我带水果")
    await expect(here.locator("#reply textarea")).to_have_value("half a sen")
    await expect(there.locator("#reply textarea")).to_have_value("")
    await says(there, "好啊，我带水果")
    await expect(here.locator("#m3")).to_be_visible()
    await expect(here.locator("#toasts .toast")).to_have_count(0)
    await says(here, "Lovely")
    await expect(there.locator("#m4")).to_contain_text("Lovely")
    await expect(here.locator("[data-seen='4']")).to_be_visible()
    await expect(there.locator("[data-unread=messages]").first).to_be_hidden()

    await xiaoming.send(f"/messages/{thread}/3/edit", body="改一下：我带汽水", seen="0")
    await expect(here.locator("#m3")).to_contain_text("我带汽水")
    await alice.send(f"/messages/{thread}/4/delete")
    await expect(here.locator("#m4")).to_have_count(0)
    await expect(there.locator("#m4")).to_be_visible()


async def test_a_thread_that_grows_beyond_what_a_page_asks_about_stays_live(
    open_as: Open, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SHOWN_MAX", 8)
    thread = await alice.writes("bob", body="Number 1" + "\n\nand on" * 60)
    page = await open_as(bob, f"/messages/{thread}")
    await expect(page.locator("#live")).to_have_attribute("data-state", "live")
    await page.evaluate("scrollTo(0, 0)")
    for number in range(2, 20):
        await alice.send(f"/messages/{thread}/replies", body=f"Number {number}" + "\n\nand on" * 9)
    await expect(page.locator("#m19")).to_contain_text("Number 19")
    await expect(page.locator("#m1")).to_be_attached()  # it is what bob looks at
    await page.locator("#m19").scroll_into_view_if_needed()
    await alice.send(f"/messages/{thread}/19/edit", body="Another text", seen="0")
    await expect(page.locator("#m19")).to_contain_text("Another text")
    await expect(page.locator("#m1")).to_have_count(0)
    await page.get_by_role("link", name="Earlier messages").click()
    await expect(page.locator("#m1")).to_contain_text("Number 1")


async def test_a_group_without_scripts(open_as: Open, alice: Person, bob: Person, charlie: Person) -> None:
    await alice.known_to("bob", "charlie")
    page = await open_as(alice, "/messages/new", java_script_enabled=False)
    await page.fill("[name=to]", "bob, charlie")
    await page.fill("[name=title]", "Outing")
    await page.fill("[name=body]", "Where to?")
    await page.click("main [type=submit]:not([name=preview])")
    await says(page, "To the lake?")
    await page.click(".thread-people")
    await page.fill("[name=title]", "Lake")
    await page.click("button:has-text('Rename')")
    await expect(page.locator("h1")).to_have_text("Lake")
    await expect(page.locator(".happened")).to_contain_text("alice named the group “Lake”")
    await page.click(".thread-people")
    await page.click("li:has-text('charlie') button")
    await expect(page.locator(".people")).not_to_contain_text("charlie")
    await page.click("button:has-text('Leave the group')")
    await page.goto("/messages/sent")
    await page.click("main a:has-text('Lake')")
    await expect(page.locator("#reply")).to_have_count(0)
    await expect(page.locator("main")).to_contain_text("You keep what was said")
