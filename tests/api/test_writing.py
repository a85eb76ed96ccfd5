"""Writing by programs: the same rules as the forms, twice is once, and nobody overwrites unseen."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image
from quart import Quart

from app.web.context import EXTENSION
from documents import Board, Comment, Message, Topic
from tests import stock
from tests.api.program import Program, path_to, program_of
from tests.people import Forum, Person


@pytest.fixture
async def program(forum: Forum, alice: Person) -> Program:
    """Alice's, with every scope."""
    return await program_of(forum, alice)


async def test_a_topic_from_opening_to_restoring(
    program: Program, forum: Forum, board: Board, bob: Person, mod: Person
) -> None:
    sent = {"board": str(board.oid), "title": "  Hello  你好 ", "body": "**Text**", "tags": ["two words", "Tag"]}
    made = await program.send("POST", "/topics", sent)
    topic = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/topics/{topic['id']}"
    assert (topic["title"], topic["tags"], topic["version"]) == ("Hello 你好", ["two-words", "tag"], 1)
    assert topic["may"] == ["reply", "edit", "delete"]
    changed = await program.call("edit_topic", {"title": "Another", "reason": "better"}, topic=topic["id"])
    assert (changed["title"], changed["tags"], changed["version"]) == ("Another", ["two-words", "tag"], 2)
    assert await program.call("delete_topic", topic=topic["id"]) is None
    assert (await Program(forum).send("GET", f"/topics/{topic['id']}")).status_code == 404
    assert (await program.call("get_topic", topic=topic["id"]))["deleted"] is not None
    assert (await program.call("restore_topic", topic=topic["id"]))["deleted"] is None
    moderator = await program_of(forum, mod)
    for verb in ("pin", "lock", "feature"):
        await moderator.call(f"{verb}_topic", topic=topic["id"])
        await moderator.call(f"{verb}_topic", topic=topic["id"])
    now_ = await program.call("get_topic", topic=topic["id"])
    assert [now_[honour] for honour in ("pinned", "locked", "featured")] == [True, True, True]
    assert "reply" not in now_["may"]
    refused = await (await program_of(forum, bob)).send("POST", f"/topics/{topic['id']}/comments", {"body": "No"})
    assert refused.status_code == 403
    await moderator.call("unlock_topic", topic=topic["id"])
    assert not (await program.call("get_topic", topic=topic["id"]))["locked"]


async def test_a_comment_with_all_that_can_be_done(program: Program, forum: Forum, board: Board, bob: Person) -> None:
    (topic,) = await stock.topics(board, bob, 1)
    opening = (await program.get(f"/topics/{topic.oid}/comments"))["items"][0]
    sent = {"body": "Hello @bob", "reply_to": opening["id"]}
    comment = await program.call("post_comment", sent, topic=topic.oid)
    assert (comment["number"], comment["reply_to"]) == (2, 1)
    other = await program_of(forum, bob)
    feed = await other.get("/notifications")
    assert feed["items"][-1]["reasons"][0] in {"mention", "reply"}
    await other.call("read_notifications", {"ids": [feed["items"][-1]["id"]]})
    assert (await other.get("/notifications"))["unread"]["notifications"] == 0
    for name in ("like_comment", "like_comment", "bookmark_comment"):
        await other.call(name, comment=comment["id"])
    seen = await other.call("get_comment", comment=comment["id"])
    assert (seen["likes"], seen["liked"], seen["bookmarked"]) == (1, True, True)
    assert [row["id"] for row in (await other.call("list_bookmarks"))["items"]] == [comment["id"]]
    await other.call("unlike_comment", comment=comment["id"])
    assert (await program.call("edit_comment", {"body": "Better"}, comment=comment["id"]))["version"] == 2
    history = await Program(forum).call("list_versions", comment=comment["id"])
    assert [row["body"] for row in history["items"]] == ["Better", "Hello @bob"]
    await program.call("delete_comment", {"reason": "mine"}, comment=comment["id"])
    window = await other.get(f"/topics/{topic.oid}/comments")
    assert (window["items"][1]["body"], window["items"][1]["html"]) == ("", "")
    await program.call("restore_comment", comment=comment["id"])


async def test_fifty_equal_posts_make_one(
    app: Quart, program: Program, board: Board, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions[EXTENSION].limits, "enabled", False)
    (topic,) = await stock.topics(board, bob, 1)
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    path = path_to("post_comment", topic=topic.oid)
    answers = await asyncio.gather(*(program.send("POST", path, {"body": "Once"}, headers=key) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await Comment.find({"topic": topic.oid}).count() == 2
    other = await program.send("POST", path, {"body": "Something else"}, headers=key)
    assert other.status_code == 422
    assert await Comment.find({"topic": topic.oid}).count() == 2
    (second,) = await stock.topics(board, bob, 1, "Elsewhere {}")
    elsewhere = await program.send("POST", path_to("post_comment", topic=second.oid), {"body": "Once"}, headers=key)
    assert elsewhere.json()["topic"] == str(second.oid)


async def test_topics_and_messages_are_made_once_too(program: Program, board: Board, bob: Person) -> None:
    key = {"Idempotency-Key": "k"}
    sent = {"board": str(board.oid), "title": "Once", "body": "Text"}
    first, again = [await program.send("POST", "/topics", sent, headers=key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert (await program.send("POST", "/topics", {**sent, "title": "Other"}, headers=key)).status_code == 422
    word = {"to": ["bob"], "title": "Hi", "body": "Word"}
    talks = [(await program.send("POST", "/conversations", word, headers=key)).json()["id"] for _ in range(2)]
    assert talks[0] == talks[1]
    path = f"/conversations/{talks[0]}/messages"
    numbers = [(await program.send("POST", path, {"body": "More"}, headers=key)).json()["number"] for _ in range(2)]
    assert numbers == [2, 2]
    assert await Topic.find_all().count() == 1
    assert await Message.find_all().count() == 2


async def test_if_match_keeps_two_from_overwriting_each_other(
    program: Program, forum: Forum, board: Board, alice: Person, mod: Person
) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    comment = await program.call("post_comment", {"body": "First"}, topic=topic.oid)
    path = path_to("edit_comment", comment=comment["id"])
    etag = (await program.send("GET", path)).headers["etag"]
    await (await program_of(forum, mod)).call("edit_comment", {"body": "By a moderator"}, comment=comment["id"])
    late = await program.send("PATCH", path, {"body": "Late"}, headers={"If-Match": etag})
    assert late.status_code == 412
    assert (await program.send("PATCH", path, {"body": "x"}, headers={"If-Match": "nonsense"})).status_code == 412
    assert (await program.call("get_comment", comment=comment["id"]))["body"] == "By a moderator"
    fresh = (await program.send("GET", path)).headers["etag"]
    assert (await program.send("PATCH", path, {"body": "Now"}, headers={"If-Match": fresh})).status_code == 200
    topic_path = path_to("edit_topic", topic=topic.oid)
    assert (await program.send("PATCH", topic_path, {"title": "x"}, headers={"If-Match": '"7-a"'})).status_code == 412


async def test_messages_are_for_members_with_the_scope(
    program: Program, forum: Forum, bob: Person, charlie: Person
) -> None:
    talk = await program.call("start_conversation", {"to": ["bob"], "title": "Secret 秘密", "body": "Word"})
    other = await program_of(forum, bob, "messages")
    (request,) = (await other.get("/conversations", params={"box": "requests"}))["items"]
    assert request["title"] == "Secret 秘密"
    thread = await other.call("get_conversation", conversation=talk["id"])
    assert [message["html"] for message in thread["messages"]] == ["<p>Word</p>\n"]
    await other.call("post_message", {"body": "Answer"}, conversation=talk["id"])
    await program.call("read_conversation", {"number": 99}, conversation=talk["id"])
    assert (await program.call("get_me"))["unread"]["messages"] == 0
    stranger = await program_of(forum, charlie)
    assert (await stranger.send("GET", f"/conversations/{talk['id']}")).status_code == 404
    reader = await program_of(forum, bob, "read")
    assert "Secret" not in (await reader.send("GET", "/notifications")).text
    assert "秘密" not in (await reader.send("GET", "/notifications")).text
    await program.call("edit_message", {"body": "Better"}, conversation=talk["id"], number=1)
    refused = await other.send("PATCH", f"/conversations/{talk['id']}/messages/1", {"body": "Mine"})
    assert refused.status_code == 403
    for name in ("mute_conversation", "archive_conversation", "unarchive_conversation", "unmute_conversation"):
        await program.call(name, conversation=talk["id"])
    await other.call("delete_message", conversation=talk["id"], number=1)
    left = await other.call("get_conversation", conversation=talk["id"])
    assert [message["number"] for message in left["messages"]] == [2]
    await other.call("delete_conversation", conversation=talk["id"])
    assert (await other.send("GET", f"/conversations/{talk['id']}")).status_code == 404


async def test_people_places_drafts_and_oneself(program: Program, forum: Forum, board: Board, bob: Person) -> None:
    await program.call("follow_user", user=bob.id)
    assert (await program.get("/users", params={"username": "@bob"}))["following"]
    assert [row["username"] for row in (await program.get(f"/users/{bob.id}/followers"))["items"]] == ["alice"]
    await program.call("block_user", user=bob.id)
    assert [row["username"] for row in (await program.call("list_blocked"))["items"]] == ["bob"]
    await program.call("unblock_user", user=bob.id)
    await program.call("watch_board", board=board.oid)
    assert [row["name"] for row in (await program.call("list_places"))["watched"]] == ["Garden"]
    await program.call("mute_board", board=board.oid)
    assert not (await program.call("list_places"))["watched"]
    place = f"topic:{board.oid}"
    assert (await program.call("save_draft", {"place": place, "body": "Begun"}))["rev"] == 1
    assert (await program.send("PUT", "/drafts", {"place": place, "body": "Other"})).status_code == 409
    assert [row["body"] for row in (await program.call("list_drafts"))["items"]] == ["Begun"]
    assert (await program.send("DELETE", "/drafts", params={"place": place})).status_code == 204
    assert not (await program.call("list_drafts"))["items"]
    me = await program.call("edit_me", {"signature": "园丁", "website": "example.org"})
    assert (me["signature"], me["website"]) == ("园丁", "https://example.org")
    assert (await program.call("edit_privacy", {"messages_from": "nobody"}))["shows_likes"]
    wrong = await program.send("PATCH", "/me", {"website": "javascript:alert(1)"})
    assert wrong.json()["fields"].keys() == {"website"}
    assert "<strong>" in (await program.call("preview", {"body": "**x**"}))["html"]


async def test_a_file_is_taken_used_and_found(program: Program) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    for _ in range(2):
        answer = await program.send("POST", "/uploads", files={"file": ("leaf.png", picture.getvalue())})
        assert answer.status_code == 201, answer.text
    assert answer.json()["width"] == 40
    (row,) = (await program.call("list_uploads"))["items"]
    assert row == answer.json()
    await program.call("delete_upload", upload=row["id"])
    assert (await program.send("POST", "/uploads", {"file": "x"})).status_code == 415


async def test_search_finds_texts_people_and_tags(program: Program, board: Board, alice: Person) -> None:
    await stock.topics(board, alice, 1, "Compost {}")
    found = await program.get("/search", params={"q": "compost"})
    assert "<mark>" in found["items"][0]["title"]
    people = await program.get("/search", params={"q": "ali", "type": "people"})
    assert [row["username"] for row in people["people"]] == ["alice"]
    nobody = await program.get("/search", params={"q": "author:nobody"})
    assert nobody["notes"]


async def test_a_report_waits_for_moderators_once(
    program: Program, forum: Forum, board: Board, alice: Person, bob: Person
) -> None:
    (topic,) = await stock.topics(board, bob, 1)
    sent = {"kind": "topic", "id": str(topic.oid), "reason": "spam"}
    assert (await program.call("report", sent))["added"]
    assert not (await program.call("report", sent))["added"]
    assert (await program.send("POST", "/reports", {**sent, "reason": "other"})).json()["fields"].keys() == {"words"}
    own = await (await program_of(forum, bob)).send("POST", "/reports", sent)
    assert own.status_code == 403
    talk = await program.call("start_conversation", {"to": ["bob"], "title": "Hi", "body": "Word"})
    message = {"kind": "message", "id": talk["messages"][0]["id"], "reason": "rude"}
    narrow = await (await program_of(forum, bob, "write")).send("POST", "/reports", message)
    assert "messages" in narrow.json()["errmsg"]
    stranger = await program_of(forum, await forum.person("charlie"))
    assert (await stranger.send("POST", "/reports", message)).status_code == 404
