"""Writing that is interrupted: a log-in that ends, a network that goes, a second tab, the way back after sending."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from app.accounts import logins
from documents import Board, Comment, Draft, Topic
from tests.browser.conftest import LAPTOP, PHONE, Open
from tests.people import PASSWORD, Person

BODY, SEND, STATE = "#reply [name=body]", "#reply [type=submit]:not([name])", "[data-draft-state]"


async def log_in(page: Page, person: Person) -> None:
    await page.fill("#f-login", person.name)
    await page.fill("#f-password", PASSWORD)
    await page.press("#f-password", "Enter")


async def said_once(topic: Topic, text: str) -> None:
    """There is one comment, with this text, and no draft."""
    assert [comment.body for comment in await Comment.find({"topic": topic.oid, "number": {"$gt": 1}}).to_list()] == [
        text
    ]
    assert await Draft.find_all().count() == 0


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
async def test_a_log_in_that_ended_leads_back_to_the_text(
    board: Board, open_as: Open, xiaoming: Person, javascript: bool
) -> None:
    topic = await xiaoming.opens(board)
    page = await open_as(
        xiaoming, f"/topics/{topic.oid}", locale="zh-CN", java_script_enabled=javascript, viewport=PHONE
    )
    await page.fill(BODY, "写了一个小时")
    if javascript:
        await expect(page.locator(STATE)).to_contain_text("草稿已保存")
    await logins.end_all(xiaoming.id)
    await page.fill(BODY, "写了一个小时，还有最后一句。")
    await page.click(SEND)
    await expect(page.locator("h1")).to_have_text("登录已失效")
    await expect(page.locator(".kept")).to_contain_text("还有最后一句")
    await page.click("text=登录并继续写")
    await log_in(page, xiaoming)
    await expect(page.locator(BODY)).to_have_value("写了一个小时，还有最后一句。")
    assert await Comment.find({"topic": topic.oid}).count() == 1, "nothing is sent by itself"
    await page.click(SEND)
    await expect(page.locator("#c2")).to_contain_text("还有最后一句")
    await said_once(topic, "写了一个小时，还有最后一句。")


async def test_who_still_writes_when_the_log_in_ends_hears_of_it_and_loses_nothing(
    board: Board, open_as: Open, alice: Person
) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, f"/topics/{topic.oid}")
    await logins.end_all(alice.id)
    await page.fill(BODY, "Still writing")
    await expect(page.locator(STATE)).to_contain_text("Your log-in has ended")
    await page.locator(BODY).press_sequentially(", and on")
    await page.locator(STATE).get_by_role("button", name="Log in").click()
    await log_in(page, alice)
    await expect(page.locator(BODY)).to_have_value("Still writing, and on")
    await page.click(SEND)
    await expect(page.locator("#c2")).to_contain_text("Still writing, and on")
    await said_once(topic, "Still writing, and on")


async def in_the_tunnel(open_as: Open, person: Person, topic: Topic) -> Page:
    """A reply that is typed while the network is gone."""
    page = await open_as(person, f"/topics/{topic.oid}")
    await page.context.set_offline(True)
    await page.fill(BODY, "In the tunnel")
    await expect(page.locator(STATE)).to_contain_text("kept on this device")
    return page


async def opened_again(closed: Page, topic: Topic) -> Page:
    """The topic in the same browser, with what was typed before; then the network is gone again."""
    await closed.context.set_offline(False)
    page = await closed.context.new_page()
    await page.goto(f"/topics/{topic.oid}")
    await expect(page.locator(BODY)).to_have_value("In the tunnel")
    await page.context.set_offline(True)
    return page


async def out_of_it(page: Page, topic: Topic) -> None:
    """More is typed, the network is there again, and all of it is sent."""
    await page.locator(BODY).press_sequentially(", and out of it")
    await expect(page.locator(STATE)).to_contain_text("kept on this device")
    await page.context.set_offline(False)
    await expect(page.locator(STATE)).to_contain_text("Draft saved")
    await page.click(SEND)
    await expect(page.locator("#c2")).to_contain_text("In the tunnel, and out of it")
    await said_once(topic, "In the tunnel, and out of it")


async def test_typed_offline_closed_and_sent_once_when_back(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    page = await in_the_tunnel(open_as, alice, topic)
    await page.close()
    assert await Draft.find_all().count() == 0
    page = await opened_again(page, topic)
    await out_of_it(page, topic)


async def test_what_a_page_sent_as_it_closed_is_ones_own_however_late_it_arrives(
    board: Board, open_as: Open, alice: Person
) -> None:
    topic = await alice.opens(board)
    page = await in_the_tunnel(open_as, alice, topic)
    place, once = [await page.locator(f"#reply [name={name}]").input_value() for name in ("draft", "once")]
    await page.close()
    page = await opened_again(page, topic)
    await Draft.raw().delete_many({})
    fields = {"place": place, "rev": "0", "once": once, "body": "In the tunnel"}
    late = await alice.browser.post("/drafts", data=fields, headers={"X-CSRF-Token": await alice.csrf()})
    assert late.status_code == 200, late.text
    await out_of_it(page, topic)


async def test_one_draft_in_two_tabs_is_one_post(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    one = await open_as(alice, f"/topics/{topic.oid}")
    await one.fill(BODY, "In both tabs")
    await expect(one.locator(STATE)).to_contain_text("Draft saved")
    two = await one.context.new_page()
    await two.goto(f"/topics/{topic.oid}")
    await expect(two.locator(BODY)).to_have_value("In both tabs")
    for page in (one, two):
        await page.click(SEND)
        await page.wait_for_url(re.compile(r"#c2|/n/2"))
        await expect(page.locator("#c2")).to_contain_text("In both tabs")
    await said_once(topic, "In both tabs")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
async def test_the_way_back_after_sending_makes_no_second_post(
    board: Board, open_as: Open, alice: Person, javascript: bool
) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, "/", java_script_enabled=javascript, viewport=LAPTOP)
    await page.goto(f"/topics/{topic.oid}")
    await page.fill(BODY, "Only once")
    await page.click(SEND)
    await expect(page.locator("#c2")).to_contain_text("Only once")
    await page.go_back()
    if javascript:
        await expect(page.locator(BODY)).to_have_value("")
    else:
        await expect(page.locator(BODY)).to_have_value("Only once")  # the browser has put it into a fresh form
        await page.click(SEND)
        await expect(page.locator("#c2")).to_contain_text("Only once")
    await said_once(topic, "Only once")


async def test_a_draft_whose_answer_was_lost_is_no_other_device_s(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, f"/topics/{topic.oid}")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/drafts", lose_the_answer)
    await page.fill(BODY, "It arrived")
    await expect(page.locator(STATE)).to_contain_text("kept on this device")
    assert await Draft.find_all().count() == 1
    await page.unroute("**/drafts")
    async with page.expect_response(lambda answer: answer.ok and "unheard" in (answer.request.post_data or "")):
        await page.locator(BODY).press_sequentially(", unheard of")
    await expect(page.locator(STATE)).to_contain_text("Draft saved")
    (draft,) = await Draft.find_all().to_list()
    assert draft.body == "It arrived, unheard of"
