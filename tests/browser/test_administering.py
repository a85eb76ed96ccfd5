"""An administrator's day in the browser: boards put in order by dragging and by keys, roles chosen from a long list."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from documents import Board, Operation, Role, Tag
from documents.clock import now
from tests.browser.conftest import PHONE, Open
from tests.people import Forum, Person


async def names(page: Page) -> list[str]:
    return [text.strip() for text in await page.locator("[data-boards] .row-name bdi").all_inner_texts()]


async def stored() -> list[str]:
    return [board.name async for board in Board.find({"deleted_at": None}).sort("position")]


async def said(page: Page, board: str) -> None:
    await expect(page.locator("[data-boards-said]")).to_have_text(re.compile(board))


async def test_boards_are_dragged_and_moved_by_keys(forum: Forum, admin: Person, open_as: Open) -> None:
    top = [await forum.board(name, position=at) for at, name in enumerate(("One", "Two", "Three"))]
    below = await forum.board("Below", position=5)
    await Board.raw().update_one({"_id": below.oid}, {"$set": {"parent": top[0].oid}})
    page = await open_as(admin, "/admin/boards")
    grips = {name: page.get_by_role("button", name=f"Move {name}: drag") for name in ("One", "Two", "Three")}
    start, goal = await grips["One"].bounding_box(), await grips["Three"].bounding_box()
    assert start is not None
    assert goal is not None
    await page.mouse.move(start["x"] + 10, start["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(goal["x"] + 10, goal["y"] + goal["height"] + 60, steps=8)
    await page.mouse.up()
    await said(page, "One")
    assert await names(page) == ["Two", "Three", "One", "Below"], "what stands below goes along"
    assert await stored() == ["Two", "Three", "One", "Below"]
    await grips["Three"].focus()
    await page.keyboard.press("ArrowUp")
    await said(page, "Three")
    await expect(grips["Three"]).to_be_focused()
    await page.keyboard.press("ArrowUp")
    assert await names(page) == ["Three", "Two", "One", "Below"]
    await page.reload()
    assert await names(page) == ["Three", "Two", "One", "Below"]
    assert await Operation.find({"verb": "board.move"}).count() == 2
    await Board.raw().update_one({"_id": top[1].oid}, {"$set": {"deleted_at": now()}})
    await grips["Three"].press("ArrowDown")
    await expect(page.locator("[data-boards-said]")).not_to_be_empty()


async def test_a_role_is_made_from_a_long_list_with_the_keyboard_alone(
    board: Board, forum: Forum, admin: Person, alice: Person, open_as: Open
) -> None:
    page = await open_as(admin, "/admin/roles/create")
    await page.get_by_label("Name").fill("Gardeners")
    box = page.get_by_role("listbox", name="Permissions")
    values: list[str] = await box.evaluate("box => [...box.options].map(option => option.value)")
    await box.focus()
    await page.keyboard.press("Home")  # chooses the first
    await page.keyboard.press("Control+Space")  # not any more
    at = 0
    for wanted in ("pin", "lock"):
        for _ in range(values.index(wanted) - at):
            await page.keyboard.press("Control+ArrowDown")
        await page.keyboard.press("Control+Space")
        at = values.index(wanted)
    assert await box.evaluate("box => [...box.selectedOptions].map(option => option.value)") == ["pin", "lock"]
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name=re.compile("Create|Save")).press("Enter")
    role = await Role.find_one({"name": "Gardeners"})
    assert role is not None
    assert sorted(role.permissions) == ["lock", "pin"]
    await page.goto("/admin/people?q=alice")
    await page.get_by_role("checkbox", name="Choose alice").check()
    await page.get_by_label("Role").last.select_option("Gardeners")
    await page.get_by_role("button", name="Give role").click()
    await expect(page.get_by_text("Done, with 1 people.")).to_be_visible()
    topic = await alice.opens(board)
    assert (await alice.send(f"/topics/{topic.oid}/pin")).status_code == 303, "it is in force"
    assert (await alice.send(f"/topics/{topic.oid}/feature")).status_code == 403


async def test_without_javascript_on_a_phone_in_chinese(
    board: Board, admin: Person, alice: Person, open_as: Open
) -> None:
    await alice.opens(board, "Roses", tags="玫瑰")
    page = await open_as(admin, "/admin/tags", locale="zh-CN", viewport=PHONE, java_script_enabled=False)
    await page.get_by_role("link", name="玫瑰").click()
    await page.get_by_label("新名称").fill("月季")
    await page.get_by_role("button", name="标签改名").click()
    await expect(page.get_by_text("标签已改名，旧名称会转到这里。")).to_be_visible()
    await page.get_by_role("button", name=re.compile("撤销")).click()
    assert await Tag.find({"leads_to": {"$ne": None}}).count() == 0
    for path in ("/admin/people", "/admin/uploads", "/admin/boards", "/admin/mail", "/admin/tags"):
        await page.goto(path)
        width = await page.locator("main").evaluate("main => document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, path
