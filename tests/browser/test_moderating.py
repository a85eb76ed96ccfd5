"""A moderator's day in the browser: half of it without JavaScript, on a phone and in Chinese."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from documents import Board, Topic, User
from tests.browser.conftest import PHONE, Open
from tests.moderation.test_telling import heard
from tests.people import Forum, Person


@pytest.fixture
async def topic(board: Board, alice: Person, bob: Person) -> Topic:
    """Alice's, with two answers, of which the second goes off the subject."""
    topic = await alice.opens(board, "Roses", "Which roses?")
    await bob.says(topic, "Red ones")
    await bob.says(topic, "And which spade?")
    return topic


async def test_a_topic_is_moved_split_and_put_back(
    forum: Forum, topic: Topic, bob: Person, mod: Person, open_as: Open
) -> None:
    await forum.board("Orchard", position=2)
    page = await open_as(mod, f"/topics/{topic.oid}")
    await page.get_by_label("Moderate this topic").click()
    await page.get_by_role("link", name="Move, merge, split…").click()
    move = page.get_by_role("region", name="Move to another board")
    await move.get_by_label("Board").select_option("Orchard")
    await move.get_by_label("Reason").fill("Trees")
    await move.get_by_role("button").click()
    await expect(page.get_by_text("Topic moved.")).to_be_visible()
    await page.goto(f"/topics/{topic.oid}/moderate")
    split = page.get_by_role("region", name="Move comments into a new topic")
    await split.get_by_role("checkbox", name=re.compile("And which spade")).check()
    await split.get_by_label("Title of the new topic").fill("Spades")
    await split.get_by_role("button").click()
    await expect(page.get_by_role("heading", name="Spades")).to_be_visible()
    await page.goto(f"/topics/{topic.oid}/moderate")
    await page.get_by_role("button", name="Undo: Split topic").click()
    await expect(page.get_by_text("Undone.")).to_be_visible()
    await page.goto(f"/topics/{topic.oid}")
    await expect(page.get_by_text("And which spade?")).to_be_visible()
    assert [text.split(" what")[0] for text in await heard(bob)] == [
        "Moderators have moved",
        "Moderators have taken back",
    ]


async def test_a_menu_at_the_edge_of_the_window_opens_in_sight(topic: Topic, mod: Person, open_as: Open) -> None:
    page = await open_as(mod, f"/topics/{topic.oid}", viewport={"width": 390, "height": 300})
    menu = page.locator(".act-menu").first
    await menu.evaluate("menu => window.scrollTo(0, menu.getBoundingClientRect().bottom + scrollY - innerHeight)")
    await menu.locator("summary").evaluate("summary => summary.click()")  # else the page is scrolled for the click
    await expect(menu.get_by_role("link", name="What was done")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [320, 390, 600, 1440])
async def test_every_menu_of_a_topic_is_within_the_window(topic: Topic, mod: Person, open_as: Open, width: int) -> None:
    page = await open_as(mod, f"/topics/{topic.oid}", viewport={"width": width, "height": 800})
    await expect(page.locator("main details[data-menu]")).to_have_count(4)
    for menu in await page.locator("main details[data-menu]").all():
        await menu.locator("summary").click()
        await expect(menu.locator(".menu-sheet")).to_be_in_viewport(ratio=0.99)
        await page.keyboard.press("Escape")


async def test_without_javascript_on_a_phone_in_chinese(
    board: Board, topic: Topic, alice: Person, mod: Person, open_as: Open
) -> None:
    other = await alice.opens(board, "Tulips", "Which tulips?")
    page = await open_as(mod, "/topics/choose", locale="zh-CN", viewport=PHONE, java_script_enabled=False)
    await _fits(page)
    for title in ("Roses", "Tulips"):
        await page.get_by_role("checkbox", name=re.compile(title)).check()
    await page.get_by_role("button", name="锁定", exact=True).click()
    assert [(await Topic.load(id)).locked for id in (topic.oid, other.oid)] == [True, True]  # type: ignore[union-attr]
    for act in ("warn", "silence"):
        await page.goto(f"/users/{alice.id}/moderate")
        await _fits(page)
        await page.locator(f"#why-{act}").fill("请友善")
        await page.locator(f"form[action$='/{act}'] button").click()
    alice_now = await User.get(alice.id)
    assert alice_now is not None
    assert alice_now.warned_at is not None
    assert alice_now.silence_reason == "请友善"
    await page.goto(f"/topics/{topic.oid}/delete")
    await page.locator("[name=reason]").fill("重复")
    await page.locator("main form button[type=submit]").click()
    await page.goto("/moderation/bin")
    await _fits(page)
    await expect(page.get_by_text("重复")).to_be_visible()
    await expect(page.get_by_text("还剩 30 天")).to_be_visible()
    await page.get_by_role("link", name="查看“Roses”").click()
    await expect(page.get_by_text("Which roses?")).to_be_visible()
    await page.get_by_role("button", name="恢复").click()
    await expect(page.get_by_text("已恢复 1 项。")).to_be_visible()
    await expect(page.get_by_text("这里什么也没有。")).to_be_visible()
    assert (await Topic.load(topic.oid)).live  # type: ignore[union-attr]


async def _fits(page: Page) -> None:
    """Nothing is cut off or scrolls sideways."""
    width = await page.locator("main").evaluate("main => document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
