"""A moderator's day by one key each, and what becomes of a decision until its author is heard."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from app.permissions import trust
from documents import Board, Comment, Report, Topic
from tests.browser.conftest import PHONE, Open
from tests.people import Forum, Person
from tests.uploads.sending import sent

COMPOSING = """() => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "a", isComposing: true, bubbles: true, cancelable: true }))"""


@pytest.fixture
async def board(forum: Forum) -> Board:
    return await forum.board()


@pytest.fixture
async def first_waits() -> AsyncIterator[None]:
    before = trust.thresholds()
    yield
    trust.use(before)


async def states() -> list[str]:
    return [report.state for report in await Report.find_all().sort("_id").to_list()]


async def pressed(page: Page, key: str) -> None:
    """Press one key and wait for the page that it leads to."""
    async with page.expect_navigation():
        await page.keyboard.press(key)


@pytest.mark.usefixtures("first_waits")
async def test_one_key_each_through_both_queues(
    board: Board, alice: Person, bob: Person, mod: Person, open_as: Open
) -> None:
    topic = await alice.opens(board, "Roses")
    said = [await bob.says(topic, f"Words {number}") for number in range(3)]
    for comment in said:
        await alice.send(f"/report/comment/{comment.oid}", reason="spam")
    page = await open_as(mod, "/moderation/reports")
    here, keys = page.locator(".queue-here"), page.locator(".queue-keys")
    await expect(keys).to_contain_text("z undoes the last decision")
    reason = page.locator("input[name=reason]").first
    await reason.focus()
    await page.keyboard.type("akdmz")
    await expect(reason).to_have_value("akdmz")
    await reason.fill("")
    await reason.blur()
    await page.evaluate(COMPOSING)
    await page.keyboard.press("Control+k")
    assert await states() == ["open"] * 3
    await page.keyboard.press("s")
    await expect(here).to_contain_text("Words 1")
    await page.keyboard.press("Shift+S")
    await expect(here).to_contain_text("Words 0")
    await pressed(page, "m")
    await expect(here.get_by_role("button", name="Leave to others")).to_be_visible()
    await pressed(page, "d")
    await expect(here).to_contain_text("Words 1")
    await pressed(page, "k")
    await expect(here).to_contain_text("Words 2")
    await pressed(page, "a")
    assert await states() == ["deferred", "rejected", "accepted"]
    await expect(page.locator("[data-item]")).to_have_count(0)
    await pressed(page, "z")
    await expect(page.get_by_text("Undone.")).to_be_visible()
    await expect(here).to_contain_text("Words 2")
    assert (await Comment.get(said[2].oid)).live  # type: ignore[union-attr]
    trust.use(trust.Thresholds(approve_posts=9))
    held = [await bob.says(topic, f"Waiting {number}") for number in range(2)]
    await page.goto("/moderation/approval")
    await pressed(page, "r")
    await expect(here).to_contain_text("Waiting 1")
    await pressed(page, "a")
    assert [(await Comment.get(each.oid)).deleted_as for each in held] == ["rejected", None]  # type: ignore[union-attr]
    await pressed(page, "z")
    await expect(here).to_contain_text("Waiting 1")
    assert (await Comment.get(held[1].oid)).deleted_as == "held"  # type: ignore[union-attr]


async def test_a_day_on_a_phone_in_chinese(
    board: Board, alice: Person, bob: Person, mod: Person, admin: Person, open_as: Open
) -> None:
    """Reported, decided by a key, read in the log, undone, decided again, told, appealed against, granted."""
    topic: Topic = await alice.opens(board, "月季")
    comment = await bob.says(topic, "都是胡说")
    phone = {"locale": "zh-CN", "viewport": PHONE}
    reader = await open_as(alice, f"/report/comment/{comment.oid}", **phone)
    await reader.get_by_label("辱骂、仇恨或骚扰").check()
    await reader.get_by_role("button", name="举报").click()
    desk = await open_as(mod, "/moderation/reports", **phone)
    await _fits(desk)
    await desk.locator("[id^=why-]").fill("请友善")
    await desk.locator("[id^=why-]").blur()
    await pressed(desk, "a")
    log = await open_as(admin, "/admin/logs/operations?verb=comment.delete", **phone)
    await expect(log.get_by_text("请友善")).to_be_visible()
    await _fits(log)
    await pressed(desk, "z")
    await expect(desk.get_by_text("都是胡说")).to_be_visible()
    await desk.locator("[id^=why-]").fill("请友善些")
    await desk.get_by_role("button", name="属实，删除").click()
    writer = await open_as(bob, "/notifications", **phone)
    await writer.get_by_role("link", name=re.compile("版主删除了你在“月季”里的一条评论.*请友善些")).first.click()
    await expect(writer.get_by_text("都是胡说")).to_be_visible()
    await _fits(writer)
    await writer.get_by_label("为什么处理有误").fill("我只是开玩笑")
    await writer.get_by_role("button", name="申诉").click()
    await expect(writer.get_by_text("版主还没有做出决定")).to_be_visible()
    judge = await open_as(admin, "/moderation/appeals", **phone)
    await expect(judge.get_by_text("我只是开玩笑")).to_be_visible()
    await _fits(judge)
    await pressed(judge, "g")
    await writer.reload()
    await expect(writer.get_by_text("申诉已通过")).to_be_visible()
    await writer.goto(f"/topics/{topic.oid}")
    await expect(writer.get_by_text("都是胡说")).to_be_visible()


async def test_a_file_that_was_taken_down_comes_back_by_an_appeal(
    forum: Forum, alice: Person, admin: Person, open_as: Open
) -> None:
    """Told at the list of files, without JavaScript; judged with its picture."""
    other = await forum.person("admin_ada", role="admin")
    found = await sent(alice, name="garden.jpg")
    phone: dict[str, object] = {"locale": "zh-CN", "viewport": PHONE}
    await admin.send(f"/admin/uploads/{found['url'].split('/')[2]}/take-down", reason="不是自己拍的")
    writer = await open_as(alice, "/uploads", java_script_enabled=False, **phone)
    await expect(writer.get_by_text("不是自己拍的")).to_be_visible()
    await _fits(writer)
    await writer.get_by_role("link", name="查看详情或申诉").click()
    await expect(writer.get_by_text("处理申诉的人会看到这个文件和它的名字")).to_be_visible()
    await writer.get_by_label("为什么处理有误").fill("就是我拍的")
    await writer.get_by_role("button", name="申诉").click()
    await expect(writer.get_by_text("版主还没有做出决定")).to_be_visible()
    judge = await open_as(other, "/moderation/appeals", **phone)
    await expect(judge.get_by_text("就是我拍的")).to_be_visible()
    picture = judge.locator(".exhibit .file-places img")
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("picture => picture.naturalWidth") > 0
    await _fits(judge)
    await pressed(judge, "g")
    await writer.goto("/uploads")
    await expect(writer.get_by_text("不是自己拍的")).to_have_count(0)
    assert (await alice.get(found["url"])).status_code == 200


async def _fits(page: Page) -> None:
    """Nothing is cut off or scrolls sideways."""
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
