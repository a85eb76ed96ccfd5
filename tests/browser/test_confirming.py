"""The proof between a form and its deed, in a browser without JavaScript: the form goes on by itself afterwards."""

from __future__ import annotations

from documents import Factor
from tests.browser.conftest import PHONE, Open
from tests.people import PASSWORD, Forum, Person
from tests.security.second import code_at, set_up
from tests.security.test_fresh import grow_old


async def test_a_form_goes_on_after_the_proof(open_as: Open, forum: Forum, alice: Person) -> None:
    secret, _ = await set_up(alice)
    page = await open_as(alice, "/settings/security", java_script_enabled=False, viewport=PHONE)
    await grow_old(alice)
    await page.locator("form[action$='/app/remove'] button").click()
    await page.get_by_role("heading", name="Is it you?").wait_for()
    await page.fill("#f-proof_password", "wrong password")
    await page.fill("#f-proof_code", code_at(secret))
    await page.get_by_role("button", name="Confirm").click()
    await page.get_by_text("This is not your password.").first.wait_for()
    await page.fill("#f-proof_password", PASSWORD)
    await page.fill("#f-proof_code", code_at(secret))
    await page.get_by_role("button", name="Confirm").click()
    await page.get_by_text("The authenticator app is no longer asked for.").wait_for()
    assert page.url.endswith("/settings/security")
    assert not (await Factor.of(alice.id)).asks


async def test_a_page_opens_after_the_proof(open_as: Open, alice: Person) -> None:
    await grow_old(alice)
    page = await open_as(alice, "/settings/security/app", java_script_enabled=False, locale="zh-CN", viewport=PHONE)
    await page.get_by_role("heading", name="确认是你本人").wait_for()
    await page.fill("#f-proof_password", PASSWORD)
    await page.get_by_role("button", name="确认").click()
    await page.locator(".qr svg").wait_for()


async def test_the_whole_log_in_without_javascript(open_as: Open, forum: Forum, alice: Person) -> None:
    secret, codes = await set_up(alice)
    for field, value in (("#f-code", code_at(secret)), ("#f-recovery", codes[0])):
        page = await open_as(None, "/login?next=/boards", java_script_enabled=False, viewport=PHONE)
        await page.fill("#f-login", "alice")
        await page.fill("#f-password", PASSWORD)
        await page.get_by_role("button", name="Log in", exact=True).click()
        await page.wait_for_url("**/login/second")
        if field == "#f-recovery":
            await page.locator(".other-way summary").click()
        await page.fill(field, value)
        await page.locator(f"form:has({field}) button").click()
        await page.wait_for_url(f"{forum.origin}/boards")
