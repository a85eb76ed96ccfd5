"""The line of a page to the forum: whatever becomes of network, computer or tab, nothing is missed or doubled."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from quart import Quart

from app.assembly import AUTH_COOKIE
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from documents import Board
from tests.browser.conftest import FLAGS, Open
from tests.people import Forum, Person
from tests.realtime.blocking import blocking

HEARD = """
window.heard = [];
document.addEventListener("quorum:event", ({ detail }) => window.heard.push(detail.seq));
"""
NEVER_OPEN = """
window.WebSocket = class { constructor() { this.readyState = 3; setTimeout(() => this.onclose({code: 1006}), 5); } };
WebSocket.OPEN = 1;
"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => hidden ? "hidden" : "visible" });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


async def open_live(open_as: Open, person: Person, path: str = "/boards") -> Page:
    """A page that notes the events it gets, and is live."""
    page = await open_as(person, "/healthz")
    await page.context.add_init_script(HEARD)
    await page.goto(path)
    await expect(light(page)).to_have_attribute("data-state", "live")
    return page


def light(page: Page) -> Any:
    return page.locator("#live")


async def events(page: Page, count: int) -> None:
    """Each of the person's events so far, in order, once."""
    await page.wait_for_function("(count) => window.heard.length >= count", arg=count)
    assert await page.evaluate("window.heard") == list(range(1, count + 1))


async def cut(app: Quart) -> None:
    """Every line is cut off, without a goodbye that a browser could take for an order."""
    hub: Hub = app.extensions[HUB]
    await hub.close_all(1011)


async def test_cut_lines_come_back_and_miss_nothing(
    app: Quart, board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    page = await open_live(open_as, bob)
    topic = await alice.opens(board, "Title", "@bob one")
    await events(page, 1)
    for number in range(2, 4):
        await cut(app)
        await alice.says(topic, f"@bob {number}")
        await events(page, number)
        await expect(light(page)).to_have_attribute("data-state", "live")


async def test_sleep_and_wake(app: Quart, board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    """Frozen, a page hears nothing; its line dies meanwhile."""
    page = await open_live(open_as, bob)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    topic = await alice.opens(board, "Title", "@bob one")
    await cut(app)
    await alice.says(topic, "@bob two")
    await devtools.send("Page.setWebLifecycleState", {"state": "active"})
    await events(page, 2)
    await expect(page.locator("#toasts .toast")).to_have_count(2)
    await expect(page.locator(".top [data-unread=notifications]")).to_have_text("2")


async def test_a_line_that_died_in_silence_is_found_on_waking(
    app: Quart, board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    """As after a night: the browser takes the line for open, nobody is at the other end."""
    page = await open_as(bob, "/healthz")
    await page.context.add_init_script(HEARD)
    await page.context.add_init_script("""
      const Real = WebSocket;
      window.lines = [];
      window.WebSocket = class extends Real { constructor(...given) { super(...given); lines.push(this); } };
    """)
    await page.goto("/boards")
    await expect(light(page)).to_have_attribute("data-state", "live")
    await page.evaluate(
        "const line = lines[0]; line.onmessage = () => {}; line.send = () => {}; line.close = () => {};"
    )
    await alice.opens(board, "Title", "@bob one")
    await page.evaluate(HIDE, True)
    await page.evaluate(HIDE, False)
    await expect(light(page)).to_have_attribute("data-state", "catching-up")
    await events(page, 1)
    await expect(light(page)).to_have_attribute("data-state", "live")


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not-kept"])
async def test_back_to_a_page(
    forum: Forum, board: Board, chromium: Browser, alice: Person, bob: Person, kept: bool
) -> None:
    """With the browser's back/forward cache, which Playwright turns off and the headless shell lacks, and without."""
    off = ["--disable-back-forward-cache"]
    path = os.environ["QUORUM_TEST_WHOLE_BROWSER" if kept else "QUORUM_TEST_BROWSER"]
    browser = await chromium.browser_type.launch(
        executable_path=path, args=FLAGS, ignore_default_args=off if kept else []
    )
    context = await browser.new_context(base_url=forum.origin, locale="en-GB")
    cookie = {"name": AUTH_COOKIE, "value": forum.cookie(bob.token), "url": forum.origin}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    await context.add_init_script("addEventListener('pageshow', (event) => { window.persisted = event.persisted; });")
    page = await context.new_page()
    await page.goto("/boards")
    await expect(light(page)).to_have_attribute("data-state", "live")
    await page.goto("/healthz")
    await alice.opens(board, "While away", "@bob one")
    await page.evaluate("history.back()")
    await page.wait_for_function("location.pathname === '/boards'")
    await expect(page.locator(".top [data-unread=notifications]")).to_have_text("1")
    await expect(light(page)).to_have_attribute("data-state", "live")
    if kept:
        await expect(page.locator("#toasts .toast")).to_have_count(1)
    assert await page.evaluate("window.persisted") is kept
    await browser.close()


async def test_tabs_have_the_same_numbers_and_one_toast(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    one = await open_live(open_as, bob)
    two = await one.context.new_page()
    await two.goto("/boards")
    await expect(light(two)).to_have_attribute("data-state", "live")
    await two.evaluate(HIDE, True)
    await alice.opens(board, "Title", "@bob one")
    for page in (one, two):
        await expect(page.locator(".top [data-unread=notifications]")).to_have_text("1")
        await expect(page).to_have_title("(1) Boards · Quorum")
    await expect(one.locator("#toasts .toast")).to_have_count(1)
    await two.evaluate(HIDE, False)
    await expect(two.locator("#toasts .toast")).to_have_count(0)
    await one.click("#toasts a")
    for page in (one, two):
        await expect(page.locator(".top [data-unread=notifications]")).to_be_hidden()


async def test_what_came_while_nobody_looked_is_shown_when_somebody_does(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    page = await open_live(open_as, bob)
    await page.evaluate(HIDE, True)
    await alice.opens(board, "Title", "@bob one")
    await events(page, 1)
    await expect(page.locator("#toasts .toast")).to_have_count(0)
    await page.evaluate(HIDE, False)
    await expect(page.locator("#toasts .toast")).to_have_count(1)


async def test_blocked_websockets_end_with_the_same(board: Board, open_as: Open, alice: Person, bob: Person) -> None:
    """A proxy that answers 403 to each try: the feed brings events and numbers, and says when one is logged out."""
    page = await open_as(bob, "/healthz")
    await page.context.add_init_script(HEARD + NEVER_OPEN)
    await page.clock.install()
    topic = await alice.opens(board, "Title", "@bob one")
    await page.goto("/boards")
    await page.clock.run_for(10_000)
    await expect(light(page)).to_have_attribute("data-state", "live")
    for number in range(2, 4):
        await alice.says(topic, f"@bob {number}")
        await page.clock.run_for(16_000)
        await expect(page.locator(".top [data-unread=notifications]")).to_have_text(str(number))
    await page.wait_for_function("window.heard.length === 2")
    assert await page.evaluate("window.heard") == [2, 3]
    await bob.send("/logout")
    await page.clock.run_for(16_000)
    await expect(light(page)).to_have_attribute("data-state", "offline")


async def test_behind_a_proxy_that_refuses_websockets_the_result_is_the_same(
    forum: Forum, board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    """Two browsers of one person: what one has by its line, the other has by asking."""
    direct = await open_live(open_as, bob)
    page = await open_as(bob, "/healthz")
    await page.context.add_init_script(HEARD)
    await page.clock.install()
    async with blocking(forum.settings.port, 403, 426) as proxy:
        await page.goto(f"http://127.0.0.1:{proxy.port}/boards")
        topic = await alice.opens(board, "Title", "@bob one")
        for number in (2, 3):
            await alice.says(topic, f"@bob {number}")
        await events(direct, 3)
        for _ in range(100):
            await page.clock.run_for(1_000)
            if (
                len(await page.evaluate("window.heard")) == 3
                and await light(page).get_attribute("data-state") == "live"
            ):
                break
        assert await page.evaluate("window.heard") == await direct.evaluate("window.heard") == [1, 2, 3]
        for tab in (page, direct):
            await expect(tab.locator(".top [data-unread=notifications]")).to_have_text("3")
        await expect(light(page)).to_have_attribute("data-state", "live")
        assert proxy.refused > 2


async def test_websockets_that_are_blocked_later_are_replaced_too(
    app: Quart, board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    page = await open_live(open_as, bob)
    await page.evaluate(NEVER_OPEN)
    await cut(app)
    await alice.opens(board, "Title", "@bob one")
    await events(page, 1)


async def test_a_log_out_elsewhere_ends_the_line_for_good(app: Quart, open_as: Open, bob: Person) -> None:
    page = await open_live(open_as, bob)
    await bob.send("/logout")
    await expect(light(page)).to_have_attribute("data-state", "offline")
    hub: Hub = app.extensions[HUB]
    assert hub.sockets() == []


async def test_a_line_that_was_closed_for_noise_comes_back(
    app: Quart, board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    page = await open_live(open_as, bob)
    hub: Hub = app.extensions[HUB]
    await hub.close_all(1008)
    await alice.opens(board, "Title", "@bob one")
    await events(page, 1)
    async with asyncio.timeout(10):
        while not hub.sockets():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.02)
