"""A forgotten password: by a link in a letter, the same for everybody who asks."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import timedelta

import httpx
import pytest
from bson import ObjectId
from quart import Quart

from app.accounts import evenly
from documents import Letter, Login, Token, User
from documents.clock import now
from tests.accounts.conftest import with_settings
from tests.accounts.test_protection import fail
from tests.mailbox import PostOffice
from tests.people import PASSWORD, Forum, Person

NEW = "a whole new sentence 新的"
ALICE = "alice@example.org"


@pytest.fixture(autouse=True)
def _fresh_address() -> None:
    """Another address for each test: letters of the one before may still be on their way."""
    global ALICE
    ALICE = f"alice-{ObjectId()}@example.org"


@pytest.fixture
async def alices(alice: Person) -> Person:
    """Alice, with an address that one can type."""
    await User.raw().update_one({"_id": alice.id}, {"$set": {"email": ALICE, "email_key": ALICE}})
    return alice


async def forgets(person: Person, email: str = "") -> httpx.Response:
    return await person.send("/password/forgot", csrf=await person.csrf(), email=email or ALICE)


async def link_for(person: Person, mailbox: PostOffice) -> str:
    assert (await forgets(person)).status_code == 200
    return (await mailbox.letter_to(ALICE)).path


async def sets(person: Person, path: str, password: str = NEW, **fields: str) -> httpx.Response:
    return await person.send(path, **({"password": password, "confirm": password} | fields))


@pytest.mark.parametrize("typed", ["{}", " alice ", "ＡＬＩＣＥ"])
async def test_by_address_or_name_however_typed(forum: Forum, alices: Person, mailbox: PostOffice, typed: str) -> None:
    guest = forum.guest()
    assert (await forgets(guest, typed.format(ALICE.upper()))).status_code == 200
    mail = await mailbox.letter_to(ALICE)
    page = await guest.get(mail.path)
    assert page.status_code == 200
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("same-origin", "no-store")
    answer = await sets(guest, mail.path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert (await mailbox.letter_to(ALICE)).subject == "Your password at Quorum was changed"
    assert (await guest.send("/login", login="alice", password=PASSWORD)).status_code == 422
    assert (await guest.send("/login", login="alice", password=NEW)).status_code == 303


async def test_nobody_learns_who_has_an_account(forum: Forum, alices: Person) -> None:
    pages = set()
    for email in (ALICE, "nobody@example.org", "nobody"):
        guest, began = forum.guest(), time.perf_counter()
        answer = await forgets(guest, email)
        assert time.perf_counter() - began > evenly.EVEN_SECONDS
        pages.add((answer.status_code, re.sub(r'(content|value)="[^"]{40,}"', "", answer.text).replace(email, "")))
    assert len(pages) == 1
    assert await Letter.find_all().count() == 1


async def test_who_has_no_address_gets_no_letter(forum: Forum, alice: Person) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"email": "", "email_key": None}})
    assert (await forgets(forum.guest(), "alice")).status_code == 200
    assert await Letter.find_all().count() == 0


async def test_a_mailbox_gets_three_letters_an_hour_and_the_page_says_the_same(
    forum: Forum, alices: Person, mailbox: PostOffice
) -> None:
    answers = [await forgets(forum.guest()) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert await Letter.find({"kind": "reset"}).count() == 3
    links = [(await mailbox.letter_to(ALICE)).path for _ in range(3)]
    assert sorted([(await forum.guest().get(link)).status_code for link in links]) == [200, 404, 404]


async def test_everybody_is_logged_out_and_nobody_in(forum: Forum, alices: Person, mailbox: PostOffice) -> None:
    guest = forum.guest()
    await sets(guest, await link_for(guest, mailbox))
    assert await Login.find({"user": alices.id, "ended_at": None}).count() == 0
    assert (await alices.get("/settings/account")).status_code == 403
    assert (await guest.get("/settings/account")).status_code == 403


async def test_of_fifty_at_once_one_sets_it(forum: Forum, alices: Person, mailbox: PostOffice) -> None:
    guest = forum.guest()
    path, token = await link_for(guest, mailbox), await guest.csrf()
    answers = await asyncio.gather(*(sets(guest, path, f"{NEW} {i}", csrf=token) for i in range(50)))
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 49
    winner = [answer.status_code for answer in answers].index(303)
    assert (await guest.send("/login", login="alice", password=f"{NEW} {winner}")).status_code == 303


@pytest.mark.parametrize("wrong", ["used", "expired", "never", "other-kind", "deleted"])
async def test_a_link_that_is_over(forum: Forum, alices: Person, mailbox: PostOffice, wrong: str) -> None:
    guest = forum.guest()
    path = await link_for(guest, mailbox)
    change: dict[str, dict[str, object]] = {
        "used": {"used_at": now()},
        "expired": {"expires_at": now() - timedelta(seconds=1)},
        "other-kind": {"kind": "confirm"},
    }
    if wrong in change:
        await Token.raw().update_many({}, {"$set": change[wrong]})
    if wrong == "deleted":
        await User.raw().update_one({"_id": alices.id}, {"$set": {"deleted_at": now()}})
    answer = await sets(guest, "/password/reset/nothing" if wrong == "never" else path)
    assert answer.status_code == 404
    assert "This link has been used, has expired, or is not complete." in answer.text
    user = await User.get(alices.id)
    assert user is not None
    assert alices.user is not None
    assert user.password_hash == alices.user.password_hash


@pytest.mark.parametrize(
    "fields",
    [
        *({"password": "2 few", "confirm": "2 few"}, {"confirm": "another one"}, {"password": "", "confirm": ""}),
        *({"password": "Password1", "confirm": "Password1"}, {"password": "alice2024", "confirm": "alice2024"}),
    ],
    ids=str,
)
async def test_a_password_that_does_not_do_leaves_the_link_good(
    forum: Forum, alices: Person, mailbox: PostOffice, fields: dict[str, str]
) -> None:
    guest = forum.guest()
    path = await link_for(guest, mailbox)
    answer = await sets(guest, path, **fields)
    assert answer.status_code == 422
    assert answer.headers["referrer-policy"] == "same-origin"
    assert fields.get("password", NEW) not in answer.text or not fields.get("password", NEW)
    assert (await sets(guest, path)).status_code == 303


async def test_it_ends_the_rest_after_wrong_guesses(
    forum: Forum, app: Quart, alices: Person, mailbox: PostOffice
) -> None:
    guest = forum.guest()
    await fail(app, guest, 5)
    assert (await guest.send("/login", login="alice", password=PASSWORD)).status_code == 429
    await sets(guest, await link_for(guest, mailbox))
    assert (await guest.send("/login", login="alice", password=NEW)).status_code == 303


async def test_a_letter_to_an_address_confirms_it(
    forum: Forum, app: Quart, alices: Person, mailbox: PostOffice
) -> None:
    await User.raw().update_one({"_id": alices.id}, {"$set": {"email_confirmed_at": None, "email_key": None}})
    with with_settings(app, email_confirmation="required"):
        guest = forum.guest()
        await forgets(guest, "alice")
        await sets(guest, (await mailbox.letter_to(ALICE)).path)
    user = await User.get(alices.id)
    assert user is not None
    assert user.email_confirmed_at is not None
    assert user.email_key == ALICE


async def test_no_secret_is_in_the_log_or_on_a_page(
    forum: Forum, alices: Person, mailbox: PostOffice, capfd: pytest.CaptureFixture[str]
) -> None:
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0), cache_logger_on_first_use=False)
    guest = forum.guest()
    path = await link_for(guest, mailbox)
    pages = [await guest.get(path), await sets(guest, path, "short", confirm="short"), await sets(guest, path)]
    pages += [await guest.get(path), await guest.get(path + "/x"), await alices.see("/settings/logins")]
    secret = path.rsplit("/", 1)[1]
    for page in pages:
        assert secret not in page.text
        assert NEW not in page.text
    out, err = capfd.readouterr()
    assert secret not in out + err
    assert NEW not in out + err


@pytest.mark.parametrize("password", ["password1", "PASSWORD123", "qwertyuiop", "1qaz2wsx", "woaini1314", "a123456789"])
async def test_common_passwords_are_refused(guest: Person, password: str) -> None:
    fields = {"username": "newcomer", "email": "n@example.org", "password": password, "confirm": password}
    answer = await guest.send("/register", csrf=await guest.csrf("/register"), **fields)
    assert answer.status_code == 422
    assert "This is one of the passwords that are guessed first." in answer.text


@pytest.mark.parametrize("password", ["newcomer1", "Newcomer2024", "quorum123", "daisy@meadow.example", "meadow99"])
async def test_what_everybody_can_see_is_no_password(guest: Person, password: str) -> None:
    fields = {"username": "newcomer", "email": "daisy@meadow.example", "password": password, "confirm": password}
    answer = await guest.send("/register", csrf=await guest.csrf("/register"), **fields)
    assert answer.status_code == 422
    assert "This is too close to your name" in answer.text


async def test_a_password_that_was_changed_with_the_old_one_ends_the_links_in_letters(
    forum: Forum, alices: Person, mailbox: PostOffice
) -> None:
    path = await link_for(alices, mailbox)
    changed = await alices.send("/settings/account", old=PASSWORD, password=NEW, confirm=NEW)
    assert changed.status_code == 303
    assert (await sets(forum.guest(), path)).status_code == 404
