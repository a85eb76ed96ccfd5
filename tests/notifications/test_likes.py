"""Likes of one text are one notice, which grows, comes again within bounds, and never lies."""

from __future__ import annotations

import asyncio

import pytest

from app.boards.access import visible_comment
from app.notifications.likes import next_mark
from documents import Board, Comment, Notification, Topic, User
from tests import stock
from tests.people import Forum, Person
from tests.realtime.test_push import line


@pytest.fixture
async def text(board: Board, alice: Person, bob: Person) -> Comment:
    topic: Topic = await alice.opens(board, "Tomatoes")
    return await bob.says(topic, "What bob wrote")


async def likes(person: Person, comment: Comment) -> None:
    assert (await person.send(f"/comments/{comment.oid}/like")).status_code == 303


async def unlikes(person: Person, comment: Comment) -> None:
    assert (await person.send(f"/comments/{comment.oid}/unlike")).status_code == 303


async def notice_of(person: Person) -> Notification | None:
    """The one notice of likes, after a look at all numbers: they have no gap, and all others are places it has left."""
    rows = await Notification.find({"user": person.id}).sort("seq").to_list()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    user = await User.get(person.id)
    assert user is not None
    assert user.notification_seq == len(rows)
    assert {row.kind for row in rows[:-1]} <= {"moved"}
    return rows[-1] if rows else None


async def bell(person: Person) -> int:
    return int((await person.feed())["unread"]["notifications"])


async def test_names_that_change_between_marks_are_told_without_a_number(
    text: Comment, bob: Person, alice: Person, charlie: Person, xiaoming: Person, forum: Forum
) -> None:
    for person in (alice, charlie, xiaoming):
        await likes(person, text)
    before = await bob.feed()
    async with line(forum, bob) as tab:
        await unlikes(charlie, text)
        told = await tab.hear("unread")
    assert told["turn"] > before["turn"]
    assert (told["seq"], told["unread"]) == (before["seq"], before["unread"])
    after = await bob.feed()
    assert (after["turn"], after["seq"]) == (told["turn"], before["seq"])
    (event,) = [event for event in after["events"] if event["kind"] == "like"]
    assert (event["actor"]["name"], event["others"]) == ("小明", 1)
    await unlikes(charlie, text)
    assert (await bob.feed())["turn"] == after["turn"], "nothing has changed"


def test_marks_are_few() -> None:
    marks, peak = 1, 1
    while (peak := next_mark(peak)) <= 5_000:
        marks += 1
    assert marks == 25


async def test_one_notice_grows_and_names_the_newest(
    text: Comment, alice: Person, bob: Person, charlie: Person, xiaoming: Person, mod: Person
) -> None:
    await likes(alice, text)
    assert "alice</bdi></strong> liked what you wrote" in (await bob.get("/notifications")).text
    for person in (charlie, xiaoming, mod):
        await likes(person, text)
    page = (await bob.get("/notifications")).text
    assert page.count("data-notice=") == 1
    assert "and 2 others liked what you wrote" in page
    assert page.index("mod_mira</bdi>") < page.index("小明</bdi>")
    feed = await bob.feed()
    assert [event["kind"] for event in feed["events"]] == ["hidden", "hidden", "hidden", "like"]
    assert (feed["events"][-1]["others"], feed["unread"]["notifications"]) == (3, 1)


async def test_liking_and_unliking_calls_nobody_again(
    text: Comment, alice: Person, bob: Person, charlie: Person
) -> None:
    await likes(alice, text)
    await bob.send("/notifications/read", all="1")
    for _ in range(3):
        await unlikes(alice, text)
        assert "data-notice=" not in (await bob.get("/notifications")).text
        await likes(alice, text)
    found = await notice_of(bob)
    assert found is not None
    assert (found.seq, found.unread, found.like_count, found.withdrawn_at) == (1, False, 1, None)
    await likes(charlie, text)
    assert await bell(bob) == 1
    await unlikes(charlie, text)
    await unlikes(alice, text)
    assert await bell(bob) == 0


async def test_fifty_at_once_are_one_notice_with_the_right_people(forum: Forum, text: Comment, bob: Person) -> None:
    people = [await forum.person(f"fan{i}") for i in range(25)]
    tokens = [await person.csrf() for person in people]
    send = [
        person.send(f"/comments/{text.oid}/like", csrf=token)
        for _ in range(2)
        for person, token in zip(people, tokens, strict=True)
    ]
    assert {answer.status_code for answer in await asyncio.gather(*send)} == {303}
    found = await notice_of(bob)
    assert found is not None
    assert (found.like_count, found.unread, len(set(found.people)), found.seq) == (25, True, 3, 12)
    assert set(found.people) <= {person.id for person in people}
    assert await bell(bob) == 1


async def test_likes_and_unlikes_at_once_end_with_what_is_there(forum: Forum, text: Comment, bob: Person) -> None:
    people = [await forum.person(f"fan{i}") for i in range(8)]
    tokens = [await person.csrf() for person in people]
    for person in people[:4]:
        await likes(person, text)
    verbs = ["unlike"] * 4 + ["like"] * 4
    together = zip(people, tokens, verbs, strict=True)
    await asyncio.gather(*(person.send(f"/comments/{text.oid}/{verb}", csrf=token) for person, token, verb in together))
    found = await notice_of(bob)
    assert found is not None
    assert (found.like_count, len(found.people)) == (4, 3)
    assert set(found.people) <= {person.id for person in people[4:]}


async def test_deleting_takes_likes_back_and_restoring_brings_only_those_there_are(
    text: Comment, mod: Person, bob: Person, charlie: Person
) -> None:
    await likes(mod, text)
    await bob.send(f"/comments/{text.oid}/delete", reason="")
    assert await bell(bob) == 0
    await unlikes(mod, text)
    await bob.send(f"/comments/{text.oid}/restore")
    assert await bell(bob) == 0
    await likes(charlie, text)
    assert await bell(bob) == 1


@pytest.mark.parametrize("attempt", range(3))
async def test_a_like_and_a_deletion_at_once(text: Comment, alice: Person, bob: Person, attempt: int) -> None:
    tokens = await alice.csrf(), await bob.csrf()
    await asyncio.gather(
        alice.send(f"/comments/{text.oid}/like", csrf=tokens[0]),
        bob.send(f"/comments/{text.oid}/delete", csrf=tokens[1], reason=""),
    )
    assert await bell(bob) == 0
    await bob.send(f"/comments/{text.oid}/restore")
    stored = await Comment.get(text.oid)
    assert stored is not None
    assert await bell(bob) == stored.like_count


async def test_what_was_deleted_meanwhile_takes_no_like(
    text: Comment, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its liker saw it alive; the transaction looks again."""
    assert alice.user is not None
    as_it_was = await visible_comment(stock.viewer(alice), text.oid)

    async def seen_before(*_: object) -> object:
        return as_it_was

    await bob.send(f"/comments/{text.oid}/delete", reason="")
    monkeypatch.setattr("app.comments.liking.visible_comment", seen_before)
    assert (await alice.send(f"/comments/{text.oid}/like")).status_code == 403
    monkeypatch.undo()
    await bob.send(f"/comments/{text.oid}/restore")
    stored = await Comment.get(text.oid)
    assert stored is not None
    assert (stored.like_count, await bell(bob)) == (0, 0)


async def test_who_is_blocked_is_neither_named_nor_counted(
    text: Comment, alice: Person, bob: Person, charlie: Person
) -> None:
    await likes(alice, text)
    await likes(charlie, text)
    await bob.send(f"/users/{charlie.id}/block")
    page = (await bob.get("/notifications")).text
    assert "alice</bdi></strong> liked" in page
    assert "charlie</bdi>" not in page
    await unlikes(alice, text)
    assert await bell(bob) == 0
    assert "data-notice=" not in (await bob.get("/notifications")).text


async def test_who_has_muted_the_place_hears_of_no_likes(text: Comment, alice: Person, bob: Person) -> None:
    await bob.send(f"/topics/{text.topic}/mute")
    await likes(alice, text)
    assert await notice_of(bob) is None
