"""Passkeys in a real browser, with an authenticator of its own (WebAuthn.addVirtualAuthenticator), at localhost."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from bson import ObjectId
from playwright.async_api import Browser, CDPSession, Page

from app.assembly import AUTH_COOKIE
from documents import Challenge, Factor, Letter, Login, Passkey, User
from documents.clock import now
from tests.browser.conftest import LAPTOP, PHONE, TIMEOUT_MS, Open, Thrown
from tests.people import PASSWORD, Forum, Person
from tests.security.second import set_up

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A browser with a passkey chip in it."""

    def __init__(self, page: Page, cdp: CDPSession, authenticator: str) -> None:
        self.page = page
        self.cdp = cdp
        self.authenticator = authenticator

    async def credentials(self) -> list[dict[str, Any]]:
        found = await self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.authenticator})
        return list(found["credentials"])

    async def verifies(self, yes: bool) -> None:
        """Whether the finger on it is the right one."""
        await self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": yes})

    async def log_out(self) -> None:
        await self.page.context.clear_cookies()

    async def logged_in(self) -> bool:
        await self.page.goto("/settings/account")
        return await self.page.locator("#act").count() > 0


BOARDS = re.compile(r"^http://localhost:\d+/boards$")
OpenDevice = Callable[..., Awaitable[Device]]


@pytest.fixture
async def device(chromium: Browser, forum: Forum, thrown: Thrown) -> AsyncIterator[OpenDevice]:
    contexts = []

    async def open_(person: Person | None, path: str = "/", *, offers: bool = False, **options: Any) -> Device:
        origin = forum.origin.replace("127.0.0.1", "localhost")
        context = await chromium.new_context(
            base_url=origin, locale="en-GB", viewport=options.pop("viewport", LAPTOP), **options
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        if person is not None:
            cookie = {"name": AUTH_COOKIE, "value": forum.cookie(person.token), "url": origin}
            await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        if not offers:
            await page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        page.on("pageerror", thrown.note)
        page.on("console", lambda said: thrown.said.append(said.text) if "Content Security" in said.text else None)
        cdp = await context.new_cdp_session(page)
        await cdp.send("WebAuthn.enable")
        made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        await page.goto(path)
        return Device(page, cdp, made["authenticatorId"])

    yield open_
    for context in contexts:
        await context.close()


async def add_passkey(found: Device, name: str = "") -> None:
    await found.page.goto("/settings/security")
    await found.page.fill("#f-name", name)
    await found.page.get_by_role("button", name="Add a passkey").click()
    await found.page.locator(".flash-success").wait_for()


async def test_a_passkey_is_added_used_named_and_removed(device: OpenDevice, alice: Person) -> None:
    assert alice.user is not None
    found = await device(alice)
    await add_passkey(found, "Blue key")
    (stored,) = await Passkey.all_of(alice.id)
    assert (stored.name, stored.rp, stored.used_at) == ("Blue key", "localhost", None)
    await found.log_out()
    await found.page.goto("/login?next=/boards")
    await found.page.check("#f-remember")
    await found.page.get_by_role("button", name="Log in with a passkey").click()
    await found.page.wait_for_url(BOARDS)
    assert await Login.find({"user": alice.id, "remembered": True}).count() == 1
    (used,) = await Passkey.all_of(alice.id)
    assert used.used_at is not None
    assert used.sign_count > stored.sign_count
    await found.page.goto("/settings/security")
    await found.page.get_by_text("Rename").click()
    await found.page.locator(".rename input[name=name]").fill("钥匙 <b>")
    await found.page.get_by_role("button", name="Save").click()
    assert await found.page.locator("h3", has_text="钥匙 <b>").count() == 1
    await found.page.locator(".line form[action$='/remove'] button").last.click()
    await found.page.locator(".flash-success").wait_for()
    assert await Passkey.all_of(alice.id) == []
    kinds = [letter.kind for letter in await Letter.find({"user": alice.id}).sort("created_at").to_list()]
    assert kinds == ["factor_added", "factor_removed"]
    await found.log_out()
    await found.page.goto("/login")
    await found.page.get_by_role("button", name="Log in with a passkey").click()
    await found.page.get_by_text("This passkey is not known here.").wait_for()
    assert not await found.logged_in()


async def test_somebody_banned_appeals_after_a_passkey_alone_or_as_the_second_step(
    device: OpenDevice, alice: Person, mod: Person
) -> None:
    found = await device(alice)
    await add_passkey(found)
    await Factor.raw().update_one({"user": alice.id}, {"$set": {"asks_passkey": True}}, upsert=True)
    await mod.send(f"/users/{alice.id}/ban", hours="0", reason="Selling watches")
    await found.log_out()
    page = found.page
    await page.goto("/login")
    await page.get_by_role("button", name="Log in with a passkey").click()
    await page.get_by_text("Selling watches").wait_for()
    await page.goto("/login")
    await page.fill("[name=login]", "alice")
    await page.fill("[name=password]", PASSWORD)
    await page.get_by_role("button", name="Log in", exact=True).click()
    await page.wait_for_url("**/login/second")
    assert await page.get_by_text("Selling watches").count() == 0
    await page.locator("[data-passkey] button").click()
    await page.get_by_text("Selling watches").wait_for()
    await page.get_by_role("link", name="Appeal against the ban").click()
    await page.get_by_label("Why it was wrong").fill("I sold nothing")
    await page.get_by_role("button", name="Appeal").click()
    await page.get_by_text("have not decided yet").wait_for()
    assert not await found.logged_in()


async def test_the_browser_offers_it_among_the_names(device: OpenDevice, alice: Person) -> None:
    """Conditional UI; the authenticator of the test answers by itself, as if the name had been chosen."""
    found = await device(alice, offers=True)
    await add_passkey(found)
    await found.log_out()
    await found.page.goto("/login?next=/boards")
    await found.page.wait_for_url(BOARDS)
    assert await found.logged_in()


async def test_the_same_device_makes_no_second_one(device: OpenDevice, alice: Person) -> None:
    found = await device(alice)
    await add_passkey(found)
    await found.page.get_by_role("button", name="Add a passkey").click()
    await found.page.locator("[data-problem]:not([hidden])").wait_for()
    assert len(await Passkey.all_of(alice.id)) == 1
    assert (await Passkey.all_of(alice.id))[0].name == "Chrome on Linux"


async def test_without_verification_it_is_nothing(device: OpenDevice, alice: Person) -> None:
    found = await device(alice)
    await add_passkey(found)
    await found.log_out()
    await found.verifies(False)
    await found.page.goto("/login")
    await found.page.get_by_role("button", name="Log in with a passkey").click()
    await found.page.locator("[data-problem]:not([hidden])").wait_for()
    assert not await found.logged_in()


async def test_a_copied_passkey_is_found_out_by_its_counter(device: OpenDevice, alice: Person) -> None:
    found = await device(alice)
    await add_passkey(found)
    await Passkey.raw().update_many({}, {"$set": {"sign_count": 1_000}})
    await found.log_out()
    await found.page.goto("/login")
    await found.page.get_by_role("button", name="Log in with a passkey").click()
    await found.page.get_by_text("This passkey could not be verified.").wait_for()
    assert not await found.logged_in()


async def test_as_a_second_factor(device: OpenDevice, alice: Person) -> None:
    found = await device(alice)
    await add_passkey(found)
    await found.page.get_by_role("button", name="Turn on").click()
    assert await found.page.locator(".codes li").count() == 10
    await found.log_out()
    await found.page.goto("/login?next=/boards")
    await found.page.fill("#f-login", "alice")
    await found.page.fill("#f-password", PASSWORD)
    await found.page.get_by_role("button", name="Log in", exact=True).click()
    await found.page.wait_for_url("**/login/second")
    await found.page.get_by_role("button", name="Use a passkey").click()
    await found.page.wait_for_url(BOARDS)
    assert await found.logged_in()
    await found.page.goto("/settings/security")
    await found.page.locator(".line form[action$='/remove'] button").last.click()
    await found.page.locator(".flash-success").wait_for()
    assert not (await Factor.of(alice.id)).asks, "who has no passkey left is asked for none"


async def test_somebody_elses_passkey_is_no_second_factor(device: OpenDevice, alice: Person, bob: Person) -> None:
    found = await device(bob)
    await add_passkey(found)
    await set_up(alice)
    await found.log_out()
    await found.page.goto("/login")
    await found.page.fill("#f-login", "alice")
    await found.page.fill("#f-password", PASSWORD)
    await found.page.get_by_role("button", name="Log in", exact=True).click()
    await found.page.wait_for_url("**/login/second")
    assert await found.page.get_by_role("button", name="Use a passkey").count() == 0
    answer = await signed(found, "/login/second/options", allow_any=True)
    token = await found.page.locator("input[name=csrf_token]").first.input_value()
    sent = await found.page.request.post(
        "/login/second", form={"csrf_token": token, "passkey": answer}, max_redirects=0, headers=own(found)
    )
    assert sent.status == 422
    assert not await found.logged_in()


async def test_it_proves_who_is_there(device: OpenDevice, alice: Person) -> None:
    from tests.security.test_fresh import grow_old

    found = await device(alice)
    await add_passkey(found)
    await grow_old(alice)
    await found.page.goto("/settings/security/app")
    await found.page.get_by_role("button", name="Use a passkey").click()
    await found.page.locator(".qr svg").wait_for()
    await grow_old(alice)
    await found.page.goto("/settings/security")
    await found.page.get_by_role("button", name="Turn on").click()
    await found.page.get_by_role("button", name="Use a passkey").click()
    await found.page.locator(".codes").wait_for()


def own(found: Device) -> dict[str, str]:
    """The headers of a form of this forum."""
    origin = found.page.url.split("/", 3)
    return {"Origin": f"{origin[0]}//{origin[2]}", "Accept": "text/html"}


async def signed(found: Device, options: str, *, allow_any: bool = False) -> str:
    """What the authenticator answers to a challenge, as the form would send it."""
    script = """async ([url, any]) => {
      const token = document.querySelector("meta[name=csrf-token]").content;
      const asked = await (await fetch(url, {method: "POST", headers: {"X-CSRF-Token": token}})).json();
      const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      const plain = (b) => btoa(String.fromCharCode(...new Uint8Array(b)));
      const text = (b) => plain(b).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
      const mine = any ? [] : asked.allowCredentials.map((c) => ({...c, id: bytes(c.id)}));
      const publicKey = {...asked, challenge: bytes(asked.challenge), allowCredentials: mine};
      const c = await navigator.credentials.get({publicKey});
      return JSON.stringify({id: c.id, rawId: text(c.rawId), type: c.type, clientExtensionResults: {}, response: {
        clientDataJSON: text(c.response.clientDataJSON), authenticatorData: text(c.response.authenticatorData),
        signature: text(c.response.signature), userHandle: text(c.response.userHandle)}});
    }"""
    return str(await found.page.evaluate(script, [options, allow_any]))


async def post(found: Device, path: str, answer: str, token: str | None = None) -> int:
    token = token or await found.page.locator("meta[name=csrf-token]").get_attribute("content")
    sent = await found.page.request.post(
        path, form={"csrf_token": token or "", "passkey": answer}, max_redirects=0, headers=own(found)
    )
    return sent.status


async def test_an_answer_is_good_once_in_its_browser_for_its_purpose(
    device: OpenDevice, forum: Forum, alice: Person
) -> None:
    found = await device(alice)
    await add_passkey(found)
    (passkey,) = await Passkey.all_of(alice.id)
    await found.log_out()
    await found.page.goto("/login")
    answer = await signed(found, "/login/passkey/options")
    thief = await device(None, "/login")
    assert await post(thief, "/login/passkey", answer) == 422, "another browser"
    assert not await thief.logged_in()
    said = json.loads(answer)
    await Passkey.raw().update_one({"_id": passkey.oid}, {"$set": {"rp": "evil.example"}})
    assert await post(found, "/login/passkey", answer) == 422, "made for another domain"
    await Passkey.raw().update_one({"_id": passkey.oid}, {"$set": {"rp": "localhost"}})
    assert await post(found, "/login/passkey", answer) == 422, "the challenge is used up"
    answer = await signed(found, "/login/passkey/options")
    forged = {**said, "response": {**json.loads(answer)["response"], "signature": said["response"]["signature"]}}
    assert await post(found, "/login/passkey", json.dumps(forged)) == 422
    answer = await signed(found, "/login/passkey/options")
    stranger = {**json.loads(answer), "id": "AAAA", "rawId": "AAAA"}
    assert await post(found, "/login/passkey", json.dumps(stranger)) == 422
    answer = await signed(found, "/login/passkey/options")
    other_handle = json.loads(answer)
    other_handle["response"]["userHandle"] = "AAAAAAAAAAAAAAAA"
    assert await post(found, "/login/passkey", json.dumps(other_handle)) == 422
    answer = await signed(found, "/login/passkey/options")
    await Challenge.raw().update_many({}, {"$set": {"expires_at": now()}})
    assert await post(found, "/login/passkey", answer) == 422, "too late"
    for junk in ("", "x", "{}", "[]", "null", '{"response": {"clientDataJSON": "e30"}}', "[" * 20_000, "é" * 100):
        assert await post(found, "/login/passkey", junk) == 422, junk[:20]
    assert not await found.logged_in()
    await User.raw().update_one({"_id": alice.id}, {"$set": {"banned_at": now()}})
    await found.page.goto("/login")
    assert await post(found, "/login/passkey", await signed(found, "/login/passkey/options")) == 403
    await User.raw().update_one({"_id": alice.id}, {"$set": {"banned_at": None}})
    await found.page.goto("/login")
    good = await signed(found, "/login/passkey/options")
    token = await found.page.locator("meta[name=csrf-token]").get_attribute("content")
    codes = await asyncio.gather(*(post(found, "/login/passkey", good, token) for _ in range(10)))
    assert codes.count(303) == 1
    assert set(codes) <= {303, 403, 422}


async def test_at_an_address_the_page_says_why_not(open_as: Open, alice: Person) -> None:
    page = await open_as(alice, "/settings/security", viewport=PHONE)
    assert await page.get_by_text("you came by an IP address").count() == 1
    assert await page.get_by_role("button", name="Add a passkey").count() == 0
    await page.context.clear_cookies()
    await page.goto("/login")
    assert await page.get_by_text("you came by an IP address").count() == 1
    assert await page.get_by_role("button", name="Log in with a passkey").count() == 0


async def test_another_ones_passkey_is_not_there(alice: Person, bob: Person) -> None:
    from tests import stock

    theirs = await stock.passkey(alice)
    for wrong in (theirs, ObjectId()):
        assert (await bob.send(f"/settings/security/passkeys/{wrong}", name="Mine")).status_code == 404
        assert (await bob.send(f"/settings/security/passkeys/{wrong}/remove")).status_code == 404
    for name in ("", "   ", "x" * 51, "\u200b"):
        assert (await alice.send(f"/settings/security/passkeys/{theirs}", name=name)).status_code == 422
    assert (await Passkey.all_of(alice.id))[0].name == "Phone"
