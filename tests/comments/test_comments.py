"""Comments: writing, answering, editing, deleting, restoring, liking."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from documents import Board, Comment, Reaction, Revision, Topic, User
from tests import stock
from tests.people import Forum, Person


@pytest.fixture
async def topic(board: Board, alice: Person) -> Topic:
    return await alice.opens(board, "A conversation", "The opening post")


async def again(topic: Topic) -> Topic:
    found = await Topic.get(topic.oid)
    assert found is not None
    return found


async def counted(person: Person) -> tuple[int, int]:
    """Comments written and likes received."""
    user = await User.get(person.id)
    assert user is not None
    return user.comment_count, user.like_count


async def test_an_answer_names_what_it_answers(topic: Topic, alice: Person, bob: Person, guest: Person) -> None:
    parent = await alice.says(topic, "A question")
    form = (await bob.get(f"/topics/{topic.oid}?reply_to={parent.oid}")).text
    assert f'name="reply_to" value="{parent.oid}"' in " ".join(form.split())
    answer = await bob.says(topic, "An answer", reply_to=str(parent.oid))
    assert (answer.reply_to, answer.reply_to_number, answer.reply_to_author) == (parent.oid, 2, alice.id)
    assert f'href="/topics/{topic.oid}/n/2"' in (await guest.get(f"/topics/{topic.oid}")).text


async def test_only_what_stands_in_the_same_topic_is_answered(
    board: Board, topic: Topic, alice: Person, bob: Person
) -> None:
    elsewhere = await alice.opens(board, "Elsewhere")
    foreign = await alice.says(elsewhere, "Not here")
    deleted = await alice.says(topic, "Gone")
    await alice.send(f"/comments/{deleted.oid}/delete", reason="")
    for wrong in (str(foreign.oid), str(deleted.oid), str(ObjectId()), "garbage", "0" * 24, "{'$ne': 1}", "x" * 9_000):
        answer = await bob.send(f"/topics/{topic.oid}/comments", body="My words", reply_to=wrong)
        assert answer.status_code == 422, wrong
        assert "My words" in answer.text
        assert (await bob.get(f"/topics/{topic.oid}", params={"reply_to": wrong})).status_code == 200
    assert (await again(topic)).comment_count == 1


async def test_a_quote_is_drawn_as_one(topic: Topic, alice: Person, bob: Person, guest: Person) -> None:
    await alice.says(topic, "Words to quote")
    await bob.says(topic, f'[quote="alice, post:2, topic:{topic.oid}"]\nWords to quote\n[/quote]\n\nI agree\n\n> plain')
    page = (await guest.get(f"/topics/{topic.oid}")).text
    assert '<blockquote class="quote">' in page
    assert "I agree" in page


async def test_an_edit_is_marked_and_the_text_before_is_kept(
    topic: Topic, alice: Person, bob: Person, guest: Person
) -> None:
    comment = await bob.says(topic, "First words")
    form = (await bob.get(f"/comments/{comment.oid}/edit")).text
    assert "First words" in form
    assert 'name="seen" value="0"' in " ".join(form.split())
    for number, text in enumerate(("Second words", "Third words")):
        answer = await bob.send(f"/comments/{comment.oid}/edit", body=text, seen=str(number))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/topics/{topic.oid}/n/2")
    page = (await guest.get(f"/topics/{topic.oid}")).text
    assert "Third words" in page
    assert 'class="edited"' in page
    assert "First words" not in page
    history = (await guest.get(f"/comments/{comment.oid}/history")).text
    assert history.index("Third words") < history.index("Second words") < history.index("First words")
    assert (await guest.get(f"/comments/{(await alice.says(topic, 'Unedited')).oid}/history")).status_code == 403


async def test_the_edit_form_of_an_opening_post_is_the_topics(topic: Topic, alice: Person) -> None:
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    answer = await alice.get(f"/comments/{opening.oid}/edit")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/topics/{topic.oid}/edit")
    for verb in ("delete", "restore"):
        assert (await alice.send(f"/comments/{opening.oid}/{verb}", reason="")).status_code == 403
    assert (await alice.get(f"/comments/{opening.oid}/delete")).status_code == 403


async def test_who_was_slower_sees_both_texts_and_loses_nothing(topic: Topic, bob: Person, mod: Person) -> None:
    comment = await bob.says(topic, "The text before")
    await mod.send(f"/comments/{comment.oid}/edit", body="Changed by the moderator", seen="0")
    answer = await bob.send(f"/comments/{comment.oid}/edit", body="What Bob typed", seen="0")
    assert answer.status_code == 409
    assert "Changed by the moderator" in answer.text
    assert "What Bob typed" in answer.text
    assert 'name="seen" value="1"' in " ".join(answer.text.split())
    assert (await bob.send(f"/comments/{comment.oid}/edit", body="What Bob typed", seen="1")).status_code == 303
    assert await Revision.find({"comment": comment.oid}).count() == 2


async def test_of_ten_edits_at_once_one_is_saved(topic: Topic, bob: Person) -> None:
    comment = await bob.says(topic, "Before")
    token = await bob.csrf()
    answers = await asyncio.gather(
        *(bob.send(f"/comments/{comment.oid}/edit", csrf=token, body=f"After {i}", seen="0") for i in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 9
    stored = await Comment.get(comment.oid)
    assert stored is not None
    assert stored.edit_count == await Revision.find({"comment": comment.oid}).count() == 1


async def test_nobody_else_edits_deletes_or_restores(topic: Topic, bob: Person, charlie: Person, guest: Person) -> None:
    comment = await bob.says(topic, "Mine alone")
    for person in (charlie, guest):
        for verb in ("edit", "delete", "restore"):
            assert (await person.send(f"/comments/{comment.oid}/{verb}", body="x", reason="")).status_code == 403
        page = (await person.get(f"/topics/{topic.oid}")).text
        assert f"/comments/{comment.oid}/edit" not in page
        assert f"/comments/{comment.oid}/delete" not in page
    assert f"/comments/{comment.oid}/edit" in (await bob.get(f"/topics/{topic.oid}")).text
    assert (await Comment.get(comment.oid)) == comment


async def test_a_deleted_comment_leaves_a_tombstone_and_the_numbers_follow(
    topic: Topic, alice: Person, bob: Person, mod: Person, charlie: Person, guest: Person
) -> None:
    first, last = await alice.says(topic, "Stays here"), await bob.says(topic, "A secret slipped")
    await bob.send(f"/comments/{last.oid}/edit", body="A secret slipped out", seen="0")
    before = await again(topic)
    assert (before.last_author, before.last_visible, before.comment_count) == (bob.id, 3, 3)
    answer = await bob.send(f"/comments/{last.oid}/delete", reason="Said too much")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/topics/{topic.oid}/n/3")
    for person in (guest, charlie, alice):
        page = (await person.get(f"/topics/{topic.oid}")).text
        assert "A secret slipped" not in page
        assert "Said too much" in page
        assert 'id="c3"' in page
        for path in (f"/comments/{last.oid}", f"/comments/{last.oid}/history"):
            assert (await person.get(path)).status_code == 404
        assert "A secret" not in (await person.get(f"/users/{bob.id}/comments")).text
        assert (await person.get(f"/topics/{topic.oid}/n/3")).status_code == 302
    for person in (bob, mod):
        assert (await person.get(f"/comments/{last.oid}/history")).status_code == 200
    after = await again(topic)
    assert (after.last_author, after.last_visible, after.comment_count) == (alice.id, 2, 2)
    assert after.active_at == first.created_at
    assert after.last_number == 3
    assert await counted(bob) == (0, 0)
    assert (await bob.says(topic, "A new one")).number == 4
    assert (await bob.send(f"/comments/{last.oid}/restore")).status_code == 303
    assert "A secret slipped out" in (await guest.get(f"/topics/{topic.oid}")).text
    restored = await again(topic)
    assert (restored.comment_count, restored.last_visible) == (4, 4)
    assert await counted(bob) == (2, 0)


async def test_deleting_the_last_comment_moves_the_topic_back_in_its_lists(
    board: Board, topic: Topic, alice: Person, bob: Person, guest: Person
) -> None:
    other = await alice.opens(board, "Another one")
    comment = await bob.says(topic, "To the top")
    assert f"/topics/{topic.oid}" in (await guest.get("/boards")).text
    await bob.send(f"/comments/{comment.oid}/delete", reason="")
    assert f"/topics/{other.oid}" in (await guest.get("/boards")).text
    home = (await guest.get("/")).text
    assert home.index("Another one") < home.index("A conversation")


async def test_what_a_moderator_removed_its_author_cannot_bring_back(
    topic: Topic, bob: Person, mod: Person, admin: Person
) -> None:
    comment = await bob.says(topic, "Rude words")
    await mod.send(f"/comments/{comment.oid}/delete", reason="Rude")
    page = (await bob.get(f"/topics/{topic.oid}")).text
    assert "Deleted by a moderator" in page
    assert f"/comments/{comment.oid}/restore" not in page
    for verb in ("restore", "edit", "delete", "like"):
        assert (await bob.send(f"/comments/{comment.oid}/{verb}", body="x", reason="")).status_code == 403
    assert (await admin.send(f"/comments/{comment.oid}/restore")).status_code == 303
    await bob.send(f"/comments/{comment.oid}/delete", reason="")
    assert (await bob.send(f"/comments/{comment.oid}/restore")).status_code == 303


async def test_deleting_and_restoring_at_once_counts_right(topic: Topic, bob: Person, mod: Person) -> None:
    comment = await bob.says(topic, "Here or not")
    tokens = await bob.csrf(), await mod.csrf()
    await asyncio.gather(
        *(
            person.send(f"/comments/{comment.oid}/{verb}", csrf=token, reason="")
            for verb in ("delete", "restore", "delete", "restore")
            for person, token in zip((bob, mod), tokens, strict=True)
        )
    )
    stored = await Comment.get(comment.oid)
    assert stored is not None
    assert (await again(topic)).comment_count == 1 + stored.live
    assert await counted(bob) == (int(stored.live), 0)


@pytest.mark.parametrize("reason", ["x" * 301, "<script>alert(1)</script>"])
async def test_a_reason_is_short_and_only_text(topic: Topic, bob: Person, guest: Person, reason: str) -> None:
    comment = await bob.says(topic, "Words")
    answer = await bob.send(f"/comments/{comment.oid}/delete", reason=reason)
    assert answer.status_code == (422 if len(reason) > 300 else 303)
    assert "<script>alert" not in (await guest.get(f"/topics/{topic.oid}")).text


async def test_a_like_counts_once_for_each_however_often_it_is_sent(
    forum: Forum, topic: Topic, bob: Person, guest: Person
) -> None:
    comment = await bob.says(topic, "Likeable")
    people = [await forum.person(f"fan{i}") for i in range(5)]
    tokens = [await person.csrf() for person in people]

    async def all_send(verb: str) -> None:
        answers = await asyncio.gather(
            *(
                person.send(f"/comments/{comment.oid}/{verb}", csrf=token)
                for person, token in zip(people, tokens, strict=True)
                for _ in range(4)
            )
        )
        assert {answer.status_code for answer in answers} == {303}

    async def likes() -> tuple[Any, ...]:
        stored = await Comment.get(comment.oid)
        assert stored is not None
        given = await Reaction.find({"comment": comment.oid}).count()
        return stored.like_count, (await again(topic)).like_count, (await counted(bob))[1], given

    await all_send("like")
    assert await likes() == (5, 5, 5, 5)
    page = (await people[0].get(f"/topics/{topic.oid}")).text
    assert f"/comments/{comment.oid}/unlike" in page
    await all_send("unlike")
    assert await likes() == (0, 0, 0, 0)


async def test_nobody_likes_their_own_or_what_is_gone(topic: Topic, bob: Person, mod: Person, guest: Person) -> None:
    comment = await bob.says(topic, "Mine")
    assert (await bob.send(f"/comments/{comment.oid}/like")).status_code == 403
    assert (await guest.send(f"/comments/{comment.oid}/like")).status_code == 403
    assert f"/comments/{comment.oid}/like" not in (await bob.get(f"/topics/{topic.oid}")).text
    await mod.send(f"/comments/{comment.oid}/delete", reason="")
    assert (await mod.send(f"/comments/{comment.oid}/like")).status_code == 403
    assert await Reaction.find_all().count() == 0


async def test_a_preview_stores_nothing(topic: Topic, alice: Person, bob: Person) -> None:
    comment = await bob.says(topic, "Before")
    for path in (f"/topics/{topic.oid}/comments", f"/comments/{comment.oid}/edit"):
        answer = await bob.send(path, body="**Bold** words", preview="1", seen="0")
        assert answer.status_code == 200
        assert "<strong>Bold</strong> words" in answer.text
        assert "**Bold** words" in answer.text
    assert await Comment.find({"topic": topic.oid}).count() == 2
    assert await Revision.find_all().count() == 0


async def test_a_window_is_read_anew_for_each_who_may_do_other_things(
    topic: Topic, alice: Person, bob: Person, charlie: Person
) -> None:
    comments = await stock.comments(topic, bob, 3)
    for person, may in ((bob, True), (charlie, False), (alice, False), (bob, True)):
        page = (await person.get(f"/topics/{topic.oid}")).text
        for comment in comments:
            assert (f"/comments/{comment.oid}/edit" in page) == may
            assert (f"/comments/{comment.oid}/like" in page) != may
