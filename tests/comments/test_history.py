"""History: who changed what, when and why; earlier versions come back; two who edit at once merge."""

from __future__ import annotations

import re

import pytest

from documents import Board, Comment, Revision, Topic
from tests.people import Person


async def words(person: Person, path: str) -> str:
    """A page without its tags, with what was taken out and put in marked."""
    page = (await person.get(path)).text.split("<main")[1].split("</main>")[0]
    page = page.replace("<ins>", "{+").replace("</ins>", "+}").replace("<del>", "[-").replace("</del>", "-]")
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_who_when_why_and_what(board: Board, alice: Person, bob: Person, mod: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    comment = await bob.says(topic, "I like redis 今天很好")
    await bob.send(f"/comments/{comment.oid}/edit", body="I like Redis 今天很好", reason="Its <name>")
    await mod.send(f"/comments/{comment.oid}/edit", body="I like Redis 今天不好", reason="")
    path = f"/comments/{comment.oid}/history"
    page = await words(guest, path)
    assert "I like [-redis-] {+Redis+} 今天很好".replace("] {", "]{") in page.replace("] {", "]{")
    assert "今天[-很-]{+不+}好" in page.replace("] {", "]{")
    assert "Reason: Its &lt;name&gt;" in page
    assert page.index("mod_mira") < page.index("Its &lt;name&gt;")
    beside = (await guest.get(f"{path}?view=beside")).text
    assert "<table" in beside
    assert "<del>很</del>" in beside


async def test_a_moderator_brings_a_version_back_as_an_edit(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board)
    comment = await bob.says(topic, "First")
    for body in ("Second", "Third"):
        await bob.send(f"/comments/{comment.oid}/edit", body=body)
    path = f"/comments/{comment.oid}/versions"
    assert "/versions/" not in (await bob.get(f"/comments/{comment.oid}/history")).text
    assert (await bob.send(f"{path}/1/restore")).status_code == 403
    for number in ("0", "9", "99999999999999999999"):
        assert (await mod.send(f"{path}/{number}/restore")).status_code == 404
    assert (await mod.send(f"{path}/1/restore")).status_code == 303
    stored = await Comment.get(comment.oid)
    assert stored is not None
    assert (stored.body, stored.edit_count, stored.edited_by) == ("First", 3, mod.id)
    assert "Brought back version 1." in await words(bob, f"/comments/{comment.oid}/history")
    assert await Revision.find({"comment": comment.oid}).count() == 3


async def test_an_opening_post_comes_back_with_title_and_tags(board: Board, alice: Person, mod: Person) -> None:
    topic = await alice.opens(board, "Old title", "Old text", tags="old")
    await alice.send(f"/topics/{topic.oid}/edit", title="New title", body="New text", tags="new", reason="Better")
    opening = await Comment.find_one({"topic": topic.oid})
    assert opening is not None
    page = await words(alice, f"/comments/{opening.oid}/history")
    assert "[-Old-]{+New+} title" in page.replace("] {", "]{")
    await mod.send(f"/comments/{opening.oid}/versions/1/restore")
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert (stored.title, stored.tags) == ("Old title", ["old"])


async def test_a_long_history_has_pages(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "Version 1")
    opened = (await Comment.get(comment.oid)) or comment
    texts = [
        Revision(
            comment=comment.oid,
            topic=topic.oid,
            number=number,
            body=f"Version {number + 1}",
            html="",
            author=alice.id,
            written_at=opened.created_at,
            created_at=opened.created_at,
        )
        for number in range(30)
    ]
    await Revision.insert_many(texts)
    await Comment.raw().update_one({"_id": comment.oid}, {"$set": {"body": "Version 31", "edit_count": 30}})
    path = f"/comments/{comment.oid}/history"
    first = (await alice.get(path)).text
    assert first.count('class="revision"') == 20
    older = re.search(r'href="(/comments/\w+/history\?before=\d+)', first)
    assert older is not None
    second = (await alice.get(older[1])).text
    assert second.count('class="revision"') == 11
    assert "current version" not in second
    for wrong in ("x", "-1", "9" * 30):
        assert (await alice.get(f"{path}?before={wrong}")).status_code == 404


BASE = "Milk\nBread\nButter\nEggs"
MINE, THEIRS = "Oat milk\nBread\nButter\nEggs", "Milk\nBread\nButter\nTen eggs"


@pytest.mark.parametrize(
    ("choice", "body"),
    [("merged", "Oat milk\nBread\nButter\nTen eggs"), ("theirs", THEIRS), ("mine", MINE), ("$ne", MINE)],
)
@pytest.mark.parametrize("opening", [False, True])
async def test_two_who_edit_at_once_compare_and_merge(
    board: Board, alice: Person, mod: Person, opening: bool, choice: str, body: str
) -> None:
    topic = await alice.opens(board, "Title", BASE)
    comment = await alice.says(topic, BASE)
    path = f"/topics/{topic.oid}/edit" if opening else f"/comments/{comment.oid}/edit"
    fields = {"title": "Title", "tags": ""}
    await mod.send(path, body=THEIRS, seen="0", **fields)
    answer = await alice.send(path, body=MINE, seen="0", reason="Vegan", **fields)
    assert answer.status_code == 409
    assert "<ins>Oat milk</ins>" in answer.text.replace("<ins>Oat </ins>", "<ins>Oat milk</ins>")
    assert "Merge both" in answer.text
    assert 'name="base" value="0"' in answer.text
    shown = await alice.send(path, body=MINE, seen="1", base="0", resolve=choice, reason="Vegan", **fields)
    assert shown.status_code == 200
    assert f"\n{body}</textarea>" in shown.text
    assert 'value="Vegan"' in shown.text
    saved = await alice.send(path, body=body, seen="1", base="0", **fields)
    assert saved.status_code == 303


async def test_what_touches_the_same_words_cannot_be_merged(board: Board, alice: Person, mod: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "One line")
    await mod.send(f"/comments/{comment.oid}/edit", body="His line", seen="0")
    answer = await alice.send(f"/comments/{comment.oid}/edit", body="Her line", seen="0")
    assert answer.status_code == 409
    assert "Merge both" not in answer.text
    assert "Take the other text" in answer.text
