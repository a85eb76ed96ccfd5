"""Groups: who is in, who may what, what those see who come and go."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from html import unescape

import pytest

from app.messages import groups
from documents import Conversation, Message
from documents.clock import now
from tests import stock
from tests.doctored import Doctor
from tests.messages.talk import allow, group, numbers, side_of, told, unread
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


async def test_who_has_left_finds_by_no_later_title(alice: Person, bob: Person, charlie: Person) -> None:
    """Not even a phrase that the first message has the words of."""
    thread = await group(alice, body="Plans that stay secret")
    await bob.send(f"/messages/{thread}/leave")
    await alice.send(f"/messages/{thread}/rename", title="Secret plans")
    found = [(await who.get("/messages/search", params={"q": '"secret plans"'})).text for who in (charlie, bob)]
    assert ["stay secret" in re.sub("</?mark>", "", page) for page in found] == [True, False]


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


async def blocked_by_them(alice: Person, dora: Person) -> None:
    await dora.send(f"/users/{alice.id}/block")


async def blocked_by_me(alice: Person, dora: Person) -> None:
    await alice.send(f"/users/{dora.id}/block")


async def behind_a_closed_door(alice: Person, dora: Person) -> None:
    await allow(dora, messages_from="nobody")


async def gone(alice: Person, dora: Person) -> None:
    await allow(dora, deleted_at=now(), deleted_as="author", deleted_by=dora.id)


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [
        (blocked_by_them, 403, "dora does not take messages from you"),
        (behind_a_closed_door, 403, "dora does not take messages from you"),
        (blocked_by_me, 403, "You have blocked dora."),
        (gone, 422, "There is nobody with this name"),
    ],
)
async def test_who_cannot_be_added_and_what_becomes_of_them_as_members(
    alice: Person,
    bob: Person,
    charlie: Person,
    dora: Person,
    how: Callable[[Person, Person], Awaitable[None]],
    status: int,
    says: str,
) -> None:
    inside, outside = await group(alice, "bob dora"), await group(alice, "bob charlie")
    await how(alice, dora)
    answer = await alice.send(f"/messages/{outside}/add", to="dora")
    assert answer.status_code == status
    assert says in unescape(answer.text)
    assert 'value="dora"' in answer.text
    assert await Message.find({"conversation": outside}).count() == 1
    before = len(await told(bob))
    assert (await alice.send(f"/messages/{inside}/replies", body="The group goes on")).status_code == 303
    assert (await alice.send(f"/messages/{inside}/rename", title="Without you")).status_code == 303
    assert len(await told(bob)) == before + 1
    assert (await alice.get(f"/messages/{inside}/people")).status_code == 200
    assert (await alice.send(f"/messages/{inside}/remove", person=str(dora.id))).status_code == 303


async def test_a_group_that_all_have_left_is_still_theirs_to_read(
    alice: Person, bob: Person, charlie: Person, doctor: Doctor
) -> None:
    thread = await group(alice)
    for person in (alice, charlie, bob):
        assert (await person.send(f"/messages/{thread}/leave")).status_code == 303
    for verb, fields in (("add", {"to": "alice"}), ("rename", {"title": "Mine"}), ("replies", {"body": "Hello?"})):
        assert (await bob.send(f"/messages/{thread}/{verb}", **fields)).status_code == 403, verb
    assert numbers(await alice.get(f"/messages/{thread}")) == [1, 2]
    assert numbers(await bob.get(f"/messages/{thread}")) == [1, 2, 3, 4]
    await doctor()
    for person in (alice, bob, charlie):
        assert (await person.send(f"/messages/{thread}/delete")).status_code == 303
    assert await Message.find({"conversation": thread, "deleted_at": None}).count() == 0
    await doctor()


async def test_the_same_person_added_by_two_at_once_comes_once(
    alice: Person, bob: Person, charlie: Person, dora: Person
) -> None:
    await alice.known_to("dora")
    for _ in range(3):
        thread = await group(alice)
        token = await alice.csrf()
        tries = (alice.send(f"/messages/{thread}/add", csrf=token, to="dora") for _ in range(2))
        first, second = sorted([answer.status_code for answer in await asyncio.gather(*tries)])
        assert (first, second) in ((303, 409), (303, 422))
        assert await Message.find({"conversation": thread, "kind": "added"}).count() == 1
        assert (await side_of(dora, thread)).unread == 1


async def test_those_who_are_no_members_touch_nothing(alice: Person, bob: Person, charlie: Person, mod: Person) -> None:
    thread = await group(alice, "bob, charlie")
    for verb in ("add", "rename", "remove", "leave", "mute", "archive", "accept", "decline", "read", "block"):
        answer = await mod.send(f"/messages/{thread}/{verb}", to="mod_mira", title="Mine", number="1")
        assert answer.status_code == 404, verb
    for path in ("", "/people", "/since?first=1&last=1", "/1/edit", "/1/history", "/1/delete"):
        assert (await mod.get(f"/messages/{thread}{path}")).status_code == 404, path
