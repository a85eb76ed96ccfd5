"""Writing in a real browser: closed, offline, on two devices, sent twice – nothing is lost and nothing comes twice."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from documents import Board, Comment, Draft, Topic
from tests.browser.conftest import Open
from tests.people import Forum, Person


async def write(page: Page, text: str) -> None:
    await page.locator("[name=body]").press_sequentially(text)


async def begun(open_as: Open, person: Person, topic: Topic) -> Page:
    """A reply that is half written, and saved so."""
    page = await open_as(person, f"/topics/{topic.oid}")
    await write(page, "Half a sentence")
    await expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    return page


async def test_what_is_typed_is_there_again_everywhere(
    forum: Forum, board: Board, open_as: Open, alice: Person
) -> None:
    topic = await alice.opens(board)
    page = await begun(open_as, alice, topic)
    await write(page, ", and more")
    await page.goto("/boards")  # in the middle of it: nothing has been saved since
    await page.goto(f"/topics/{topic.oid}")
    await expect(page.locator("[name=body]")).to_have_value("Half a sentence, and more")
    await expect(page.locator("[data-draft-bar]")).to_be_visible()
    assert alice.user is not None
    phone = await open_as(await forum.logged_in(alice.user), f"/topics/{topic.oid}", java_script_enabled=False)
    await expect(phone.locator("[name=body]")).to_have_value("Half a sentence, and more")
    await page.click("#reply [type=submit]:not([name])")
    await expect(page.locator("#c2")).to_contain_text("Half a sentence, and more")
    await expect(page.locator("[name=body]")).to_have_value("")
    assert await Draft.find_all().count() == 0
    assert await page.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize("way", ["key", "address", "script"])
async def test_who_goes_on_with_a_draft_does_so_at_its_end(
    board: Board, open_as: Open, alice: Person, way: str
) -> None:
    topic = await alice.opens(board)
    page = await begun(open_as, alice, topic)
    await page.goto("/boards")
    await page.goto(f"/topics/{topic.oid}{'#reply' if way == 'address' else ''}")
    await expect(page.locator("[data-draft-bar]")).to_be_visible()
    if way == "key":
        await page.keyboard.press("r")
    elif way == "script":
        await page.focus("[name=body]")
    await expect(page.locator("[name=body]")).to_be_focused()
    await page.keyboard.type(", and more")
    await expect(page.locator("[name=body]")).to_have_value("Half a sentence, and more")


async def test_offline_it_waits_and_is_sent_once_when_back(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, f"/topics/{topic.oid}")
    await page.context.set_offline(True)
    await write(page, "From a tunnel")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-draft-state]")).to_contain_text("Not sent")
    await expect(page.locator("[name=body]")).to_have_value("From a tunnel")
    await page.context.set_offline(False)
    await expect(page.locator("#c2")).to_contain_text("From a tunnel")
    assert await Comment.find({"topic": topic.oid}).count() == 2


async def test_an_answer_that_never_arrives_makes_no_second_post(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, f"/topics/{topic.oid}")

    async def lose(route: object) -> None:
        await route.fetch(max_redirects=0)  # type: ignore[attr-defined]
        await route.abort()  # type: ignore[attr-defined]

    await page.route("**/comments", lose)
    await write(page, "Only once")
    await page.keyboard.press("Control+Enter")
    again = page.locator("[data-draft-state]").get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await page.unroute("**/comments", lose)
    await again.click()
    await expect(page.locator("#c2")).to_contain_text("Only once")
    assert await Comment.find({"topic": topic.oid}).count() == 2


async def test_two_devices_choose(forum: Forum, board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    assert alice.user is not None
    one = await open_as(alice, f"/topics/{topic.oid}")
    two = await open_as(await forum.logged_in(alice.user), f"/topics/{topic.oid}")
    await write(one, "On the laptop")
    await expect(one.locator("[data-draft-state]")).to_contain_text("Draft saved")
    await write(two, "On the phone")
    state = two.locator("[data-draft-state]")
    await expect(state).to_contain_text("changed on another device")
    await state.get_by_role("button", name="Show that version").click()
    await expect(two.locator("[name=body]")).to_have_value("On the laptop")
    await state.get_by_role("button", name="Show that version").click()
    await expect(two.locator("[name=body]")).to_have_value("On the phone")
    await state.get_by_role("button", name="Keep this one").click()
    await expect(state).to_contain_text("Draft saved")
    draft = await Draft.find_one({})
    assert draft is not None
    assert (draft.body, draft.rev) == ("On the phone", 2)


async def test_a_log_out_leaves_nothing_on_the_device(board: Board, open_as: Open, alice: Person) -> None:
    topic = await alice.opens(board)
    page = await open_as(alice, f"/topics/{topic.oid}")
    await write(page, "Private")
    await page.evaluate("localStorage.setItem('quorum:draft:somebody:topic:', 'Private')")
    await page.click("[data-menu] summary")
    await page.click("button[formaction='/logout']")
    await expect(page.locator("body")).to_have_attribute("data-user", "")
    assert await page.evaluate("Object.keys(localStorage).length") == 0
