"""What could take an account away asks who is there when the last proof is some time ago."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import httpx
import pytest
from quart import Quart, request

from app.accounts.fresh import FRESH_FOR, require_fresh
from documents import Login
from documents.clock import now
from tests.people import PASSWORD, Forum, Person

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


async def grow_old(person: Person) -> None:
    """As if they had logged in and proved it longer ago than it counts."""
    long_ago = now() - FRESH_FOR - timedelta(seconds=1)
    await Login.raw().update_many({"user": person.id}, {"$set": {"created_at": long_ago, "authenticated_at": long_ago}})


def hidden(page: httpx.Response) -> list[tuple[str, str]]:
    return [(name, unescape(value)) for name, value in HIDDEN.findall(page.text) if name != "csrf_token"]


@pytest.fixture
async def guarded(app: Quart) -> AsyncIterator[str]:
    """A page and a form of the forum that only who has proved it lately may open and send: they echo the form."""
    path = "/settings/account"
    kept = dict(app.view_functions)

    async def open_() -> str:
        await require_fresh()
        return "opened"

    async def send() -> str:
        await require_fresh()
        form = await request.form
        return repr(sorted((name, value) for name, value in form.items(multi=True) if name != "csrf_token"))

    app.view_functions["account.account"] = open_
    app.view_functions["account.change_password"] = send
    yield path
    app.view_functions.clear()
    app.view_functions.update(kept)


async def test_who_has_just_logged_in_is_not_asked(alice: Person, guarded: str) -> None:
    assert (await alice.get(guarded)).text == "opened"
    answer = await alice.get(f"/confirm-identity?next={guarded}")
    assert (answer.status_code, answer.headers["location"]) == (303, guarded)


async def test_a_page_leads_to_the_proof_and_back(alice: Person, guarded: str) -> None:
    await grow_old(alice)
    answer = await alice.get(f"{guarded}?tab=2")
    assert answer.status_code == 303
    asked = answer.headers["location"]
    assert asked == f"/confirm-identity?next={guarded}%3Ftab%3D2"
    page = await alice.get(asked)
    assert page.status_code == 200
    token = alice.token_in(page)
    wrong = await alice.send(asked, csrf=token, proof_password="wrong password")
    assert wrong.status_code == 422
    assert "wrong password" not in wrong.text
    assert (await alice.get(guarded)).status_code == 303
    right = await alice.send(asked, csrf=token, proof_password=PASSWORD)
    assert (right.status_code, right.headers["location"]) == (303, f"{guarded}?tab=2")
    assert (await alice.get(guarded)).text == "opened"


async def test_a_form_goes_on_after_the_proof_with_all_but_its_passwords(alice: Person, guarded: str) -> None:
    await grow_old(alice)
    token = alice.token_in(await alice.get("/confirm-identity"))
    fields = {"csrf_token": token, "bio": 'a "quoted" <b>\nline', "tag": ["one", "two"], "password": "hush-hush-1"}
    asked = await alice.browser.post(guarded, data={**fields, "old": "hush-hush-2", "new_password": "hush-hush-3"})
    assert asked.status_code == 403
    assert "hush-hush" not in asked.text
    assert hidden(asked) == [("bio", 'a "quoted" <b>\nline'), ("tag", "one"), ("tag", "two")]
    action = unescape(re.findall(r'<form method="post"\s+action="(/confirm[^"]+)"', asked.text)[0])
    kept = {"bio": fields["bio"], "tag": ["one", "two"]}
    wrong = await alice.browser.post(action, data={**kept, "csrf_token": token, "proof_password": "wrong password"})
    assert (wrong.status_code, hidden(wrong)) == (422, hidden(asked))
    right = await alice.browser.post(action, data={**kept, "csrf_token": token, "proof_password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (307, guarded)
    done = await alice.browser.send(right.next_request) if right.next_request else right
    assert "('bio', 'a \"quoted\" <b>" in done.text
    assert "('tag', 'one'), ('tag', 'two')" in done.text


async def test_a_program_is_told(alice: Person, guarded: str) -> None:
    await grow_old(alice)
    answer = await alice.get(guarded, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json() == {
        "errno": 403,
        "errmsg": "Please confirm first that it is you.",
        "confirm": "/confirm-identity",
    }


async def test_the_proof_of_one_log_in_says_nothing_of_another(forum: Forum, alice: Person, guarded: str) -> None:
    assert alice.user is not None
    await grow_old(alice)
    other = await forum.logged_in(alice.user)
    assert (await other.get(guarded)).status_code == 200
    assert (await alice.get(guarded)).status_code == 303


async def test_guessing_is_limited(alice: Person, guarded: str) -> None:
    await grow_old(alice)
    token = alice.token_in(await alice.get("/confirm-identity"))
    codes = [
        (await alice.send("/confirm-identity", csrf=token, proof_password=f"guess {n}")).status_code for n in range(11)
    ]
    assert codes == [422] * 10 + [429]
    assert (await alice.send("/confirm-identity", csrf=token, proof_password=PASSWORD)).status_code == 429
    assert (await alice.get(guarded)).status_code == 303


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "x" * 3_000])
async def test_it_leads_back_to_this_site_only(alice: Person, elsewhere: str) -> None:
    await grow_old(alice)
    token = alice.token_in(await alice.get("/confirm-identity"))
    for again in ({}, {"again": "1"}):
        answer = await alice.browser.post(
            "/confirm-identity",
            params={"next": elsewhere, **again},
            data={"csrf_token": token, "proof_password": PASSWORD},
        )
        assert answer.headers["location"] == "/settings/security"


async def test_guests_have_nothing_to_prove(guest: Person, guarded: str) -> None:
    assert (await guest.get("/confirm-identity")).status_code == 403
    assert (await guest.send("/confirm-identity", proof_password=PASSWORD)).status_code == 403
    assert (await guest.get(guarded)).status_code == 403
