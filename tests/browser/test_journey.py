"""What people do, in real browsers: with and without JavaScript, in two windows, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from documents import Board
from tests.browser.conftest import PHONE, Open
from tests.people import PASSWORD, Forum, Person

ANY_ID = re.compile(r"^[0-9a-f]{24}$")
NO_WEBSOCKETS = """
window.WebSocket = class { constructor() { this.readyState = 3; setTimeout(() => this.onclose({code: 1006}), 5); } };
WebSocket.OPEN = 1;
"""


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board("Garden · 花园")


async def register(page: Page, name: str) -> None:
    await page.goto("/register")
    await page.fill("[name=username]", name)
    await page.fill("[name=email]", f"{abs(hash(name))}@example.org")
    await page.fill("[name=password]", PASSWORD)
    await page.fill("[name=confirm]", PASSWORD)
    await page.click("main [type=submit]")
    await expect(page.locator("body")).to_have_attribute("data-user", ANY_ID)


async def open_topic(page: Page, board: Board, title: str, body: str) -> None:
    await page.goto(f"/boards/{board.oid}/topics/new")
    await page.fill("[name=title]", title)
    await page.fill("[name=body]", body)
    await page.click("main [type=submit]:not([name=preview])")
    await expect(page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
async def test_register_post_mention_and_message(board: Board, open_as: Open, javascript: bool) -> None:
    anna = await open_as(None, "/", java_script_enabled=javascript)
    await register(anna, "anna")
    xiaowang = await open_as(None, "/", java_script_enabled=javascript, locale="zh-CN", viewport=PHONE)
    await register(xiaowang, "小王")

    await open_topic(anna, board, "Balcony tomatoes", "Which **variety** stays small?")
    await anna.fill("[name=body]", "你好@小王你怎么看?")
    await anna.click("#reply [type=submit]:not([name=preview])")
    await expect(anna.locator("a.mention")).to_have_text("@小王")

    await xiaowang.goto("/notifications")
    await xiaowang.click("main a:has-text('Balcony tomatoes')")
    await expect(xiaowang.locator("#c2")).to_contain_text("你怎么看")

    await xiaowang.goto("/messages/new?to=anna")
    await xiaowang.fill("[name=title]", "番茄")
    await xiaowang.fill("[name=body]", "下次见面细聊。")
    await xiaowang.click("main [type=submit]:not([name=preview])")
    await expect(xiaowang.locator("h1")).to_have_text("番茄")

    await anna.goto("/messages/requests")
    await anna.click("main a:has-text('番茄')")
    await expect(anna.locator("main")).to_contain_text("下次见面细聊。")


async def test_a_mention_and_a_message_appear_without_a_reload(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    there = await open_as(bob, "/boards")
    await expect(there.locator("#live")).to_have_attribute("data-state", "live")
    await alice.opens(board, "Balcony tomatoes", "@bob have a look")
    await expect(there.locator("#toasts")).to_contain_text("Balcony tomatoes")
    await expect(there.locator(".top [data-unread=notifications]")).to_have_text("1")
    await alice.writes("bob", "Lunch on Friday?")
    await expect(there.locator("#toasts")).to_contain_text("Lunch on Friday?")
    await expect(there.locator(".top [data-unread=messages]")).to_have_text("1")
    await expect(there).to_have_title("(2) Boards · Quorum")
    await there.click("#toasts a:has-text('Balcony tomatoes')")
    await expect(there.locator("h1")).to_have_text("Balcony tomatoes")
    await expect(there.locator(".top [data-unread=notifications]")).to_be_hidden()


async def test_what_happened_while_offline_appears_once_when_back(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    there = await open_as(bob, "/boards")
    await expect(there.locator("#live")).to_have_attribute("data-state", "live")
    await there.context.set_offline(True)
    await expect(there.locator("#live")).to_have_attribute("data-state", "offline")
    await alice.opens(board, "First", "@bob one")
    await alice.opens(board, "Second", "@bob two")
    await there.context.set_offline(False)
    await expect(there.locator("#live")).to_have_attribute("data-state", "live")
    await expect(there.locator("#toasts .toast")).to_have_count(2)
    await expect(there.locator(".top [data-unread=notifications]")).to_have_text("2")


async def test_where_websockets_are_blocked_the_feed_brings_the_news(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    there = await open_as(bob, "/healthz")
    await there.add_init_script(NO_WEBSOCKETS)
    await there.clock.install()
    await there.goto("/boards")
    await expect(there.locator("#live")).to_have_attribute("data-state", "live")
    await alice.opens(board, "By the feed", "@bob hello")
    await there.clock.fast_forward(16_000)
    await expect(there.locator("#toasts")).to_contain_text("By the feed")


async def test_the_keyboard_alone_is_enough(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board, "Keys", "Only keys")
    page = await open_as(alice, f"/topics/{topic.oid}")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.focus("[name=body]")
    await page.keyboard.type("Written by keyboard")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#c2")).to_contain_text("Written by keyboard")


async def test_no_page_is_wider_than_a_small_phone(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(
        board,
        "W" * 120,
        "```\n" + "wide " * 80 + "\n```\n\n" + "x" * 300 + "\n\n| a | b |\n|---|---|\n| " + "c" * 200 + " | d |",
    )
    small = {"width": 320, "height": 640}
    page = await open_as(alice, "/", viewport=small)
    for path in (
        "/",
        "/boards",
        f"/topics/{topic.oid}",
        "/messages",
        "/messages/new",
        "/notifications",
        "/settings/account",
    ):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
