"""What no well-behaved program sends: always a refusal in JSON, never a fault and never HTML."""

from __future__ import annotations

import json

import pytest

from app.settings import Settings
from documents import Board, Comment
from tests import stock
from tests.api.program import Program, path_to, program_of
from tests.people import Forum, Person

JSON = {"Content-Type": "application/json"}
BODIES: dict[str, tuple[bytes, int]] = {
    "no JSON": (b"{", 400),
    "a list": (b"[]", 400),
    "a text": (b'"body"', 400),
    "no UTF-8": (b'{"body": "\xff"}', 400),
    "NaN": (b'{"body": NaN}', 400),
    "a huge number": (b'{"body": ' + b"9" * 5_000 + b"}", 400),
    "deep": (b'{"body": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400),
    "an operator": (b'{"body": {"$gt": ""}}', 422),
    "nothing": (b"", 422),
    "null": (b'{"body": null}', 422),
    "empty": (b'{"body": ""}', 422),
    "unseen": (b'{"body": "\\u200b \\n"}', 422),
    "a lone surrogate": (b'{"body": "\\ud800"}', 422),
    "a field too many": (b'{"body": "x", "author": "y"}', 422),
    "an operator as an id": (b'{"body": "x", "reply_to": {"$ne": null}}', 422),
    "no id": (b'{"body": "x", "reply_to": "1"}', 422),
    "another id": (b'{"body": "x", "reply_to": "' + b"a" * 24 + b'"}', 422),
}


@pytest.fixture
async def program(forum: Forum, alice: Person) -> Program:
    """Alice's, with every scope."""
    return await program_of(forum, alice)


async def test_hostile_bodies(program: Program, settings: Settings, board: Board, alice: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    path = path_to("post_comment", topic=topic.oid)
    for name, (body, status) in BODIES.items():
        answer = await program.send("POST", path, content=body, headers=JSON)
        assert answer.status_code == status, (name, answer.text)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = await program.send("POST", path, content=b'{"body": "x"}', headers={"Content-Type": kind})
        assert answer.status_code == 415, kind
    long = json.dumps({"body": "x" * (settings.max_body_chars + 1)}).encode()
    assert (await program.send("POST", path, content=long, headers=JSON)).json()["fields"].keys() == {"body"}
    huge = b'{"body": "' + b"x" * (settings.max_form_kib * 1024) + b'"}'
    assert (await program.send("POST", path, content=huge, headers=JSON)).status_code == 413
    assert await Comment.find({"topic": topic.oid}).count() == 1


async def test_hostile_addresses_and_headers(program: Program, board: Board) -> None:
    for path in ("/nothing", "/topics/1", "/topics/" + "g" * 24, "/topics/..%2f..", "/topics/" + "a" * 24):
        assert (await program.send("GET", path)).status_code == 404, path
    for query in ("limit=0", "limit=1e9", "limit=x", "board=1", "sort[$gt]=", "author=x", "unknown=1", "cursor=9_9"):
        assert (await program.send("GET", f"/topics?{query}")).status_code == 422, query
    assert (await program.send("PATCH", "/topics")).status_code == 405
    for key in ("", "x" * 256, "a b"):
        sent = {"board": str(board.oid), "title": "x", "body": "y"}
        answer = await program.send("POST", "/topics", sent, headers={"Idempotency-Key": key})
        assert answer.status_code == 422, key
    nowhere = await program.browser.post("/api/nothing", json={})
    assert nowhere.headers["content-type"] == "application/json"


async def test_the_text_of_a_hostile_writer_is_made_safe(program: Program, board: Board, alice: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    sent = {"body": "<script>alert(1)</script> [x](javascript:alert(1)) \u202eRTL 🌱"}
    comment = await program.call("post_comment", sent, topic=topic.oid)
    assert "<script" not in comment["html"]
    assert "javascript:" not in comment["html"].replace("[x](javascript:", "")


async def test_limits_are_those_of_the_pages(program: Program, board: Board, alice: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    path, statuses = path_to("post_comment", topic=topic.oid), []
    for i in range(11):
        answer = await program.send("POST", path, {"body": f"Typed {i}"})
        statuses.append(answer.status_code)
    assert statuses == [201] * 10 + [429], "as a role of theirs says: they are new"
    assert 0 < int(answer.headers["retry-after"]) <= 61
    assert answer.json()["errno"] == 429
    assert "Comments: at most 10 in 1 min" in answer.json()["errmsg"]
    assert (await alice.send(f"/topics/{topic.oid}/comments", body="By form")).status_code == 429


async def test_pages_of_other_sites_may_ask(forum: Forum, program: Program, board: Board) -> None:
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    asked = {**foreign, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
    preflight = await forum.browser().options(f"/api/v1/boards/{board.oid}/watch", headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in preflight.headers
    done = await program.send("PUT", f"/boards/{board.oid}/watch", headers=foreign)
    assert (done.status_code, done.headers["access-control-allow-origin"]) == (204, "*")
    refused = await Program(forum).send("PUT", f"/boards/{board.oid}/watch", headers=foreign)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "*")
    page = await forum.browser().get("/", headers=foreign)
    assert "access-control-allow-origin" not in page.headers
