"""Groups: who is in, who may what, what those see who come and go."""

from __future__ import annotations

import asyncio

import pytest

from app.messages import groups
from documents import Conversation, Message
from tests import stock
from tests.messages.talk import group, numbers, side_of, told, unread
from tests.people import Forum, Person


@pytest.fixture
async def dora(forum: Forum) -> Person:
    """Dora comes later."""
    return await forum.person("dora")


async def test_all_read_and_write(alice: Person, bob: Person, charlie: Person, xiaoming: Person) -> None:
    thread = await group(alice, "bob, @charlie，小明", "郊游", "去哪里？")
    page = await xiaoming.get(f"/messages/{thread}")
    assert "4 人" in page.text
    await bob.send(f"/messages/{thread}/replies", body="To the lake")
    assert [await unread(person) for person in (alice, bob, charlie, xiaoming)] == [1, 0, 2, 1]
    row = (await charlie.get("/messages")).text
    assert row.count("avatar-s") >= 3
    assert "To the lake" in row


async def test_who_is_added_sees_what_comes_from_then_on(
    alice: Person, bob: Person, charlie: Person, dora: Person
) -> None:
    thread = await group(alice, body="Before Dora")
    await alice.known_to("dora")
    assert (await bob.get(f"/messages/{thread}/people")).status_code == 200
    assert (await bob.send(f"/messages/{thread}/add", to="dora")).status_code == 403
    assert (await dora.get(f"/messages/{thread}")).status_code == 404
    assert (await alice.send(f"/messages/{thread}/add", to="dora")).status_code == 303
    assert (await unread(dora), await told(dora)) == (1, ["message"])
    page = await dora.get(f"/messages/{thread}")
    assert numbers(page) == [2]
    assert "Before Dora" not in page.text
    assert "alice</bdi> added <bdi>dora" in page.text
    assert await unread(dora) == 0
    await bob.send(f"/messages/{thread}/replies", body="Welcome")
    assert numbers(await dora.get(f"/messages/{thread}?before=99")) == [2, 3]
    again = await alice.send(f"/messages/{thread}/add", to="dora bob")
    assert again.status_code == 422
    assert "They are in this group already." in again.text


async def test_who_leaves_keeps_what_they_had_and_hears_nothing_more(
    alice: Person, bob: Person, charlie: Person
) -> None:
    thread = await group(alice, title="Old title")
    await bob.get(f"/messages/{thread}")
    assert (await bob.send(f"/messages/{thread}/leave")).status_code == 303
    await alice.send(f"/messages/{thread}/replies", body="Behind his back")
    await alice.send(f"/messages/{thread}/rename", title="New title")
    page = await bob.get(f"/messages/{thread}")
    assert numbers(page) == [1, 2]
    for text in (page.text, (await bob.get("/messages")).text, (await bob.get("/messages/search?q=behind")).text):
        assert "Behind his back" not in text
        assert "New title" not in text
    assert (await unread(bob), await told(bob)) == (0, ["message"])
    since = await bob.get(f"/messages/{thread}/since?first=1&last=2&tail=1")
    assert (since.json()["new"], since.json()["title"]) == ([], "Old title")
    answer = await bob.send(f"/messages/{thread}/replies", body="One more thing")
    assert answer.status_code == 403
    assert "One more thing" in answer.text
    assert (await bob.get(f"/messages/{thread}/people")).status_code == 404
    assert (await bob.send(f"/messages/{thread}/leave")).status_code == 303, "a second time changes nothing"
    assert await Message.find({"conversation": thread, "kind": "left"}).count() == 1


async def test_who_comes_back_does_not_see_what_was_said_meanwhile(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await group(alice)
    await bob.send(f"/messages/{thread}/leave")
    await alice.send(f"/messages/{thread}/replies", body="Meanwhile")
    await alice.send(f"/messages/{thread}/add", to="bob")
    assert (await side_of(bob, thread)).request, "who has left is asked"
    page = await bob.get(f"/messages/{thread}")
    assert numbers(page) == [1, 2, 4]
    assert "Meanwhile" not in page.text
    assert "Meanwhile" not in (await bob.get("/messages/search?q=meanwhile")).text


async def test_only_who_looks_after_it_removes_and_renames(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await group(alice)
    for verb, fields in (("remove", {"person": str(charlie.id)}), ("rename", {"title": "Mine now"})):
        assert (await bob.send(f"/messages/{thread}/{verb}", **fields)).status_code == 403
    assert (await alice.send(f"/messages/{thread}/remove", person=str(charlie.id))).status_code == 303
    assert (await alice.send(f"/messages/{thread}/remove", person=str(charlie.id))).status_code == 409
    for odd in ("", "x", str(alice.id), str(thread)):
        assert (await alice.send(f"/messages/{thread}/remove", person=odd)).status_code in (404, 409)
    assert (await alice.send(f"/messages/{thread}/rename", title=" ")).status_code == 422
    assert (await alice.send(f"/messages/{thread}/rename", title="x" * 121)).status_code == 422
    await alice.send(f"/messages/{thread}/leave")
    found = await Conversation.get(thread)
    assert found is not None
    assert found.members == [bob.id]
    assert (await bob.send(f"/messages/{thread}/rename", title="Bob's now")).status_code == 303
    assert "Bob&#39;s now" in (await bob.get(f"/messages/{thread}")).text


async def test_nothing_arrives_at_who_is_removed_while_others_write(
    alice: Person, bob: Person, charlie: Person
) -> None:
    for _ in range(3):
        thread = await group(alice)
        token_a, token_b = await alice.csrf(), await bob.csrf()
        await asyncio.gather(
            alice.send(f"/messages/{thread}/remove", csrf=token_a, person=str(charlie.id)),
            *(bob.send(f"/messages/{thread}/replies", csrf=token_b, body=f"Word {i}") for i in range(3)),
        )
        side = await side_of(charlie, thread)
        line = await Message.find_one({"conversation": thread, "kind": "removed"})
        assert line is not None
        assert side.until == line.number
        assert side.unread == 0
        stored = await Message.find({"conversation": thread}).sort("number").to_list()
        assert [message.number for message in stored] == [1, 2, 3, 4, 5]


async def test_a_group_has_at_most_twenty(forum: Forum, alice: Person) -> None:
    people = [await forum.person(f"person{i:02}") for i in range(21)]
    await alice.known_to(*(person.name for person in people))
    names = " ".join(person.name for person in people)
    answer = await alice.send("/messages/new", to=names, title="All", body="Kept words")
    assert answer.status_code == 422
    assert "at most 20 people" in answer.text
    thread = await group(alice, " ".join(person.name for person in people[:18]))
    adding = (groups.add(stock.viewer(alice), thread, person.name) for person in people[18:])
    results = await asyncio.gather(*adding, return_exceptions=True)
    found = await Conversation.get(thread)
    assert found is not None
    assert len(found.members) == 20
    assert sum(isinstance(result, Exception) for result in results) == 2


async def test_somebody_blocked_in_a_group_is_folded_and_silent(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await group(alice)
    await bob.get(f"/messages/{thread}")
    await charlie.send(f"/messages/{thread}/replies", body="Before the block")
    assert await unread(bob) == 1
    await bob.send(f"/users/{charlie.id}/block")
    assert await unread(bob) == 0
    await charlie.send(f"/messages/{thread}/replies", body="After it")
    await alice.send(f"/messages/{thread}/replies", body="Others go on")
    assert await unread(bob) == 1
    assert (await told(bob)).count("message") == 2
    page = (await bob.get(f"/messages/{thread}")).text
    assert page.count("You have blocked <bdi>charlie</bdi>: show") == 2
    assert 'class="fold"' not in (await alice.get(f"/messages/{thread}")).text


async def test_those_who_are_no_members_touch_nothing(alice: Person, bob: Person, charlie: Person, mod: Person) -> None:
    thread = await group(alice, "bob, charlie")
    for verb in ("add", "rename", "remove", "leave", "mute", "archive", "accept", "decline", "read", "block"):
        answer = await mod.send(f"/messages/{thread}/{verb}", to="mod_mira", title="Mine", number="1")
        assert answer.status_code == 404, verb
    for path in ("", "/people", "/since?first=1&last=1", "/1/edit", "/1/history", "/1/delete"):
        assert (await mod.get(f"/messages/{thread}{path}")).status_code == 404, path
