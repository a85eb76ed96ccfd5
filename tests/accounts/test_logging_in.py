"""Logging in and out: server-side, so that what is over is over."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest
from quart import Quart

from app.accounts import logins, service
from app.accounts.journal import Visitor
from app.accounts.passwords import PASSWORDS
from app.accounts.protection import login_tries
from app.assembly import AUTH_COOKIE
from app.errors import Conflict
from app.web.context import EXTENSION
from documents import Login, User
from documents.clock import now
from tests.people import PASSWORD, Forum, Person

NEW_PASSWORD = "a new sentence 新的"


def cookie_of(answer: httpx.Response) -> str:
    """The Set-Cookie line of the log-in."""
    return next(line for line in answer.headers.get_list("set-cookie") if line.startswith(AUTH_COOKIE))


async def log_in(forum: Forum, login: str = "alice", password: str = PASSWORD, **fields: str) -> Person:
    person = forum.guest()
    answer = await person.send("/login", login=login, password=password, **fields)
    assert answer.status_code == 303, answer.text
    return person


async def knows(person: Person) -> bool:
    """Whether the forum still takes this browser for somebody."""
    answer = await person.get("/settings/account")
    assert answer.status_code in (200, 403)
    return answer.status_code == 200


@pytest.mark.parametrize("login", ["alice", "ALICE", "ａlice", " alice ", "alice@example.org", "Alice@Example.ORG"])
async def test_by_name_or_address_however_it_is_typed(forum: Forum, alice: Person, login: str) -> None:
    email = {"email": "alice@example.org", "email_key": "alice@example.org"}
    await User.raw().update_one({"_id": alice.id}, {"$set": email})
    assert await knows(await log_in(forum, login))


async def test_a_password_is_the_same_on_every_keyboard(forum: Forum, alice: Person) -> None:
    assert await knows(await log_in(forum, password="ｃorrect　horse 电池 staple"))


async def test_an_unknown_name_and_a_wrong_password_look_the_same(forum: Forum, alice: Person) -> None:
    answers = set()
    for login, password in (("alice", "wrong password"), ("nobody-here", "wrong password"), ("nobody-here", PASSWORD)):
        person = forum.guest()
        answer = await person.send("/login", csrf=await person.csrf("/login"), login=login, password=password)
        assert "Wrong username or password." in answer.text
        assert password not in answer.text
        assert AUTH_COOKIE not in answer.cookies
        shown = re.sub(r'(content|value)="[^"]{50,}"', "", answer.text).replace(login, "NAME")
        answers.add((answer.status_code, shown))
    assert len(answers) == 1
    assert answers.pop()[0] == 422


async def test_only_with_remember_me_the_cookie_outlives_the_browser(forum: Forum, alice: Person) -> None:
    person = forum.guest()
    short = cookie_of(await person.send("/login", login="alice", password=PASSWORD))
    long = cookie_of(await forum.guest().send("/login", login="alice", password=PASSWORD, remember="1"))
    assert "Max-Age" not in short
    assert "Expires" not in short
    assert f"Max-Age={forum.settings.session_days * 24 * 3600}" in long
    for line in (short, long):
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
    stored = await Login.find({"user": alice.id, "remembered": True}).to_list()
    assert len(stored) == 1
    assert stored[0].expires_at > now() + timedelta(days=forum.settings.session_days - 1)


async def test_what_is_stored_is_not_the_token(forum: Forum, alice: Person) -> None:
    person = await log_in(forum)
    cookie = person.browser.cookies[AUTH_COOKIE]
    for stored in await Login.find_all().to_list():
        assert stored.token_hash not in cookie
        assert len(stored.token_hash) == 64


async def test_a_copied_cookie_is_worth_nothing_after_logging_out(forum: Forum, alice: Person) -> None:
    person = await log_in(forum, remember="1")
    thief = forum.guest()
    thief.browser.cookies.set(AUTH_COOKIE, person.browser.cookies[AUTH_COOKIE], domain="127.0.0.1")
    assert await knows(thief)
    assert (await person.send("/logout", csrf=await person.csrf("/settings/account"))).status_code == 303
    assert not await knows(thief)
    assert not await knows(person)
    assert await knows(alice), "another browser of hers stays"


async def test_logging_out_takes_a_form_and_a_token(alice: Person) -> None:
    assert (await alice.get("/logout")).status_code == 405
    assert (await alice.send("/logout", csrf="x")).status_code == 403
    assert await knows(alice)


async def test_a_log_in_ends_when_its_time_is_over(forum: Forum, alice: Person) -> None:
    await Login.raw().update_many({}, {"$set": {"expires_at": now() - timedelta(seconds=1)}})
    assert not await knows(alice)


async def test_changing_the_password_ends_every_other_log_in(forum: Forum, alice: Person) -> None:
    assert alice.user is not None
    other = await forum.logged_in(alice.user)
    assert await knows(other)
    answer = await alice.send("/settings/account", old=PASSWORD, password=NEW_PASSWORD, confirm=NEW_PASSWORD)
    assert answer.status_code == 303
    assert not await knows(other)
    assert await knows(alice)
    assert (await forum.guest().send("/login", login="alice", password=PASSWORD)).status_code == 422
    assert await knows(await log_in(forum, password=NEW_PASSWORD))


@pytest.mark.parametrize(
    "fields",
    [
        *({"old": "wrong password"}, {"old": ""}, {"password": "short"}, {"confirm": "another sentence"}),
        *({"password": "x" * 600, "confirm": "x" * 600}, {"password": "", "confirm": ""}),
    ],
    ids=lambda fields: str(fields)[:30],
)
async def test_a_password_is_changed_only_by_who_knows_it(forum: Forum, alice: Person, fields: dict[str, str]) -> None:
    assert alice.user is not None
    other = await forum.logged_in(alice.user)
    sent = {"old": PASSWORD, "password": NEW_PASSWORD, "confirm": NEW_PASSWORD, **fields}
    assert (await alice.send("/settings/account", **sent)).status_code == 422
    assert await knows(other)
    assert await knows(await log_in(forum))


async def test_a_log_in_that_raced_with_a_new_password_is_none(forum: Forum, app: Quart, alice: Person) -> None:
    """The old password was right when it was checked, and was changed before the log-in began."""
    user = await service.who_logs_in(
        app.extensions[PASSWORDS],
        login_tries(app.extensions[EXTENSION].memory),
        "alice",
        PASSWORD,
        visitor=Visitor("127.0.0.1", "tests"),
        whence="here",
        solved=False,
    )
    await alice.send("/settings/account", old=PASSWORD, password=NEW_PASSWORD, confirm=NEW_PASSWORD)
    with pytest.raises(Conflict):
        await logins.begin(user, forum.settings, remembered=False, address="", agent="")
    assert await Login.find({"user": alice.id, "ended_at": None}).count() == 1


async def test_of_two_who_change_a_password_at_once_one_is_told(forum: Forum, alice: Person) -> None:
    token = await alice.csrf()
    answers = await asyncio.gather(
        *(
            alice.send("/settings/account", csrf=token, old=PASSWORD, password=new, confirm=new)
            for new in (f"{NEW_PASSWORD} 1", f"{NEW_PASSWORD} 2")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_a_token_from_before_is_never_taken_over(forum: Forum, alice: Person) -> None:
    """Session fixation: whatever cookie a browser brings, logging in makes a new one and ends the old."""
    before = alice.browser.cookies[AUTH_COOKIE]
    await alice.send("/login", login="alice", password=PASSWORD)
    after = alice.browser.cookies[AUTH_COOKIE]
    assert after != before
    thief = forum.guest()
    thief.browser.cookies.set(AUTH_COOKIE, before, domain="127.0.0.1")
    assert not await knows(thief)


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "é", '"', "x" * 3_000])
async def test_a_made_up_cookie_is_a_guests(forum: Forum, cookie: str) -> None:
    answer = await forum.browser().get("/", headers={b"Cookie": f"{AUTH_COOKIE}={cookie}".encode()})
    assert answer.status_code == 200
    assert 'action="/logout"' not in answer.text


async def test_a_deleted_person_is_out_and_stays_out(forum: Forum, alice: Person) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"deleted_at": now()}})
    assert not await knows(alice)
    assert (await forum.guest().send("/login", login="alice", password=PASSWORD)).status_code == 422


async def test_a_stored_password_of_no_kind_we_know_is_nobodys(forum: Forum, alice: Person) -> None:
    for stored in ("", "!", "pbkdf2$1$x$y"):
        await User.raw().update_one({"_id": alice.id}, {"$set": {"password_hash": stored}})
        assert (await forum.guest().send("/login", login="alice", password=PASSWORD)).status_code == 422


@pytest.mark.parametrize(
    "elsewhere",
    [
        *(
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "http://evil.example",
            "https:evil.example",
            "/\t/evil",
        ),
        *(
            "javascript:alert(1)",
            "/\n/evil",
            "/%0d%0aSet-Cookie:x=1\r\nX: y",
            "evil.example",
            "///evil",
            "/" + "a" * 3_000,
        ),
        *("\x01//evil.example", " //evil.example", "/ /evil", "data:text/html,x", "//evil.example:80@x/"),
    ],
    ids=ascii,
)
async def test_next_leads_to_this_site_only(forum: Forum, alice: Person, elsewhere: str) -> None:
    for where in ("query", "form"):
        person = forum.guest()
        fields = {"csrf_token": await person.csrf(), "login": "alice", "password": PASSWORD}
        in_form = {"next": elsewhere} if where == "form" else {}
        in_query = {"next": elsewhere} if where == "query" else {}
        answer = await person.browser.post("/login", data=fields | in_form, params=in_query)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "evil" not in (await alice.get("/login", params={"next": elsewhere})).headers["location"]


@pytest.mark.parametrize("path", ["/topics/new?board=1", "/@小明", "/?sort=new&after=1_2#c3"])
async def test_next_leads_back(forum: Forum, alice: Person, path: str) -> None:
    for in_query, in_form in (({"next": path}, {}), ({}, {"next": path})):
        person = forum.guest()
        page = await person.browser.get("/login", params=in_query)
        assert page.status_code == 200
        fields = {"csrf_token": await person.csrf(), "login": "alice", "password": PASSWORD, **in_form}
        answer = await person.browser.post("/login", data=fields, params=in_query)
        assert unquote(answer.headers["location"]) == path
        assert answer.headers["location"].isascii()


async def test_who_is_logged_in_needs_no_form(alice: Person) -> None:
    answer = await alice.get("/login?next=/boards")
    assert (answer.status_code, answer.headers["location"]) == (303, "/boards")


async def test_own_pages_are_for_people_who_are_logged_in(guest: Person) -> None:
    for path in ("/settings/account", "/messages", "/messages/sent", "/messages/new", "/notifications", "/topics/new"):
        answer = await guest.get(path)
        assert answer.status_code == 403
        assert "/login?next=" in answer.text
