"""Bookmarks: each person's own, once a text, and only of what they may still read."""

from __future__ import annotations

import asyncio

from bson import ObjectId

from documents import Board, Bookmark, Comment
from documents.clock import now
from tests import stock
from tests.people import Forum, Person


async def test_a_text_is_kept_found_and_let_go(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Tomatoes", "The first text")
    comment = await alice.says(topic, "Worth keeping")
    path = f"/comments/{comment.oid}"
    assert f'formaction="{path}/bookmark"' in (await bob.get(f"/topics/{topic.oid}")).text
    answers = await asyncio.gather(*(bob.send(f"{path}/bookmark") for _ in range(10)))
    assert {answer.headers.get("location") for answer in answers} == {f"/topics/{topic.oid}/n/2"}
    assert await Bookmark.find_all().count() == 1
    page = (await bob.get(f"/topics/{topic.oid}")).text
    assert f'formaction="{path}/unbookmark"' in page
    listed = (await bob.get("/bookmarks")).text
    assert "Worth keeping" in listed
    assert "Worth keeping" not in (await alice.get("/bookmarks")).text
    await bob.send(f"{path}/unbookmark")
    await bob.send(f"{path}/unbookmark")
    assert "No bookmarks yet" in (await bob.get("/bookmarks")).text
    assert f'formaction="{path}/bookmark"' in (await bob.get(f"/topics/{topic.oid}")).text


async def test_what_one_may_not_see_any_more_is_not_shown(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, admin: Person
) -> None:
    other = await forum.board("Kitchen")
    moved = await alice.opens(other, "Will be closed")
    gone = await alice.opens(board, "Will be deleted")
    stays = await alice.opens(board, "Will stay")
    said = await alice.says(stays, "Will be taken back")
    for topic in (moved, gone, stays):
        first = await Comment.find_one({"topic": topic.oid, "number": 1})
        assert first is not None
        await bob.send(f"/comments/{first.oid}/bookmark")
    await bob.send(f"/comments/{said.oid}/bookmark")
    await admin.send(f"/admin/boards/{other.oid}", name="Kitchen", staff_only="1")
    await mod.send(f"/topics/{gone.oid}/delete")
    await mod.send(f"/comments/{said.oid}/delete")
    page = (await bob.get("/bookmarks")).text
    assert "Will stay" in page
    for words in ("Will be closed", "Will be deleted", "Will be taken back"):
        assert words not in page
    for id in (said.oid, ObjectId()):
        assert (await bob.send(f"/comments/{id}/bookmark")).status_code == 404


async def test_the_list_is_paged_by_key(board: Board, alice: Person, bob: Person) -> None:
    (topic,) = await stock.topics(board, alice, 1)
    comments = await stock.comments(topic, alice, 45)
    fields = {"user": bob.id, "topic": topic.oid, "created_at": now()}
    await Bookmark.raw().insert_many([{"comment": c.oid, "number": c.number, **fields} for c in comments])
    seen: list[str] = []
    path = "/bookmarks"
    while path:
        page = (await bob.get(path)).text
        seen += [c.excerpt for c in comments if f">{c.excerpt}</bdi>" in page]
        path = next((part.split('"')[0] for part in page.split('href="') if part.startswith("/bookmarks?after=")), "")
    assert sorted(seen) == sorted(c.excerpt for c in comments)
    for key in ("x", "1_2", "9" * 400 + "_" + "0" * 24):
        assert (await bob.get(f"/bookmarks?after={key}")).status_code == 200
