"""A form whose log-in has ended leads through log-in back to its editor: with its text, once, and to nobody else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from app.accounts import logins
from app.assembly import AUTH_COOKIE
from app.web.context import RESCUE_COOKIE
from documents import Board, Comment, Draft, Rescued, Revision, Topic, User
from documents.rescued import RESCUED_MAX
from tests.drafts.test_drafts import SHOWN, WORDS, places
from tests.people import PASSWORD, Forum, Person
from tests.security.second import code_at, set_up

ENDED = {"en": "Your log-in has ended", "zh": "登录已失效"}
FIELD = re.compile(r'<(?:input|textarea)[^>]*? name="(\w+)"[^>]*?(?: value="([^"]*)"|>\n([^<]*)</textarea>)', re.DOTALL)


def form_in(page: httpx.Response, name: str = "body") -> dict[str, str]:
    """What a browser would send of the form that has this field."""
    (form,) = [part for part in page.text.split("<form")[1:] if f'name="{name}"' in part.split("</form>")[0]]
    return {found[1]: unescape(found[2] or found[3] or "") for found in FIELD.finditer(form.split("</form>")[0])}


async def log_in(person: Person, answer: httpx.Response, name: str | None = None) -> httpx.Response:
    """Go to the log-in that a page offers, log in and follow to where that leads."""
    found = re.search(r'href="(/login\?next=[^"]+)"[^>]*>(?:Log in and go on writing|登录并继续写)', answer.text)
    assert found, answer.text
    page = await person.browser.get(unescape(found[1]))
    action = re.search(r'<form method="post"\s+action="(/login\?next=[^"]+)"', page.text)
    assert action
    entered = await person.browser.post(
        unescape(action[1]),
        data={"csrf_token": Person.token_in(page), "login": name or person.name, "password": PASSWORD},
    )
    assert entered.status_code == 303, entered.text
    return await person.browser.get(entered.headers["location"], follow_redirects=True)


def target_of(place: str, path: str) -> str:
    """Where the form of a place is sent to."""
    more = {"reply": "/comments", "answer": "/replies"}.get(place.partition(":")[0], "")
    return path.partition("?")[0] + more


async def ended(person: Person, how: str) -> None:
    """The log-in of this browser ends."""
    if how == "elsewhere":
        await logins.end_all(person.id)
    elif how == "other tab":
        await person.send("/logout")
    else:
        del person.browser.cookies[AUTH_COOKIE]


@pytest.mark.parametrize("how", ["elsewhere", "other tab", "browser closed"])
async def test_every_form_leads_back_to_its_text(
    forum: Forum, board: Board, alice: Person, bob: Person, how: str
) -> None:
    assert alice.user is not None
    found = await places(board, alice, bob)
    for place, path in found.items():
        writer = await forum.logged_in(alice.user, "zh" if "edit" in place else "en")
        form = form_in(await writer.get(path)) | {"title": "A title", "body": WORDS, "tags": "leaf, 叶子", "to": "bob"}
        await ended(writer, how)
        refused = await writer.browser.post(target_of(place, path), data=form | {"board": str(board.oid)})
        assert refused.status_code == 403
        assert ENDED["zh" if "edit" in place else "en"] in refused.text
        assert SHOWN in refused.text
        back = await log_in(writer, refused)
        assert back.url.path == path.split("?")[0], place
        again = form_in(back)
        assert again["body"] == WORDS
        assert again.get("once") == form.get("once")
        assert again.get("title", "A title") == "A title"
        assert again.get("tags", "leaf, 叶子") == "leaf, 叶子"
        assert again.get("to", "bob") == "bob"
        assert RESCUE_COOKIE not in writer.browser.cookies
    assert await Rescued.find_all().count() == 0
    assert await Draft.find_all().count() == len(found)
    assert await Topic.find_all().count() == 1
    assert await Revision.find_all().count() == 0


async def test_a_second_factor_comes_between(forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    secret, _ = await set_up(alice)
    form = form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": WORDS}
    await logins.end_all(alice.id)
    refused = await alice.browser.post(f"/topics/{topic.oid}/comments", data=form)
    second = await log_in(alice, refused)
    assert second.url.path == "/login/second"
    entered = await alice.browser.post(
        "/login/second", data={"csrf_token": Person.token_in(second), "code": code_at(secret, 1)}
    )
    assert entered.status_code == 303, entered.text
    back = await alice.browser.get(entered.headers["location"], follow_redirects=True)
    assert back.url.path == f"/topics/{topic.oid}"
    assert form_in(back)["body"] == WORDS


async def test_what_had_arrived_after_all_is_not_there_twice(board: Board, alice: Person, bob: Person) -> None:
    """The answer was lost and the log-in ended: the form is sent again, refused, brought back and sent once more."""
    topic = await alice.opens(board)
    form = form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": "@bob only once"}
    path = f"/topics/{topic.oid}/comments"
    assert (await alice.browser.post(path, data=form)).status_code == 303
    await logins.end_all(alice.id)
    for _ in range(3):
        refused = await alice.browser.post(path, data=form)
    assert await Rescued.find_all().count() == 1
    again = form_in(await log_in(alice, refused))
    sent = await alice.browser.post(path, data=again)
    assert sent.headers["location"] == f"/topics/{topic.oid}/n/2"
    assert await Comment.find({"topic": topic.oid}).count() == 2
    assert await Draft.find_all().count() == 0
    assert (await bob.feed())["seq"] == 1


async def test_what_others_have_said_meanwhile_is_still_shown_before(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    form = form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": WORDS}
    await bob.says(topic, "I was faster")
    await logins.end_all(alice.id)
    path = f"/topics/{topic.oid}/comments"
    again = form_in(await log_in(alice, await alice.browser.post(path, data=form)))
    answer = await alice.browser.post(path, data=again)
    assert answer.status_code == 409
    assert "I was faster" in answer.text


async def test_another_account_gets_neither_the_text_nor_the_blame(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    """Alice's log-in ends in a shared browser, and Bob is next there. She finds her text when she is back."""
    form = form_in(await alice.get("/messages/new?to=carol")) | {"title": "Secret", "body": WORDS, "to": "carol"}
    await logins.end_all(alice.id)
    refused = await alice.browser.post("/messages/new", data=form)
    his = await log_in(alice, refused, "bob")
    assert "waits for the account" in his.text
    for path in ("/messages/new?to=carol", "/drafts", "/drafts/resume?next=/drafts", "/messages/new"):
        assert SHOWN not in (await alice.browser.get(path, follow_redirects=True)).text
    assert await Draft.find_all().count() == 0
    await alice.browser.post("/logout", data={"csrf_token": Person.token_in(await alice.browser.get("/drafts"))})
    hers = await log_in(alice, refused)
    assert form_in(hers)["body"] == WORDS
    elsewhere = await forum.logged_in(bob.user)  # type: ignore[arg-type]
    assert SHOWN not in (await elsewhere.see("/drafts")).text


async def test_who_is_there_now_can_go_on_with_it_by_a_press_of_a_button(
    forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    form = form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": WORDS}
    alice.browser.cookies.set(AUTH_COOKIE, forum.cookie(bob.token), domain="127.0.0.1")
    answer = await alice.browser.post(f"/topics/{topic.oid}/comments", data=form)
    assert answer.status_code == 403
    assert "Go on writing as bob" in answer.text
    assert await Comment.find({"topic": topic.oid}).count() == 1
    assert await Draft.find_all().count() == 0
    taken = await alice.browser.post("/drafts/resume", data=form_in(answer, "draft"))
    assert taken.headers["location"] == f"/topics/{topic.oid}#reply"
    assert form_in(await bob.get(f"/topics/{topic.oid}"))["body"] == WORDS


async def test_a_form_from_before_the_present_log_in_is_back_in_the_editor_at_once(
    forum: Forum, board: Board, alice: Person
) -> None:
    assert alice.user is not None
    topic = await alice.opens(board)
    form = form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": WORDS}
    now = await forum.logged_in(alice.user)
    answer = await now.browser.post(f"/topics/{topic.oid}/comments", data=form, follow_redirects=True)
    assert answer.url.path == f"/topics/{topic.oid}"
    assert "Not sent yet" in answer.text
    assert form_in(answer)["body"] == WORDS
    sent = await now.browser.post(f"/topics/{topic.oid}/comments", data=form_in(answer))
    assert sent.status_code == 303


async def test_a_profile_waits_until_it_is_saved_or_discarded(forum: Forum, alice: Person) -> None:
    form = form_in(await alice.get("/settings/profile"), "bio") | {"bio": WORDS, "place": "武汉"}
    for act in ("/settings/profile/discard", "/settings/profile"):
        await logins.end_all(alice.id)
        refused = await alice.browser.post("/settings/profile", data=form)
        back = await log_in(alice, refused)
        again = form_in(back, "bio")
        assert (again["bio"], again["place"]) == (WORDS, "武汉")
        assert "Not saved yet" in back.text
        assert (await alice.browser.post(act, data=again)).status_code == 303
        assert "Not saved yet" not in (await alice.get("/settings/profile")).text
        form = again
    user = await User.get(alice.id)
    assert user is not None
    assert user.bio == WORDS


async def test_two_tabs_with_other_words_lose_neither(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    forms = [form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": f"Words of tab {tab}"} for tab in "ab"]
    await logins.end_all(alice.id)
    for form in forms:
        refused = await alice.browser.post(f"/topics/{topic.oid}/comments", data=form)
    assert form_in(await log_in(alice, refused))["body"] == "Words of tab b\n\nWords of tab a"


@pytest.mark.parametrize("writer", ["", "nonsense", "0" * 24 + "." + "0" * 32, "other"])
async def test_guests_fill_nothing(board: Board, guest: Person, alice: Person, writer: str) -> None:
    """Only what was on a page for somebody who was logged in is kept, and it says whose it was."""
    topic = await alice.opens(board)
    fields: dict[str, Any] = {"draft": f"reply:{topic.oid}", "body": WORDS}
    mark = f"{alice.id}.{'f' * 32}" if writer == "other" else writer
    answer = await guest.browser.post(f"/topics/{topic.oid}/comments", data=fields | {"writer": mark})
    assert answer.status_code == 403
    assert SHOWN in answer.text
    assert await Rescued.find_all().count() == 0
    assert RESCUE_COOKIE not in guest.browser.cookies


async def test_it_is_bounded(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    form = form_in(await alice.get(f"/topics/{topic.oid}"))
    await logins.end_all(alice.id)
    path = f"/topics/{topic.oid}/comments"
    for number in range(RESCUED_MAX + 3):
        answer = await alice.browser.post(
            path, data=form | {"body": f"Text {number}", "once": f"a-key-of-sixteen-{number}"}
        )
    assert await Rescued.find_all().count() == RESCUED_MAX
    for _ in range(10):
        answer = await alice.browser.post(path, data=form | {"body": WORDS})
    assert answer.status_code == 403
    assert SHOWN in answer.text, "even when it is not kept any more"
    huge = await alice.browser.post(path, data=form | {"body": "x" * 100_001})
    assert huge.status_code == 403
    assert await Rescued.find({"fields.body": {"$regex": "^xx"}}).count() == 0


async def test_scripts_are_refused_plainly_and_keep_the_text_themselves(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    form = form_in(await alice.get(f"/topics/{topic.oid}")) | {"body": WORDS}
    await logins.end_all(alice.id)
    path = f"/topics/{topic.oid}/comments"
    for headers in ({"X-Quorum-Send": "1"}, {"Accept": "application/json"}):
        assert (await alice.browser.post(path, data=form, headers=headers)).status_code == 403
    assert await Rescued.find_all().count() == 0
