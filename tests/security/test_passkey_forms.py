"""What a passkey's forms take and refuse, without a browser. With one: tests/browser/test_passkeys.py."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from app.security import passkeys
from app.security.letters import Deed
from app.security.place import place_of
from documents import Challenge, Factor, Passkey
from tests import stock
from tests.people import Forum, Person

HOME = "/settings/security/passkeys"
DEED = Deed("passkey", "Firefox on Linux", "127.0.0.1", "en")


async def at_localhost(person: Person, path: str, **fields: str) -> httpx.Response:
    """The same form, sent to the forum by its name."""
    port = person.browser.base_url.port
    data = {"csrf_token": await person.kept_csrf(), **fields}
    return await person.browser.post(path, data=data, headers={"Host": f"localhost:{port}"})


@pytest.mark.parametrize(
    ("base_url", "host", "rp"),
    [
        ("", "localhost:5000", "localhost"),
        ("", "forum.example", "forum.example"),
        ("", "127.0.0.1:5000", None),
        ("", "[::1]:5000", None),
        ("", "", None),
        ("https://forum.example", "127.0.0.1", "forum.example"),
        ("https://203.0.113.9:8443", "forum.example", None),
    ],
)
def test_passkeys_belong_to_a_name(forum: Forum, base_url: str, host: str, rp: str | None) -> None:
    settings = forum.settings.model_copy(update={"base_url": base_url})
    place = place_of(settings, host, frozenset({"https://forum.example"}))
    assert (place.rp if place else None) == rp


async def test_the_options_ask_for_verification_and_no_attestation(alice: Person) -> None:
    await stock.passkey(alice)
    asked: dict[str, Any] = (await at_localhost(alice, f"{HOME}/options")).json()
    assert asked["rp"]["id"] == "localhost"
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert len(asked["excludeCredentials"]) == 1
    stored = await Challenge.raw().find_one({})
    assert stored is not None
    assert asked["challenge"] not in str(stored)
    assert stored["subject"].startswith("login:")


@pytest.mark.parametrize(
    "junk",
    ["", "x", "null", "[]", "{}", '{"response":{"clientDataJSON":"e30"}}', "[" * 10_000, "x" * 40_000, "é"],
)
async def test_junk_is_refused_and_the_name_kept(alice: Person, junk: str) -> None:
    answer = await at_localhost(alice, HOME, passkey=junk, name="Blue key")
    assert answer.status_code == 422
    assert 'value="Blue key"' in answer.text
    assert await Passkey.all_of(alice.id) == []


async def test_there_are_at_most_twenty(alice: Person) -> None:
    for _ in range(passkeys.MOST):
        await stock.passkey(alice)
    said = json.dumps({"response": {"clientDataJSON": "e30"}})
    assert (await at_localhost(alice, HOME, passkey=said)).status_code == 409


async def test_whoever_is_asked_for_a_passkey_has_one(alice: Person) -> None:
    """Both are removed at once while a passkey after the password is turned on: it never stays on without any."""
    for _ in range(5):
        ids = [await stock.passkey(alice), await stock.passkey(alice)]
        deeds = (passkeys.remove(alice.id, ids[0], DEED), passkeys.remove(alice.id, ids[1], DEED))
        await asyncio.gather(passkeys.ask_after_password(alice.id, DEED), *deeds, return_exceptions=True)
        assert await Passkey.all_of(alice.id) == []
        assert not (await Factor.of(alice.id)).asks


async def test_twenty_who_remove_it_at_once_remove_it_once(alice: Person) -> None:
    passkey = await stock.passkey(alice)
    token = await alice.kept_csrf()
    answers = await asyncio.gather(*(alice.send(f"{HOME}/{passkey}/remove", csrf=token) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 19
