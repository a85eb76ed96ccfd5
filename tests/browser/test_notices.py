"""The bell in several tabs, and the ledger under the editor."""

from __future__ import annotations

from playwright.async_api import Page, expect

from documents import Board
from tests.browser.conftest import Open
from tests.people import Person

BADGE = '[data-unread="notifications"]:visible'


async def test_every_tab_has_the_same_number_whatever_is_marked_where(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Tomatoes")
    tabs: list[Page] = [await open_as(bob, "/notifications"), await open_as(bob, "/boards")]
    for tab in tabs:
        await expect(tab.locator("#live")).to_have_attribute("data-state", "live")
    for word in ("one", "two"):
        await alice.says(topic, f"@bob {word}")
    for tab in tabs:
        await expect(tab.locator(BADGE)).to_have_text("2")
        await expect(tab).to_have_title("(2) " + (await tab.title()).removeprefix("(2) "))
    first, other = tabs
    await first.get_by_role("link", name="Something new has come").click()
    await first.get_by_label("Choose all shown").check()
    await first.get_by_role("button", name="Mark chosen as read").click()
    await expect(first.locator(".note-unread")).to_have_count(0)
    for tab in tabs:
        await expect(tab.locator(BADGE)).to_have_count(0)
    await first.locator(".note").nth(0).get_by_role("button", name="Mark as unread").click()
    await expect(first.locator(".note-unread")).to_have_count(1)
    for tab in (first, other):
        await expect(tab.locator(BADGE)).to_have_text("1")


async def test_the_ledger_follows_what_is_typed(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Tomatoes")
    page = await open_as(alice, f"/topics/{topic.oid}")
    area, ledger = page.locator("#reply [name=body]"), page.locator("#reply [data-ledger]")
    await area.press_sequentially("Hello ")
    await expect(ledger).to_be_hidden()
    await area.press_sequentially("@bob ")
    await expect(ledger).to_have_text("Will be told: bob")
    await area.fill("Hello")
    await expect(ledger).to_be_hidden()
