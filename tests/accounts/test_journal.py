"""My log-ins, letters about new devices, banned people, and log-ins that last while they are used."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from quart import Quart

from app.accounts import banning, journal, logins
from app.accounts.journal import Visitor
from app.operations.service import SCRIPT
from app.realtime.hub import Hub
from app.realtime.routes import HUB
from documents import Attempt, Letter, Login, User
from documents.base import Id
from documents.clock import now
from tests.mailbox import PostOffice
from tests.people import PASSWORD, Forum, Person

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


async def logs_in(
    person: Person, agent: str = FIREFOX, password: str = PASSWORD, login: str = "alice"
) -> httpx.Response:
    person.browser.headers["User-Agent"] = agent
    return await person.send("/login", login=login, password=password)


async def test_right_and_wrong_ones_are_listed_with_their_devices(forum: Forum, alice: Person) -> None:
    assert (await logs_in(forum.guest(), IPHONE, "a wrong guess")).status_code == 422
    person = forum.guest()
    assert (await logs_in(person)).status_code == 303
    page = (await person.see("/settings/logins")).text
    assert page.index("Firefox on Linux") < page.index("iPhone")
    assert "Failed: wrong password" in page
    assert "127.0.0.1" in page
    assert "a wrong guess" not in page


async def test_many_failures_hide_no_log_in(forum: Forum, alice: Person, bob: Person) -> None:
    await logs_in(forum.guest(), IPHONE)
    tries = [
        Attempt(user=Id(alice.id), succeeded=False, at=now(), expires_at=now() + timedelta(days=1)) for _ in "x" * 99
    ]
    await Attempt.insert_many(tries)
    path, seen = "/settings/logins", 0
    for _ in range(2):
        page = (await alice.see(path)).text
        seen += page.count('class="try ')
        assert ("iPhone" in page) == ("after=" in path)
        assert "iPhone" not in (await bob.see(path)).text
        further = re.search(r'href="(/settings/logins\?after=[^"]+)"', page)
        path = further[1] if further else ""
    assert (seen, path) == (100, "")
    for wrong in ("x", "0_0", "9" * 99 + "_" + str(alice.id), "\0"):
        assert (await alice.get("/settings/logins", params={"after": wrong})).status_code == 200


async def test_nobody_sees_anothers(forum: Forum, alice: Person, bob: Person) -> None:
    await logs_in(forum.guest(), IPHONE)
    assert "iPhone" not in (await bob.see("/settings/logins")).text


async def test_tries_for_nobody_are_written_down_too_but_not_for_long(forum: Forum) -> None:
    await logs_in(forum.guest(), login="nobody-here")
    (attempt,) = await Attempt.find_all().to_list()
    assert attempt.user is None
    assert attempt.expires_at - attempt.at == journal.NOBODYS_KEPT_FOR


async def test_a_hostile_header_is_text(forum: Forum, alice: Person) -> None:
    person = forum.guest()
    assert (await logs_in(person, "<script>alert(1)</script> Firefox/1 " + "x" * 5_000)).status_code == 303
    assert "<script>alert" not in (await person.see("/settings/logins")).text


async def test_a_new_device_is_told_by_letter_and_a_known_one_is_not(
    forum: Forum, alice: Person, mailbox: PostOffice
) -> None:
    first = forum.guest()
    await logs_in(first)
    assert await Letter.find_all().count() == 0, "the first log-in of all is no news"
    await first.send("/logout")
    await logs_in(first, FIREFOX.replace("140", "141"))
    assert await Letter.find_all().count() == 0, "the same browser, newer"
    await logs_in(forum.guest())
    assert await Letter.find_all().count() == 0, "the same kind from the same place"
    await logs_in(forum.guest(), IPHONE)
    assert alice.user is not None
    mail = await mailbox.letter_to(alice.user.email)
    assert "new device" in mail.subject
    assert "Safari on iPhone" in mail.text
    assert "127.0.0.1" in mail.text


async def test_nobody_can_fill_a_mailbox_with_letters_about_log_ins(forum: Forum, alice: Person) -> None:
    for number in range(journal.LETTERS_AN_HOUR + 4):
        assert (await logs_in(forum.guest(), f"Program {number}")).status_code == 303
    assert await Letter.find({"user": alice.id, "kind": "new_login"}).count() == journal.LETTERS_AN_HOUR
    assert await Attempt.find({"user": alice.id}).count() == journal.LETTERS_AN_HOUR + 4
    await Letter.raw().update_many({}, {"$set": {"created_at": now() - timedelta(hours=1)}})
    await logs_in(forum.guest(), "One more program")
    assert await Letter.find({"user": alice.id, "kind": "new_login"}).count() == journal.LETTERS_AN_HOUR + 1


async def test_who_wants_no_letters_gets_none(forum: Forum, alice: Person) -> None:
    assert (await alice.send("/settings/logins")).status_code == 303
    for agent in (FIREFOX, IPHONE):
        await logs_in(forum.guest(), agent)
    assert await Letter.find_all().count() == 0
    await alice.send("/settings/logins", letters="1")
    await logs_in(forum.guest(), "curl/8")
    assert await Letter.find_all().count() == 1


async def test_banned_people_are_told_only_with_the_right_password(forum: Forum, alice: Person) -> None:
    assert alice.user is not None
    assert await banning.ban(SCRIPT, alice.user)
    wrong, right = await logs_in(forum.guest(), password="a wrong guess"), await logs_in(forum.guest())
    assert (wrong.status_code, right.status_code) == (422, 403)
    assert "banned" not in wrong.text
    assert "This account is banned." in right.text
    assert "quorum_session" not in right.cookies
    assert await banning.unban(SCRIPT, alice.user)
    assert (await logs_in(forum.guest())).status_code == 303


async def test_a_ban_ends_every_log_in_at_once(forum: Forum, alice: Person) -> None:
    assert alice.user is not None
    assert (await alice.get("/settings/account")).status_code == 200
    await banning.ban(SCRIPT, alice.user)
    assert (await alice.get("/settings/account")).status_code == 403
    assert await Login.find({"user": alice.id, "ended_at": None}).count() == 0
    with pytest.raises(Exception, match="changed"):
        await logins.begin(alice.user, forum.settings, remembered=False, address="", agent="")


async def test_a_ban_twice_is_one(alice: Person) -> None:
    assert alice.user is not None
    assert [await banning.ban(SCRIPT, alice.user), await banning.ban(SCRIPT, alice.user)] == [True, False]
    assert [await banning.unban(SCRIPT, alice.user), await banning.unban(SCRIPT, alice.user)] == [True, False]


async def moved(alice: Person, *, seen: timedelta, created: timedelta) -> None:
    times = {"seen_at": now() - seen, "created_at": now() - created, "expires_at": now() + timedelta(minutes=1)}
    await Login.raw().update_many({"user": alice.id}, {"$set": times})


async def test_a_log_in_lasts_while_it_is_used_but_not_for_ever(forum: Forum, app: Quart, alice: Person) -> None:
    idle = timedelta(hours=forum.settings.session_hours)
    hour = timedelta(hours=1)
    for created, expected in ((hour, idle), (logins.LASTS_AT_MOST - hour, hour)):
        await moved(alice, seen=timedelta(minutes=10), created=created)
        hub: Hub = app.extensions[HUB]
        hub.on_gap(hub.connected)  # nobody is remembered
        assert (await alice.get("/settings/account")).status_code == 200
        (login,) = await Login.find({"user": alice.id}).to_list()
        assert abs(login.expires_at - now() - expected) < timedelta(minutes=1)


async def test_a_remembered_one_ends_when_it_was_said(forum: Forum, alice: Person) -> None:
    assert alice.user is not None
    await logins.begin(alice.user, forum.settings, remembered=True, address="", agent="")
    login = await Login.find_one({"remembered": True})
    assert login is not None
    assert login.idle_seconds == 0


def test_a_visitor_says_nothing_of_an_unknown_device() -> None:
    assert Visitor("127.0.0.1", "").device == ""


async def test_the_list_is_kept_for_ninety_days(alice: Person) -> None:
    await journal.note(alice.id, Visitor("127.0.0.1", FIREFOX), succeeded=True)
    (attempt,) = await Attempt.find_all().to_list()
    assert attempt.expires_at - attempt.at == timedelta(days=90)
    assert (await User.get(alice.id)) is not None
