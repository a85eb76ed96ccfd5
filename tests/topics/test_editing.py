"""Editing, deleting and restoring topics; the numbers follow at each step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app import work
from app.topics import removing
from documents import Board, Comment, Revision, Topic, User
from tests import stock
from tests.people import Forum, Person

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>\"'"


def _payload(**overrides: str) -> dict[str, str]:
    return {"title": "A better title", "body": "A better text", "tags": "better", **overrides}


async def numbers(board: Board, *people: Person) -> dict[str, Any]:
    """All counters: of the board, and topics and comments of each person."""
    found = await Board.get(board.oid)
    assert found is not None
    users = [await User.get(person.id) for person in people]
    return {
        "board": (found.topic_count, found.comment_count),
        "people": [(user.topic_count, user.comment_count) for user in users if user],
    }


async def test_an_edit_changes_title_text_and_tags_and_keeps_what_was(
    board: Board, alice: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "First title", "First text", tags="first")
    answer = await alice.send(f"/topics/{topic.oid}/edit", **_payload(seen="0"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/topics/{topic.oid}")
    page = (await guest.get(f"/topics/{topic.oid}")).text
    for text in ("A better title", "A better text", "better", 'class="edited"'):
        assert text in page
    assert "First" not in page
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    history = (await guest.get(f"/comments/{opening.oid}/history")).text
    for text in ("First title", "First text", "A better title", "A better text"):
        assert text in history
    assert history.index("A better text") < history.index("First text")


async def test_saving_without_a_change_changes_nothing(board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "Title", "Text", tags="one, two")
    await alice.send(f"/topics/{topic.oid}/edit", title="Title", body="Text", tags="one, two")
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert stored.edited_at is None
    assert await Revision.find_all().count() == 0


async def test_who_was_slower_sees_both_texts_and_loses_nothing(board: Board, alice: Person, mod: Person) -> None:
    topic = await alice.opens(board, "Title", "Text")
    form = (await alice.get(f"/topics/{topic.oid}/edit")).text
    assert 'name="seen" value="0"' in " ".join(form.split())
    await mod.send(f"/topics/{topic.oid}/edit", **_payload(body="The moderator's text", seen="0"))
    answer = await alice.send(f"/topics/{topic.oid}/edit", **_payload(body="Alice's own text", seen="0"))
    assert answer.status_code == 409
    assert "The moderator&#39;s text" in answer.text
    assert "Alice&#39;s own text" in answer.text
    assert 'name="seen" value="1"' in " ".join(answer.text.split())
    again = await alice.send(f"/topics/{topic.oid}/edit", **_payload(body="Alice's own text", seen="1"))
    assert again.status_code == 303
    assert await Revision.find({"topic": topic.oid}).count() == 2


async def test_of_ten_edits_at_once_one_is_saved(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    token = await alice.csrf()
    answers = await asyncio.gather(
        *(
            alice.send(f"/topics/{topic.oid}/edit", csrf=token, **_payload(body=f"Text {i}", seen="0"))
            for i in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 9
    assert await Revision.find({"topic": topic.oid}).count() == 1


@pytest.mark.parametrize("fields", [{"title": ""}, {"title": "x" * 201}, {"body": " "}, {"tags": "a,b,c,d,e,f"}])
async def test_what_does_not_fit_comes_back(board: Board, alice: Person, fields: dict[str, str]) -> None:
    topic = await alice.opens(board)
    answer = await alice.send(f"/topics/{topic.oid}/edit", **_payload(**fields))
    assert answer.status_code == 422
    for value in _payload(**fields).values():
        assert value.strip() in answer.text
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert stored.title == "A topic"


async def test_nobody_else_edits_deletes_or_restores(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    for verb in ("edit", "delete", "restore"):
        for person in (bob, guest):
            answer = await person.send(f"/topics/{topic.oid}/{verb}", **_payload(reason="r"))
            assert answer.status_code == 403
            if verb != "restore":
                assert (await person.get(f"/topics/{topic.oid}/{verb}")).status_code == 403
        page = (await bob.get(f"/topics/{topic.oid}")).text
        assert f"/topics/{topic.oid}/{verb}" not in page
    stored = await Topic.get(topic.oid)
    assert stored is not None
    counted = {"view_count": stored.view_count, "heat": stored.heat}  # they have looked at it
    assert stored == topic.model_copy(update=counted)


async def test_a_deleted_topic_is_gone_for_others_and_all_numbers_follow(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    other = await bob.opens(board, "Another topic")
    topic = await alice.opens(board, "Soon gone", "Its text", tags="leaf")
    await bob.says(topic, "One")
    gone = await bob.says(topic, "Two")
    await alice.says(topic, "Three")
    await bob.send(f"/comments/{gone.oid}/delete", reason="")
    assert await numbers(board, alice, bob) == {"board": (2, 4), "people": [(1, 1), (1, 1)]}
    answer = await mod.send(f"/topics/{topic.oid}/delete", reason="Off topic")
    assert answer.status_code == 303
    assert await numbers(board, alice, bob) == {"board": (1, 1), "people": [(0, 0), (1, 0)]}
    for person in (guest, bob):
        assert (await person.get(f"/topics/{topic.oid}")).status_code == 404
        assert (await person.get(f"/topics/{topic.oid}/n/2")).status_code == 404
        for path in ("/", f"/boards/{board.oid}", "/tags/leaf", f"/users/{alice.id}", f"/users/{bob.id}/comments"):
            assert "Soon gone" not in (await person.get(path)).text
    for person in (alice, mod):
        page = await person.get(f"/topics/{topic.oid}")
        assert page.status_code == 200
        assert "Off topic" in page.text
    assert str(other.oid) in (await guest.get("/boards")).text, "the board names the topic that was active before"
    assert (await mod.send(f"/topics/{topic.oid}/restore")).status_code == 303
    assert await numbers(board, alice, bob) == {"board": (2, 4), "people": [(1, 1), (1, 1)]}
    assert "Soon gone" in (await guest.get("/boards")).text
    assert "Two" not in (await guest.get(f"/topics/{topic.oid}")).text


async def test_comments_that_come_and_go_in_a_deleted_topic_are_counted_when_it_is_back(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board)
    one, two = await bob.says(topic, "One"), await bob.says(topic, "Two")
    await mod.send(f"/comments/{two.oid}/delete", reason="")
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    for comment, verb in ((one, "delete"), (two, "restore"), (one, "restore"), (one, "delete")):
        assert (await mod.send(f"/comments/{comment.oid}/{verb}", reason="")).status_code == 303
        assert await numbers(board, alice, bob) == {"board": (0, 0), "people": [(0, 0), (0, 0)]}
    await mod.send(f"/topics/{topic.oid}/restore")
    assert await numbers(board, alice, bob) == {"board": (1, 2), "people": [(1, 0), (0, 1)]}


async def test_an_author_deletes_only_what_is_theirs_alone(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await alice.says(topic, "Still alone")
    assert (await alice.get(f"/topics/{topic.oid}/delete")).status_code == 200
    await bob.says(topic, "Not any more")
    for answer in (await alice.get(f"/topics/{topic.oid}/delete"), await alice.send(f"/topics/{topic.oid}/delete")):
        assert answer.status_code == 403


async def test_an_answer_that_comes_while_the_author_deletes_saves_the_topic(
    board: Board, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await alice.opens(board)
    together = work.together

    async def late(steps: Any, **options: Any) -> Any:
        await Topic.raw().update_one({"_id": topic.oid}, {"$push": {"participants": bob.id}})
        return await together(steps, **options)

    monkeypatch.setattr(removing, "together", late)
    assert (await alice.send(f"/topics/{topic.oid}/delete")).status_code == 403
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert stored.live


async def test_what_a_moderator_removed_its_author_cannot_bring_back(
    board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    await mod.send(f"/topics/{topic.oid}/delete", reason="No")
    assert (await alice.send(f"/topics/{topic.oid}/restore")).status_code == 403
    assert f"/topics/{topic.oid}/restore" not in (await alice.get(f"/topics/{topic.oid}")).text
    assert (await alice.send(f"/topics/{topic.oid}/edit", **_payload())).status_code == 403
    assert (await admin.send(f"/topics/{topic.oid}/restore")).status_code == 303
    await alice.send(f"/topics/{topic.oid}/delete", reason="Myself")
    assert (await alice.send(f"/topics/{topic.oid}/restore")).status_code == 303


async def test_deleting_or_restoring_at_once_counts_once(
    board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    tokens = [(person, await person.csrf()) for person in (mod, admin)]
    for verb, left in (("delete", 0), ("restore", 1), ("delete", 0)):
        path = f"/topics/{topic.oid}/{verb}"
        await asyncio.gather(*(person.send(path, csrf=token) for person, token in tokens for _ in range(4)))
        assert await numbers(board, alice) == {"board": (left, left), "people": [(left, 0)]}


async def test_nobody_writes_in_a_deleted_or_locked_topic(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board)
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"locked": True}})
    for person in (alice, bob):
        assert (await person.send(f"/topics/{topic.oid}/comments", body="Too late")).status_code == 403
    await mod.send(f"/topics/{topic.oid}/delete", reason="")
    assert (await bob.send(f"/topics/{topic.oid}/comments", body="Too late")).status_code == 404
    for person in (alice, mod):
        assert (await person.send(f"/topics/{topic.oid}/comments", body="Too late")).status_code == 403
    assert await Comment.find({"topic": topic.oid}).count() == 1


async def test_a_preview_stores_nothing(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    for path in (f"/boards/{board.oid}/topics/new", f"/topics/{topic.oid}/edit", "/topics/new"):
        fields = _payload(body="**Bold** words", board=str(board.oid), preview="1")
        answer = await alice.send(path, **fields)
        assert answer.status_code == 200
        assert "<strong>Bold</strong> words" in answer.text
        assert "**Bold** words" in answer.text
    assert await Topic.find_all().count() == 1
    assert await Revision.find_all().count() == 0


async def test_what_people_write_is_only_text(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board, HOSTILE, f"{HOSTILE}\n\n[x](javascript:alert(1)) ![x](javascript:alert(1))")
    await bob.says(topic, HOSTILE)
    await bob.send(f"/topics/{topic.oid}/comments", body=HOSTILE, preview="1")
    await alice.send(f"/topics/{topic.oid}/edit", title=HOSTILE, body=f"{HOSTILE} edited")
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    paths = (
        "/",
        f"/topics/{topic.oid}",
        f"/users/{alice.id}",
        f"/users/{bob.id}/comments",
        "/boards",
        f"/boards/{board.oid}",
    )
    for path in (*paths, f"/comments/{opening.oid}/history"):
        for person in (alice, guest):
            text = (await person.get(path)).text
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
            harmless = text.replace("onerror=alert(1)&gt;", "").replace(r"onerror=alert(1)\u003e", "")
            assert "onerror=alert" not in harmless, path
            assert 'href="javascript:' not in text, path


async def test_control_characters_are_left_out(board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "A\x00 ti\x07tle\x1b\n of\tone  line", "Te\x00xt\x08 with\r\nlines\rand\ttabs")
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    assert topic.title == "A title of one line"
    assert opening.body == "Text with\nlines\nand\ttabs"


async def test_operators_reach_no_query(board: Board, alice: Person, bob: Person) -> None:
    await alice.opens(board)
    fields = {"title[$ne]": "x", "body[$gt]": "", "reply_to[$ne]": "x", "once[$ne]": "x", "board[$ne]": "x"}
    answer = await bob.send(f"/boards/{board.oid}/topics/new", **fields)
    assert answer.status_code == 422
    topic = await bob.opens(board, "$comment_count", "$$ROOT {$ne: 1}", tags="", once="$ne")
    await bob.send(f"/topics/{topic.oid}/edit", title="$view_count", body="$title", tags="")
    stored = await Topic.get(topic.oid)
    assert stored is not None
    assert stored.title == "$view_count"


async def test_a_text_of_sixty_thousand_characters_is_too_long_but_not_lost(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    for letter in ("a", "中", "🐢"):
        text = letter * 60_000
        for path in (f"/boards/{board.oid}/topics/new", f"/topics/{topic.oid}/comments", "/messages/new"):
            answer = await alice.send(path, title="t", to="bob", body=text)
            assert answer.status_code == 422, path
            assert text in answer.text
    assert (await alice.says(topic, "🐢" * 50_000)).number == 2


async def test_another_text_in_an_old_form_is_another_text(board: Board, alice: Person) -> None:
    """Who goes back in the browser and writes on has the same once-key in the form."""
    topic = await alice.opens(board)
    for body in ("First", "Second", "First"):
        await alice.says(topic, body, once="the-key-of-one-form")
    found = await Comment.find({"topic": topic.oid, "number": {"$gt": 1}}).sort("number").to_list()
    assert [comment.body for comment in found] == ["First", "Second"]
    other = await alice.opens(board, "Another", once="the-key-of-one-form")
    assert other.oid != topic.oid
    await alice.says(other, "First", once="the-key-of-one-form")
    assert await Comment.find({"topic": other.oid}).count() == 2


async def test_many_who_write_at_once_in_one_board_all_come_through(forum: Forum, board: Board) -> None:
    people = [await forum.person(f"writer{i}") for i in range(10)]
    topics = await stock.topics(board, people[0], 10)
    tokens = [await person.csrf() for person in people]
    answers = await asyncio.gather(
        *(
            person.send(f"/topics/{topic.oid}/comments", csrf=token, body="At once")
            for person, token, topic in zip(people, tokens, topics, strict=True)
            for _ in range(3)
        )
    )
    assert {answer.status_code for answer in answers} == {303}
    found = await Board.get(board.oid)
    assert found is not None
    assert found.comment_count == 40
