"""The bell in several tabs, and the ledger under the editor."""

from __future__ import annotations

import pytest
from bson import ObjectId
from playwright.async_api import Page, expect

from app.notifications import views
from app.notifications.service import forget, notify_moderation
from app.realtime import feed
from app.work import Work, together
from documents import Board, Comment, User
from tests.browser.conftest import Open
from tests.browser.test_live import HIDE
from tests.notifications.test_email import wants
from tests.people import Forum, Person

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


async def test_an_open_list_names_who_likes_it_now_without_a_reload(
    board: Board, open_as: Open, alice: Person, bob: Person, charlie: Person, xiaoming: Person
) -> None:
    topic = await alice.opens(board, "Tomatoes")
    opening = await Comment.find_one({"topic": topic.oid})
    assert opening is not None
    for person in (bob, charlie, xiaoming):
        await person.send(f"/comments/{opening.oid}/like")
    page = await open_as(alice, "/notifications")
    await expect(page.locator("#live")).to_have_attribute("data-state", "live")
    row, number = page.locator(".note-text"), await page.locator(".note").get_attribute("data-seq")
    await expect(row).to_contain_text("小明, charlie and bob liked what you wrote")
    await page.evaluate("document.body.dataset.here = '1'")
    await page.locator(".note-tick input").check()
    await charlie.send(f"/comments/{opening.oid}/unlike")
    await expect(row).to_contain_text("小明 and bob liked what you wrote")
    await expect(page.locator(".note-tick input")).to_be_checked()
    assert await page.locator(".note").get_attribute("data-seq") == number
    for person in (bob, xiaoming):
        await person.send(f"/comments/{opening.oid}/unlike")
    await expect(row).to_have_count(0)
    await expect(page.locator("body")).to_have_attribute("data-here", "1")


async def test_a_list_that_is_looked_at_again_has_titles_and_names_as_they_are_now(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Tomatoes")
    for word in ("one", "two"):
        await alice.says(topic, f"@bob {word}")
    lists = [await open_as(bob, "/notifications"), await open_as(bob, "/notifications?by=topic")]
    for page in lists:
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        await page.evaluate("document.body.dataset.here = '1'")
    heading = lists[1].locator(".note-group-title")
    await expect(heading).to_contain_text("2 unread")
    await bob.send("/notifications/read", ids=await lists[0].locator(".note").nth(0).get_attribute("data-notice"))
    await expect(heading).to_contain_text("1 unread")
    await expect(lists[0].locator(".note-unread")).to_have_count(1)
    edited = await alice.send(f"/topics/{topic.oid}/edit", title="Peppers", body="An opening post", tags="", seen="0")
    renamed = await alice.send("/settings/profile", display_name="Alice L.", signature="", bio="", website="", place="")
    assert (edited.status_code, renamed.status_code) == (303, 303)
    for page in lists:
        await page.evaluate(HIDE, True)
        await page.evaluate(HIDE, False)
        await expect(page.locator(".note-text").nth(0)).to_contain_text("Alice L.")
        await expect(page.locator("main")).not_to_contain_text("Tomatoes")
        await expect(page.locator("body")).to_have_attribute("data-here", "1")
    await expect(heading.get_by_role("link")).to_have_text("Peppers")


async def test_a_read_notice_goes_from_open_lists_with_its_post_and_comes_back_to_its_place(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Tomatoes")
    said = [await alice.says(topic, f"@bob {word}") for word in ("one", "two", "three")]
    await bob.send("/notifications/read", all="1")
    lists = [await open_as(bob, "/notifications"), await open_as(bob, "/notifications?by=topic")]
    for page in lists:
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        await page.evaluate("document.body.dataset.here = '1'")
    rows = [await page.locator(".note").evaluate_all("(all) => all.map((row) => row.dataset.notice)") for page in lists]
    for gone in ([said[1]], said):
        for comment in gone:
            await alice.send(f"/comments/{comment.oid}/delete")
        for page in lists:
            await expect(page.locator(".note")).to_have_count(3 - len(gone))
        for comment in gone:
            await alice.send(f"/comments/{comment.oid}/restore")
        for page, before in zip(lists, rows, strict=True):
            await expect(page.locator(".note")).to_have_count(3)
            now = await page.locator(".note").evaluate_all("(all) => all.map((row) => row.dataset.notice)")
            assert now == before
            await expect(page.locator("body")).to_have_attribute("data-here", "1")


async def test_read_notices_of_a_board_that_closes_go_from_open_lists_and_come_back_when_it_opens(
    board: Board, open_as: Open, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    await alice.says(await alice.opens(board, "Tomatoes"), "@bob @mod_mira one")
    pages = []
    for person in (bob, mod):
        await person.send("/notifications/read", all="1")
        page = await open_as(person, "/notifications")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        await expect(page.locator(".note")).to_have_count(1)
        await page.evaluate("document.body.dataset.here = '1'")
        pages.append(page)
    for closed, seen in (({"staff_only": "1"}, 0), ({}, 1)):
        await admin.send(f"/admin/boards/{board.oid}", name=board.name, description="", **closed)
        for page, count in zip(pages, (seen, 1), strict=True):
            await expect(page.locator(".note")).to_have_count(count)
    for page in pages:
        await expect(page.locator("body")).to_have_attribute("data-here", "1")


async def test_notices_of_somebody_blocked_go_from_an_open_list_and_come_back(
    board: Board, open_as: Open, alice: Person, bob: Person
) -> None:
    await alice.says(await alice.opens(board, "Tomatoes"), "@bob one")
    await bob.send("/notifications/read", all="1")
    page = await open_as(bob, "/notifications")
    await expect(page.locator("#live")).to_have_attribute("data-state", "live")
    for way, count in (("block", 0), ("unblock", 1)):
        await bob.send(f"/users/{alice.id}/{way}")
        await expect(page.locator(".note")).to_have_count(count)


async def test_a_page_that_missed_more_than_is_told_one_by_one_catches_up_and_is_live(
    board: Board, open_as: Open, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (views, feed):
        monkeypatch.setattr(module, "FEED_MAX", 3)
    topic = await alice.opens(board, "Tomatoes")
    page = await open_as(bob, "/boards")
    await expect(page.locator("#live")).to_have_attribute("data-state", "live")

    async def at_once(work: Work) -> None:
        for _ in range(11):
            await notify_moderation(work, bob.id, subject=ObjectId(), actor=alice.id, text="Something")

    await together(at_once)
    await expect(page.locator(BADGE)).to_have_text("11")
    await expect(page.locator("#live")).to_have_attribute("data-state", "live")
    await alice.says(topic, "@bob and one more")
    await expect(page.locator("#toasts .toast").last).to_contain_text("and one more")
    await expect(page.locator(BADGE)).to_have_text("12")
    await together(lambda work: forget(work, {"user": bob.id, "kind": "moderation"}))


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


async def test_the_ledger_says_who_cannot_see_this_keeps_it_quiet_and_nothing_of_blocks(
    forum: Forum, open_as: Open, bob: Person, mod: Person
) -> None:
    closed = await forum.board("Staff", staff_only=True, position=2)
    topic = await mod.opens(closed, "Among ourselves")
    quiet, muting, blocker = [await forum.person(name, role="moderator") for name in ("quiet", "muting", "blocker")]
    await wants(quiet, mention="never")
    await User.raw().update_one({"_id": quiet.id}, {"$set": {"notices.mention.site": False}})
    await muting.send(f"/topics/{topic.oid}/mute")
    await blocker.send(f"/users/{mod.id}/block")
    page = await open_as(mod, f"/topics/{topic.oid}")
    area, ledger = page.locator("#reply [name=body]"), page.locator("#reply [data-ledger]")
    await area.fill("@bob @quiet @muting @blocker @nobody_here hello")
    await expect(ledger.locator(".ledger-warn")).to_have_text("Cannot see this place and will not be told: bob")
    await expect(ledger).to_contain_text("Keep it quiet and will find it by themselves: quiet, muting")
    await expect(ledger).to_contain_text("Will be told: blocker")
    await page.click("#reply [type=submit]:not([name=preview])")
    await expect(page.locator("#c2")).to_contain_text("hello")
    for person in (bob, quiet, muting, blocker):
        assert (await person.feed())["unread"]["notifications"] == 0, person.name
