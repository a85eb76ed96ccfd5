"""The card over a name: by pointer, by keyboard, by touch, and never in the way. And the lists that grow in place."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from documents import Board, Topic, User
from tests import stock
from tests.browser.conftest import Open
from tests.people import Forum, Person

NARROW = {"width": 360, "height": 740}


@pytest.fixture
async def topic(forum: Forum, alice: Person, bob: Person) -> Topic:
    board = await forum.board("Garden · 花园")
    topic = await alice.opens(board, "Tomatoes")
    await bob.says(topic, "An answer, @alice")
    await User.raw().update_one({"_id": alice.id}, {"$set": {"signature": "I grow tomatoes"}})
    return topic


async def inside(page: Page) -> bool:
    """Whether the whole card is within the window."""
    box, size = await page.locator(".hover").bounding_box(), page.viewport_size
    assert box is not None
    assert size is not None
    return box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]


async def test_hovering_shows_it_and_following_works_in_place(open_as: Open, topic: Topic, bob: Person) -> None:
    page = await open_as(bob, f"/topics/{topic.oid}")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if request.url.endswith("/card") else None)
    card = page.locator(".hover")
    await page.hover("#c1 .who a.name")
    await expect(card).to_contain_text("I grow tomatoes")
    await expect(card).to_have_role("dialog")
    await expect(card).to_have_accessible_name("About alice")
    assert await inside(page)
    await card.hover()
    await card.get_by_role("button", name="Follow").click()
    await expect(card.get_by_role("button", name="Following")).to_be_focused()
    await expect(page.locator("#announce")).to_have_text("Following")
    assert page.url.endswith(f"/topics/{topic.oid}")
    await page.mouse.move(5, 5)
    await expect(card).to_have_count(0)
    await page.hover("#c2 a.mention")
    await expect(card.get_by_role("button", name="Following")).to_be_visible()
    assert len(fetched) == 1
    alice = await User.load(topic.author)
    assert alice is not None
    assert alice.follower_count == 1


async def test_the_pointer_passing_by_shows_nothing_and_leaving_hides_it(open_as: Open, topic: Topic) -> None:
    page = await open_as(None, f"/topics/{topic.oid}")
    card = page.locator(".hover")
    await page.hover("#c1 .who a.name")
    await page.mouse.move(5, 5)
    await page.hover("#c2 .who a.name")
    await expect(card).to_contain_text("@bob")
    await expect(card.get_by_role("link", name="Follow")).to_have_attribute("href", re.compile(r"^/login\?next="))
    await page.mouse.move(5, 5)
    await expect(card).to_have_count(0)


async def test_by_keyboard_one_gets_in_out_and_on(open_as: Open, topic: Topic, bob: Person) -> None:
    page = await open_as(bob, f"/topics/{topic.oid}")
    card, link = page.locator(".hover"), page.locator("#c1 .who a.name")
    await page.locator("#c1 .comment-number").focus()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(link).to_be_focused()
    await expect(card).to_be_visible()
    await expect(link).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Tab")
    await expect(card.locator("a.name")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(card).to_have_count(0)
    await expect(link).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Tab")
    await expect(card).to_be_visible()
    for _ in range(await card.locator("a, button").count()):
        await page.keyboard.press("Tab")
    await expect(card.locator("a, button").last).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(card).to_have_count(0)
    await expect(page.locator("#c1 .permalink").first).to_be_focused()


async def test_a_tap_shows_it_and_the_next_goes_on(open_as: Open, topic: Topic, bob: Person, alice: Person) -> None:
    page = await open_as(bob, f"/topics/{topic.oid}", viewport=NARROW, has_touch=True, is_mobile=True)
    card, link = page.locator(".hover"), page.locator("#c1 .who a.name")
    await link.tap()
    await expect(card).to_contain_text("I grow tomatoes")
    assert await inside(page)
    await page.locator("h1").tap()
    await expect(card).to_have_count(0)
    await link.tap()
    await expect(card).to_be_visible()
    await link.tap()
    await expect(page).to_have_url(re.compile(f"/users/{alice.id}$"))


async def test_names_in_the_feed_have_it_too(open_as: Open, topic: Topic, bob: Person, alice: Person) -> None:
    await bob.send(f"/users/{alice.id}/follow")
    page = await open_as(bob, "/following")
    await page.hover(".written-facts a.name")
    await expect(page.locator(".hover")).to_contain_text("I grow tomatoes")


async def test_more_is_loaded_in_place_and_the_address_goes_along(
    open_as: Open, forum: Forum, alice: Person, bob: Person
) -> None:
    board: Board = await forum.board("Garden")
    (topic,) = await stock.topics(board, bob, 1)
    await stock.comments(topic, alice, 45)
    page = await open_as(bob, f"/users/{alice.id}/comments")
    rows = page.locator(".written-row")
    await expect(rows).to_have_count(20)
    await page.get_by_role("link", name="Load more").click()
    await expect(rows).to_have_count(40)
    await expect(rows.nth(20).locator("a").first).to_be_focused()
    await expect(page).to_have_url(re.compile(r"/comments\?after="))
    await page.get_by_role("link", name="Load more").click()
    await expect(rows).to_have_count(45)
    await expect(page.get_by_role("link", name="Load more")).to_have_count(0)
    plain = await open_as(bob, f"/users/{alice.id}/comments", java_script_enabled=False)
    await plain.get_by_role("link", name="Load more").click()
    await expect(plain.locator(".written-row")).to_have_count(20)
    await expect(plain).to_have_url(re.compile(r"/comments\?after="))


async def test_following_and_blocking_work_without_javascript(open_as: Open, alice: Person, bob: Person) -> None:
    page = await open_as(bob, f"/users/{alice.id}", java_script_enabled=False)
    await page.get_by_role("button", name="Follow").click()
    await expect(page.get_by_role("button", name="Following")).to_be_visible()
    await page.locator(".person details.menu summary").click()
    await page.get_by_role("button", name="Block").click()
    await expect(page.locator(".person")).to_contain_text("You have blocked alice.")
    await page.locator("header details.menu summary").first.click()
    await page.locator("header .menu-sheet [data-theme-value=dark]").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_times_are_told_in_the_zone_of_the_account(open_as: Open, topic: Topic, bob: Person) -> None:
    await bob.send("/settings/look", time_zone="Pacific/Kiritimati")
    page = await open_as(bob, f"/topics/{topic.oid}", timezone_id="America/New_York")
    shown = page.locator("#c1 time").first
    moment = topic.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    wanted = await page.evaluate(
        "(at) => new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: 'long', timeStyle: 'short',"
        " timeZone: 'Pacific/Kiritimati'}).format(new Date(at))",
        moment,
    )
    await expect(shown).to_have_attribute("title", wanted)
