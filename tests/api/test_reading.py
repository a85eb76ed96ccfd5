"""Reading by programs: what people see, with cursors and ETags, and never more."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from documents import Board
from tests import stock
from tests.api.program import Program, program_of
from tests.people import Forum, Person


async def test_topics_page_by_cursor_to_the_end(forum: Forum, alice: Person, board: Board) -> None:
    made = await stock.topics(board, alice, 7)
    program, seen, cursor = Program(forum), [], None
    while True:
        options: dict[str, Any] = {"cursor": cursor} if cursor else {}
        answer = await program.send("GET", "/topics", params={"sort": "new", "limit": 3, **options})
        seen += [row["id"] for row in answer.json()["items"]]
        cursor = answer.json()["next"]
        assert (cursor is not None) == ('rel="next"' in answer.headers.get("link", ""))
        if cursor is None:
            break
    assert seen == [str(topic.oid) for topic in reversed(made)]
    assert (await program.send("GET", "/topics", params={"cursor": "nonsense"})).status_code == 422
    assert (await program.send("GET", "/topics", params={"sort": "best"})).json()["fields"].keys() == {"sort"}


async def test_comments_are_a_window_by_number(forum: Forum, alice: Person, board: Board) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    await stock.comments(topic, alice, 5, "Words {} **bold**")
    found = await Program(forum).get(f"/topics/{topic.oid}/comments", params={"from": 3, "limit": 2})
    assert [row["number"] for row in found["items"]] == [3, 4]
    assert (found["next"], found["last_number"]) == (5, 6)
    assert found["items"][0]["body"] == "Words 1 **bold**"
    assert "<strong>bold</strong>" in found["items"][0]["html"]
    end = await Program(forum).get(f"/topics/{topic.oid}/comments", params={"from": 5})
    assert end["next"] is None
    beyond = await Program(forum).get(f"/topics/{topic.oid}/comments", params={"from": 100})
    assert beyond["items"] == []


async def test_what_somebody_has_already_is_not_sent_again(forum: Forum, alice: Person, board: Board) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    program = Program(forum)
    first = await program.send("GET", f"/topics/{topic.oid}/comments")
    etag = {"If-None-Match": first.headers["etag"]}
    again = await program.send("GET", f"/topics/{topic.oid}/comments", headers=etag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await alice.says(topic, "More")
    assert (await program.send("GET", f"/topics/{topic.oid}/comments", headers=etag)).status_code == 200


async def test_hidden_and_missing_are_the_same(
    forum: Forum, alice: Person, admin: Person, bob: Person, board: Board
) -> None:
    closed = await forum.board("Closed", staff_only=True, position=2)
    secret = await admin.opens(closed, "Secret")
    gone = await alice.opens(board, "Gone")
    await admin.send(f"/topics/{gone.oid}/delete", reason="spam")
    program, missing = await program_of(forum, bob), ObjectId()
    nothing = (await program.send("GET", f"/topics/{missing}")).json()
    for path in (
        f"/topics/{secret.oid}",
        f"/topics/{gone.oid}",
        f"/topics/{secret.oid}/comments",
        f"/boards/{closed.oid}",
    ):
        assert (await program.send("GET", path)).json() == nothing, path
    assert not (await program.get("/topics"))["items"]
    assert [row["name"] for row in (await program.get("/boards"))["items"]] == ["Garden"]
    theirs = await program_of(forum, admin, "read")
    assert len((await theirs.get("/boards"))["items"]) == 2


async def test_refusals_speak_the_language_of_the_request(forum: Forum, xiaoming: Person) -> None:
    english = await program_of(forum, xiaoming, "read", locale="en")
    assert "scope" in (await english.send("POST", "/preview", {"body": "x"})).json()["errmsg"]
    chinese = await (await program_of(forum, xiaoming, locale="zh-CN,en;q=0.5")).send("POST", "/topics", {"title": 1})
    assert chinese.status_code == 422
    assert chinese.json()["fields"]["title"] == "这里要填文字。"
