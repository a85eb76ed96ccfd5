"""What people have written says its language and turns nothing around but itself."""

from __future__ import annotations

import re

from documents import Board, User
from tests.people import Forum, Person

TURNED = "\u202etitle"
HAN = "阳台上的番茄"


def bare(page: str, text: str) -> int:
    """How often `text` stands in the page's body outside a <bdi>, a heading, a title or an attribute."""
    body = page[page.index("<main") :]
    body = re.sub(r"<bdi[^>]*>[^<]*</bdi>", "", body)
    body = re.sub(r"<h1[^>]*>[^<]*</h1>", "", body)
    return re.sub(r"<[^>]*>", "<>", body).count(text)


async def test_titles_and_names_turn_nothing_around(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    await User.raw().update_one({"_id": alice.id}, {"$set": {"display_name": "a\u202elice"}})
    topic = await alice.opens(board, TURNED)
    comment = await alice.says(topic, "Look, @bob")
    await bob.says(topic, "I do", reply_to=str(comment.oid))
    thread = await alice.writes("bob", TURNED, "Words")
    places = ("/", "/boards", f"/boards/{board.oid}", f"/topics/{topic.oid}", f"/users/{alice.id}/comments")
    for path in (*places, f"/topics/{topic.oid}?reply_to={comment.oid}", "/notifications", "/messages"):
        page = (await bob.get(path)).text
        assert "\u202e" in page, path
        assert bare(page, "\u202e") == 0, path
    for path in (f"/messages/{thread}", f"/messages/{thread}/delete"):
        assert bare((await bob.get(path)).text, "\u202e") == 0, path
    assert bare((await alice.get(f"/comments/{comment.oid}/history")).text, "\u202e") == 0


async def test_titles_and_excerpts_say_their_language(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, HAN)
    await alice.says(topic, "@bob 你看，已经红了")
    await alice.writes("bob", HAN, "明天中午一起吃饭吗？")
    for path in ("/", "/boards", "/notifications", "/messages", f"/users/{alice.id}/comments"):
        page = (await bob.get(path)).text
        assert f'<bdi lang="zh-Hans">{HAN}</bdi>' in page, path
    assert '<bdi lang="zh-Hans">明天中午一起吃饭吗？</bdi>' in (await bob.get("/messages")).text
    assert '<bdi lang="zh-Hans">@bob 你看，已经红了</bdi>' in (await bob.get("/notifications")).text


async def test_a_preview_says_its_language(board: Board, alice: Person) -> None:
    path = f"/boards/{board.oid}/topics/new"
    page = (await alice.send(path, title=HAN, body="今天下了*整整*一天的雨。", preview="1")).text
    assert f'<h3 class="preview-name" lang="zh-Hans">{HAN}</h3>' in page
    assert '<div class="prose" lang="zh-Hans"><p>今天' in page
