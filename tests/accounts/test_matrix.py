"""Every route of accounts for every kind of person, the unconfirmed, locked and banned ones too."""

from __future__ import annotations

import pytest
from quart import Quart
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.accounts import banning, tokens
from app.operations.service import SCRIPT
from app.realtime.socket import POLICY
from documents import Board, User
from tests.accounts.test_protection import fail
from tests.people import PASSWORD, Forum, Person

KINDS = ("guest", "unconfirmed", "user", "locked", "banned", "admin")
# What each of KINDS gets. The locked one has guessed from this address; the banned one's log-ins are over.
PAGES = {
    "/register": "200 303 303 200 200 303",
    "/login": "200 303 303 200 200 303",
    "/password/forgot": "200 200 200 200 200 200",
    "/settings/account": "403 200 200 403 403 200",
    "/settings/logins": "403 200 200 403 403 200",
    "/settings/security": "403 200 200 403 403 200",
    "/settings/sessions": "403 200 200 403 403 200",
    "/settings/data": "403 200 200 403 403 200",
    "/confirm/never-was-one": "404 404 404 404 404 404",
    "/password/reset/never-was-one": "404 404 404 404 404 404",
    "/topics/new": "403 403 200 403 403 200",
    "/messages/new": "403 403 200 403 403 200",
}
FORMS = {
    "/confirm": ("403 303 409 403 403 409", {}),
    "/settings/email": ("403 303 303 403 403 303", {"email": "new@example.org"}),
    "/settings/account": ("403 422 422 403 403 422", {"old": "x", "password": "y", "confirm": "z"}),
    "/settings/logins": ("403 303 303 403 403 303", {"letters": "1"}),
    "/settings/profile": ("403 403 303 403 403 303", {"display_name": "Somebody"}),
    "/password/forgot": ("200 200 200 200 200 200", {"email": "alice"}),
    "/password/reset/never-was-one": ("404 404 404 404 404 404", {"password": "x"}),
    "/confirm/never-was-one": ("404 404 404 404 404 404", {}),
}


@pytest.fixture
async def people(forum: Forum, app: Quart, admin: Person, required: None) -> list[Person]:
    """One of each, in the order of KINDS."""
    unconfirmed, user, banned = [await forum.person(name) for name in ("unconfirmed", "user", "banned")]
    await User.raw().update_one({"_id": unconfirmed.id}, {"$set": {"email_confirmed_at": None}})
    assert banned.user is not None
    await banning.ban(SCRIPT, banned.user)
    await forum.person("locked")
    locked = forum.guest()
    await fail(app, locked, 5, "locked")
    banned.user = None  # their browser is a guest's now
    return [forum.guest(), unconfirmed, user, locked, banned, admin]


async def test_every_page_for_every_kind(people: list[Person]) -> None:
    found = {path: " ".join([str((await person.get(path)).status_code) for person in people]) for path in PAGES}
    assert found == PAGES


async def test_every_form_for_every_kind(people: list[Person]) -> None:
    found: dict[str, list[str]] = {path: [] for path in FORMS}
    for person in people:
        token = await person.csrf()
        for path, (_, fields) in FORMS.items():
            found[path].append(str((await person.send(path, csrf=token, **fields)).status_code))
    assert {path: " ".join(codes) for path, codes in found.items()} == {
        path: codes for path, (codes, _) in FORMS.items()
    }


async def test_logging_in_as_each_kind(forum: Forum, app: Quart, people: list[Person]) -> None:
    found = {}
    for name in ("nobody", "unconfirmed", "user", "locked", "banned", "ada"):
        found[name] = (await forum.guest().send("/login", login=name, password=PASSWORD)).status_code
    expected = {"nobody": 422, "unconfirmed": 303, "user": 303, "locked": 429, "banned": 403, "ada": 303}
    assert found == expected


async def test_what_is_anothers_is_nobodys_to_use(forum: Forum, people: list[Person], bob: Person) -> None:
    """A link belongs to an account, not to who opens it: another's log-in changes nothing of oneself."""
    user = people[2]
    secret, _ = await tokens.issue("email", user.id, email="hers@example.org")
    assert (await bob.send(f"/confirm/{secret}")).status_code == 303
    changed, unchanged = await User.get(user.id), await User.get(bob.id)
    assert changed is not None
    assert unchanged is not None
    assert (changed.email, unchanged.email != "hers@example.org") == ("hers@example.org", True)


async def test_the_locked_one_is_asked_for_no_captcha_but_for_time(people: list[Person]) -> None:
    page = await people[3].send("/login", login="locked", password=PASSWORD)
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 300
    assert "captcha_id" not in page.text


async def test_a_ban_closes_the_websocket(forum: Forum, alice: Person, board: Board) -> None:
    assert alice.user is not None
    cookie = "; ".join(f"{name}={value}" for name, value in alice.browser.cookies.items())
    url = forum.origin.replace("http", "ws") + "/ws"
    async with connect(url, additional_headers={"Cookie": cookie}, origin=forum.origin, proxy=None) as line:  # type: ignore[arg-type]
        await line.recv()
        await banning.ban(SCRIPT, alice.user)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await line.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == POLICY
