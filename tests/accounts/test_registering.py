"""Making an account."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest
from pwdlib import PasswordHash
from quart import Quart

from app.accounts.passwords import PASSWORDS, Passwords
from app.web.context import EXTENSION
from documents import User
from tests.people import PASSWORD, Forum, Person


def _payload(**overrides: str) -> dict[str, str]:
    fields = {"username": "newcomer", "email": "newcomer@example.org", "password": PASSWORD}
    fields |= overrides
    return {"confirm": fields["password"], **fields}


async def register(person: Person, **overrides: str) -> httpx.Response:
    return await person.send("/register", csrf=await person.csrf("/register"), **_payload(**overrides))


async def everybody() -> list[str]:
    return sorted([user.username async for user in User.find_all()])


async def test_a_newcomer_is_in_and_welcomed(forum: Forum, guest: Person) -> None:
    answer = await register(guest)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = await guest.see("/")
    assert "Welcome, newcomer." in page.text
    assert 'action="/logout"' in page.text
    assert (await guest.get("/register")).status_code == 303
    user = await User.find_one({"username_key": "newcomer"})
    assert user is not None
    assert (user.role, user.email) == ("member", "newcomer@example.org")
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(user)


@pytest.mark.parametrize(
    "name",
    [
        "小明",
        "张三丰",
        "Zoë",
        "Юлия",
        "田中さくら",
        "김철수",
        "สมชาย",
        "علي",
        "a.b-c_d",
        "x9",
        "Ngô_Đình",
        "दीपिका",
        "王a",
    ],
)
async def test_names_of_any_script_are_welcome(guest: Person, name: str) -> None:
    assert (await register(guest, username=name)).status_code == 303
    assert await everybody() == [name]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            " ",
            "a",
            "a" * 31,
            "two words",
            "@alice",
            "a/b",
            "<b>x</b>",
            "a\u200bb",
            "\u202eabc",
            "-ab",
            "ab.",
            "_ab",
        ),
        *("a\x00b", "😀😀", "a,b", "аlice", "a\u0301\u0301\u0301\u0301b", "a\nb", "\ufe0fab", "a#b", "$ne", "a:b"),
    ],
    ids=ascii,
)
async def test_what_is_no_name_is_refused(guest: Person, name: str) -> None:
    answer = await register(guest, username=name)
    if name in ("a\x00b", "a\nb"):  # control characters are dropped, a line break is a space
        assert (await everybody()) in ([], ["ab"])
        return
    assert answer.status_code == 422
    assert "newcomer@example.org" in answer.text
    assert await everybody() == []


@pytest.mark.parametrize(
    "name", ["admin", "ADMIN", "Ａｄｍｉｎ", "管理员", "root", "system", "moderator", "版主", "ADMlN", "me"]
)
async def test_some_names_are_kept(guest: Person, name: str) -> None:
    answer = await register(guest, username=name)
    assert answer.status_code == 422
    assert "This name is reserved. Please choose another." in answer.text


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        *(("alice", "Alice"), ("alice", "ａｌｉｃｅ"), ("alice", "ALICE"), ("Straße", "STRASSE"), ("小明", "小明")),
        *(("bill", "bi1l"), ("bob", "ЬоЬ"), ("paypal", "paypaI"), ("modern", "rnodern"), ("Ολγα", "Oλγα")),
    ],
    ids=ascii,
)
async def test_a_name_that_is_or_looks_like_anothers_is_taken(
    forum: Forum, guest: Person, taken: str, wanted: str
) -> None:
    await forum.person(taken)
    answer = await register(guest, username=wanted)
    assert answer.status_code == 422
    assert await everybody() == [taken]


async def test_a_name_is_shown_as_it_was_typed_but_in_ordinary_letters(guest: Person) -> None:
    assert (await register(guest, username="Ａｌｉｃｅ")).status_code == 303
    assert await everybody() == ["Alice"]


@pytest.mark.parametrize("email", ["NEWCOMER@EXAMPLE.ORG", " newcomer@example.org ", "ｎewcomer@example.org"])
async def test_an_address_has_one_account(guest: Person, forum: Forum, email: str) -> None:
    assert (await register(guest)).status_code == 303
    answer = await register(forum.guest(), username="other", email=email)
    assert answer.status_code == 422
    assert await everybody() == ["newcomer"]


async def test_a_taken_name_is_not_called_a_taken_address(forum: Forum, guest: Person) -> None:
    await forum.person("email_key")
    answer = await register(guest, username="email_key")
    assert "There is already an account with this address." not in answer.text
    assert "is taken, or looks" in answer.text


@pytest.mark.parametrize(
    "email", ["", "x", "x@", "@y.org", "a b@c.org", "a@b@c.org", "x" * 250 + "@y.org", "a@b..c", "x@y\x00"]
)
async def test_what_is_no_address_is_refused(guest: Person, email: str) -> None:
    assert (await register(guest, email=email)).status_code == 422
    assert await everybody() == []


@pytest.mark.parametrize(
    "password",
    ["8 lettrs", "a very long sentence " * 8, "只有中文的密码也可以", "   spaces   ", "🐢🐢🐢🐢🐢🐢🐢🐢", "x" * 512],
    ids=lambda password: password[:12].encode("unicode_escape").decode(),
)
async def test_any_password_that_is_long_enough_works(forum: Forum, guest: Person, password: str) -> None:
    assert (await register(guest, password=password)).status_code == 303
    assert (await forum.guest().send("/login", login="newcomer", password=password)).status_code == 303
    for wrong in (password[:-1], password + "x", password.strip() + " "):
        if wrong != password:
            assert (await forum.guest().send("/login", login="newcomer", password=wrong)).status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        *({"password": "short 7"}, {"password": "短密码"}, {"password": ""}, {"password": "x" * 513}),
        *({"confirm": "something else"}, {"confirm": ""}, {"username": "newcomer", "password": "NewComer"}),
    ],
    ids=lambda fields: str(fields)[:40].encode("unicode_escape").decode(),
)
async def test_a_password_that_does_not_do_is_refused_and_not_shown(guest: Person, fields: dict[str, str]) -> None:
    answer = await register(guest, **fields)
    assert answer.status_code == 422
    assert len(fields.get("password", PASSWORD)) < 2 or fields.get("password", PASSWORD) not in answer.text
    assert 'value="newcomer"' in answer.text
    assert await everybody() == []


async def test_twenty_who_want_the_same_name_at_once_get_one_account(forum: Forum) -> None:
    people = [forum.guest() for _ in range(20)]
    tokens = await asyncio.gather(*(person.csrf("/register") for person in people))
    answers = await asyncio.gather(
        *(
            person.send("/register", csrf=token, **_payload(email=f"n{i}@example.org", username=("Neo", "neo")[i % 2]))
            for i, (person, token) in enumerate(zip(people, tokens, strict=True))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 19
    assert len(await everybody()) == 1


async def test_hashing_is_off_the_loop_and_bounded(
    forum: Forum, app: Quart, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords: Passwords = app.extensions[PASSWORDS]
    busy: set[int] = set()
    most = 0
    hash_ = PasswordHash.hash

    def watched(self: PasswordHash, *args: Any, **options: Any) -> str:
        nonlocal most
        assert threading.current_thread() is not threading.main_thread()
        busy.add(threading.get_ident())
        most = max(most, len(busy))
        try:
            return hash_(self, *args, **options)
        finally:
            busy.discard(threading.get_ident())

    monkeypatch.setattr(PasswordHash, "hash", watched)
    await asyncio.gather(*(passwords.hash(f"password {i}") for i in range(8)))
    assert 1 <= most <= forum.settings.password_hash_concurrency


async def test_a_stored_hash_costs_what_owasp_asks_for() -> None:
    passwords = Passwords(1)
    assert (await passwords.hash("a password")).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    passwords.close()


async def test_more_who_wait_than_can_be_served_are_told_so(app: Quart, guest: Person) -> None:
    passwords: Passwords = app.extensions[PASSWORDS]
    kept, passwords._waiting = passwords._waiting, 10_000
    try:
        answer = await register(guest)
    finally:
        passwords._waiting = kept
    assert answer.status_code == 503
    assert 'value="newcomer"' in answer.text


async def test_a_closed_forum_takes_nobody(app: Quart, guest: Person) -> None:
    plumbing = app.extensions[EXTENSION]
    token = await guest.csrf("/register")
    kept = plumbing.settings
    plumbing.settings = kept.model_copy(update={"registration": "closed"})
    plumbing.guest_pages.clear()
    try:
        assert (await guest.get("/register")).status_code == 403
        assert (await guest.send("/register", csrf=token, **_payload())).status_code == 403
        assert 'href="/register"' not in (await guest.get("/")).text
        assert (await guest.get("/login")).status_code == 200
    finally:
        plumbing.settings = kept
        plumbing.guest_pages.clear()
    assert await everybody() == []


async def test_nobody_registers_as_more_than_a_member(guest: Person) -> None:
    extra = {"role": "admin", "deleted_at": "x", "password_hash": "x", "username[$ne]": "x", "is_admin": "1"}
    assert (await guest.send("/register", csrf=await guest.csrf("/register"), **_payload(), **extra)).status_code == 303
    user = await User.find_one({"username_key": "newcomer"})
    assert user is not None
    assert (user.role, user.deleted_at) == ("member", None)
