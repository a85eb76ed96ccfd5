"""Somebody with a second factor, as the tests of this folder need them."""

from __future__ import annotations

import re
import time
from html import unescape

import httpx
import pyotp

from documents import Factor
from tests.people import PASSWORD, Forum, Person

SECRET = re.compile(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>')
CODES = re.compile(r"<li><code>([0-9a-z]{5}-[0-9a-z]{5})</code>")
STEP_SECONDS = 30


def code_at(secret: str, steps: int = 0, moment: float | None = None) -> str:
    """What the app shows now or at that moment, or so many half minutes later."""
    return pyotp.TOTP(secret).at(int(moment or time.time()) + steps * STEP_SECONDS)


async def secret_of(person: Person) -> str:
    """The secret on the page that sets the app up."""
    page = await person.get("/settings/security/app")
    assert page.status_code == 200, page.text
    found = SECRET.search(unescape(page.text))
    assert found
    return found[1].replace(" ", "")


async def set_up(person: Person) -> tuple[str, list[str]]:
    """Turn the app on; gives its secret and the recovery codes. The code of a minute ago was used for it."""
    secret = await secret_of(person)
    answer = await person.send("/settings/security/app", code=code_at(secret, -1))
    if answer.status_code == 422:  # the half minute was over just then, and the code two steps old
        answer = await person.send("/settings/security/app", code=code_at(secret, -1))
    assert answer.status_code == 200, answer.text
    return secret, CODES.findall(answer.text)


async def half_way(forum: Forum, login: str = "alice", **fields: str) -> Person:
    """A browser in which the password was right."""
    person = forum.guest()
    answer = await person.send("/login", login=login, password=PASSWORD, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/second"), answer.text
    return person


async def in_(person: Person) -> bool:
    """Whether this browser is logged in."""
    return (await person.get("/settings/account")).status_code == 200


async def codes_left(person: Person) -> int:
    return len((await Factor.of(person.id)).codes)


def location(answer: httpx.Response) -> str:
    """Where it leads, empty when nowhere."""
    return str(answer.headers.get("location", ""))
