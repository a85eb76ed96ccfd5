"""Refusals and faults are pages for people, in their language, with what they had typed."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from pymongo.errors import DuplicateKeyError, ServerSelectionTimeoutError
from quart import Quart
from structlog.testing import LogCapture

from app.accounts import logins
from app.text.pool import RenderPool
from app.topics import lists, opening
from app.web import faults
from app.web.context import EXTENSION
from app.web.faults import TEXTS, TITLES
from app.web.i18n import Text
from app.web.pages import Locale
from documents import Board, Topic
from tests.people import Forum, Person

HOSTILE = '</pre></textarea><script>alert(1)</script>" onload="x'


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists cannot be read because of a fault of ours."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret detail of the machine")

    monkeypatch.setattr(lists, "find_rows", fail)


@pytest.mark.usefixtures("broken")
async def test_a_fault_is_named_by_a_number_that_the_log_has_too(
    board: Board, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = LogCapture()
    monkeypatch.setattr(faults, "log", structlog.wrap_logger(structlog.PrintLogger(), processors=[logged]))
    answer = await guest.get(f"/boards/{board.oid}")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    (entry,) = logged.entries
    assert entry["incident"] in answer.text
    assert "secret detail" in str(entry["exc_info"])


@pytest.mark.usefixtures("broken")
async def test_a_program_gets_the_number_as_json(board: Board, guest: Person) -> None:
    answer = await guest.get(f"/boards/{board.oid}", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert {"errno", "errmsg", "incident"} == answer.json().keys()


async def test_a_database_that_does_not_answer_is_no_fault_and_costs_no_text(
    app: Quart, board: Board, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> Any:
        raise ServerSelectionTimeoutError("a.b.c:27017 of the inner network")

    monkeypatch.setattr(lists, "find_rows", fail)
    page = await alice.get("/?sort=new")
    monkeypatch.setattr(opening, "together", fail)
    form = await alice.send(f"/boards/{board.oid}/topics/new", title="Kept title", body="Kept body")
    monkeypatch.setattr(app.extensions[EXTENSION], "load_viewer", fail)
    nobody = await alice.get("/boards")
    for answer in (page, form, nobody):
        assert answer.status_code == 503
        assert "The database is not responding right now." in answer.text
        assert "27017" not in answer.text
    assert "Kept body" in form.text


async def test_a_clash_that_nobody_expected_is_a_fault_of_ours(
    board: Board, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as if the database did not answer: trying again later would not help."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise DuplicateKeyError("E11000 duplicate key { email_key: 'somebody@example.org' }", 11000)

    logged = LogCapture()
    monkeypatch.setattr(faults, "log", structlog.wrap_logger(structlog.PrintLogger(), processors=[logged]))
    monkeypatch.setattr(opening, "together", fail)
    answer = await alice.send(f"/boards/{board.oid}/topics/new", title="Kept title", body="Kept body")
    assert answer.status_code == 500
    (entry,) = logged.entries
    assert entry["incident"] in answer.text
    assert "E11000" in str(entry["exc_info"])
    assert "Kept body" in answer.text
    assert "somebody@example.org" not in answer.text


async def test_a_text_is_shown_again_after_a_fault(
    board: Board, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(RenderPool, "render", fail)
    answer = await alice.send(f"/boards/{board.oid}/topics/new", title="Kept title", body="Kept body", tags="kept")
    assert answer.status_code == 500
    for kept in ("Kept title", "Kept body", "kept"):
        assert kept in answer.text
    assert await Topic.find_all().count() == 0


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_refusals_are_in_the_language_of_the_reader(
    forum: Forum, app: Quart, board: Board, alice: Person, locale: Locale
) -> None:
    topic = await alice.opens(board)
    reader = await forum.person("reader", locale=locale)
    big = b"a" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = {
        403: await reader.browser.get(f"/topics/{topic.oid}/edit"),
        404: await reader.browser.get("/nothing"),
        405: await reader.browser.put("/boards", headers={"X-CSRF-Token": await reader.csrf()}),
        413: await reader.browser.post("/messages/new", content=big, headers=form),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert f'lang="{"zh-Hans" if locale == "zh" else "en"}"' in answer.text[:100]
        assert answer.headers["content-language"] == ("zh-Hans" if locale == "zh" else "en")
        assert Text(TITLES[status]).into(locale) in answer.text
        if status in TEXTS:
            assert Text(TEXTS[status]).into(locale) in answer.text


async def test_what_was_typed_into_a_refused_form_is_shown_and_is_only_text(board: Board, alice: Person) -> None:
    path = f"/boards/{board.oid}/topics/new"
    for token, title in (("wrong", HOSTILE), (None, HOSTILE * 20)):
        answer = await alice.send(path, csrf=token, title=title, body=HOSTILE, tags=HOSTILE)
        assert answer.status_code in (403, 422)
        assert "<script>alert" not in answer.text
        assert answer.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
        assert '" onload="' not in answer.text


async def test_a_form_that_has_expired_leads_back_to_its_page(board: Board, alice: Person) -> None:
    path = f"/boards/{board.oid}/topics/new"
    for origin, leads in ((str(alice.browser.base_url).rstrip("/"), True), ("https://evil.example", False)):
        headers = {"Referer": f"{origin}{path}?draft=1"}
        answer = await alice.browser.post(path, data={"csrf_token": "old", "body": "Words"}, headers=headers)
        assert answer.status_code == 403
        assert (f'href="{path}?draft=1"' in answer.text) is leads, origin


async def test_a_session_that_ended_while_somebody_wrote_does_not_cost_the_text(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    token = await alice.csrf()
    await logins.end_all(alice.id)
    answer = await alice.send(f"/topics/{topic.oid}/comments", csrf=token, body="An hour of work")
    assert answer.status_code == 403
    assert "An hour of work" in answer.text


async def test_a_board_that_went_away_while_somebody_wrote_does_not_cost_the_text(
    board: Board, alice: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    await admin.send(f"/admin/boards/{board.oid}/delete")
    for path in (f"/topics/{topic.oid}/comments", f"/boards/{board.oid}/topics/new", f"/topics/{topic.oid}/edit"):
        answer = await alice.send(path, title="Kept title", body="An hour of work")
        assert answer.status_code == 404
        assert "An hour of work" in answer.text


async def test_a_topic_that_was_locked_while_somebody_wrote_does_not_cost_the_text(
    board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board)
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"locked": True}})
    answer = await bob.send(f"/topics/{topic.oid}/comments", body="An hour of work")
    assert answer.status_code == 403
    assert "An hour of work" in answer.text
    assert "This topic no longer takes replies." in answer.text
