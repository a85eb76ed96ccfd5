"""A single message: edited for a while, deleted for oneself, found again, read."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from bson import ObjectId

from app.search.catching_up import catch_up
from documents import Conversation, EarlierMessage, Membership, Message
from documents.clock import now
from tests.messages.talk import allow, group, numbers, side_of, told, unread
from tests.people import Person
from tests.uploads.sending import sent


@pytest.fixture
async def thread(alice: Person, bob: Person) -> ObjectId:
    """A conversation that Alice has begun with Bob."""
    return await alice.writes("bob", "Our talk", "First words")


async def test_it_can_be_edited_and_what_it_said_stays(thread: ObjectId, alice: Person, bob: Person) -> None:
    place = f"/messages/{thread}/1"
    assert "First words" in (await alice.get(f"{place}/edit")).text
    assert (await bob.get(f"{place}/edit")).status_code == 403
    assert (await bob.send(f"{place}/edit", body="Forged", seen="0")).status_code == 403
    answer = await alice.send(f"{place}/edit", body="Second **words**", seen="0")
    assert answer.status_code == 303
    page = (await bob.get(f"/messages/{thread}")).text
    assert "Second <strong>words</strong>" in page
    assert "edited" in page
    assert "Second words" in (await bob.get("/messages")).text
    assert await told(bob) == ["message"], "an edit tells nobody"
    history = (await bob.get(f"{place}/history")).text
    assert "<del>First</del>" in history
    assert "<ins>Second</ins>" in history
    assert (await alice.send(f"{place}/edit", body=" ", seen="1")).status_code == 422
    assert (await alice.send(f"{place}/edit", body="Kept", preview="1")).status_code == 200


async def test_after_a_while_it_stays_as_it_is(thread: ObjectId, alice: Person) -> None:
    assert f"/messages/{thread}/1/edit" in (await alice.get(f"/messages/{thread}")).text
    await Message.raw().update_one({"conversation": thread}, {"$set": {"created_at": now() - timedelta(minutes=16)}})
    assert f"/messages/{thread}/1/edit" not in (await alice.get(f"/messages/{thread}")).text
    answer = await alice.send(f"/messages/{thread}/1/edit", body="Too late", seen="0")
    assert answer.status_code == 403
    assert "can no longer be edited" in answer.text
    assert "Too late" in answer.text


async def test_two_edits_at_once_lose_neither(thread: ObjectId, alice: Person) -> None:
    place, token = f"/messages/{thread}/1/edit", await alice.csrf()
    answers = await asyncio.gather(*(alice.send(place, csrf=token, body=f"Mine {i}", seen="0") for i in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "Two versions" in refused.text
    assert "Mine 0" in refused.text
    assert "Mine 1" in refused.text
    taken = await alice.send(place, body="Mine", seen="1", base="0", resolve="theirs")
    assert taken.status_code == 200
    assert await EarlierMessage.find_all().count() == 1


async def test_an_edit_reaches_nobody_who_has_blocked_its_author(thread: ObjectId, alice: Person, bob: Person) -> None:
    await bob.send(f"/users/{alice.id}/block")
    assert (await alice.send(f"/messages/{thread}/1/edit", body="Words after", seen="0")).status_code == 403
    assert "Words after" not in (await bob.get(f"/messages/{thread}")).text


async def test_one_message_is_deleted_for_oneself(thread: ObjectId, alice: Person, bob: Person) -> None:
    await alice.send(f"/messages/{thread}/replies", body="Second words")
    assert "Second words" in (await bob.get(f"/messages/{thread}/2/delete")).text
    assert await unread(bob) == 2
    assert (await bob.send(f"/messages/{thread}/2/delete")).status_code == 303
    assert await unread(bob) == 1
    assert numbers(await bob.get(f"/messages/{thread}")) == [1]
    assert "Second words" not in (await bob.get("/messages")).text
    assert "Second words" not in (await bob.get("/messages/search?q=second")).text
    assert [event["kind"] for event in (await bob.feed())["events"]] == ["message", "hidden"]
    assert (await bob.send(f"/messages/{thread}/2/delete")).status_code == 404
    assert numbers(await alice.get(f"/messages/{thread}")) == [1, 2]
    await alice.send(f"/messages/{thread}/2/delete")
    assert await Message.find({"conversation": thread, "deleted_at": None}).count() == 1


async def test_one_finds_ones_own_in_both_languages(
    thread: ObjectId, alice: Person, bob: Person, charlie: Person, xiaoming: Person
) -> None:
    await alice.send(f"/messages/{thread}/replies", body="我们星期五去公园野餐，带上吉他。")
    await bob.send(f"/messages/{thread}/replies", body="Running late, bring `node.js` notes")
    for query, found in (("公园", 1), ("野餐 吉他", 1), ("run", 1), ("node.js", 1), ('"late bring"', 0), ("talk", 1)):
        for person in (alice, bob):
            page = await person.get("/messages/search", params={"q": query})
            assert page.text.count('class="mail-found"') == found, query
    assert "<mark>公园</mark>" in (await bob.get("/messages/search?q=公园")).text
    for person in (charlie, xiaoming):
        assert 'class="mail-found"' not in (await person.get("/messages/search?q=公园")).text
    assert (await bob.get("/messages/search?q=author:alice 公园")).text.count('class="mail-found"') == 1
    await bob.send(f"/messages/{thread}/delete")
    assert 'class="mail-found"' not in (await bob.get("/messages/search?q=公园")).text
    for odd in ("", "的", '"', "$ne", "x" * 5_000):
        assert (await bob.get("/messages/search", params={"q": odd, "after": "x"})).status_code == 200


async def test_old_messages_are_found_and_shown_too(thread: ObjectId, alice: Person, bob: Person) -> None:
    """Those from before there were groups, edits and search."""
    fresh = ("kind", "about", "excerpt", "words", "segmented", "edit_count", "edited_at", "hidden_for")
    await Message.raw().update_many({}, {"$unset": dict.fromkeys(fresh, "")})
    sides = ("until", "gaps", "archived_at", "muted", "request", "accepted_at", "invited_by", "left_at", "left_title")
    await Membership.raw().update_many({}, {"$unset": dict.fromkeys(sides, "")})
    await Conversation.raw().update_many({}, {"$unset": {"group": "", "version": ""}})
    assert await catch_up() == 1
    assert await unread(bob) == 1
    assert "First words" in (await bob.get("/messages")).text
    assert (await bob.get("/messages/search?q=first")).text.count('class="mail-found"') == 1
    assert (await bob.send(f"/messages/{thread}/replies", body="An answer")).status_code == 303
    assert (await alice.send(f"/messages/{thread}/1/edit", body="Other words", seen="0")).status_code == 303
    assert numbers(await alice.get(f"/messages/{thread}")) == [1, 2]


async def test_receipts_are_shown_when_both_want_them(thread: ObjectId, alice: Person, bob: Person) -> None:
    await bob.get(f"/messages/{thread}")
    for mine, theirs, shown in ((False, False, 0), (True, False, 0), (False, True, 0), (True, True, 1)):
        await allow(alice, shows_read=mine)
        await allow(bob, shows_read=theirs)
        assert (await alice.get(f"/messages/{thread}")).text.count('class="read-by"') == shown
    await alice.send(f"/messages/{thread}/replies", body="Not seen yet")
    assert 'data-seen="1"' in (await alice.get(f"/messages/{thread}")).text
    await bob.send(f"/users/{alice.id}/block")
    assert 'class="read-by"' not in (await alice.get(f"/messages/{thread}")).text


async def test_who_reads_a_request_is_not_seen(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob", as_stranger=True)
    await allow(alice, shows_read=True)
    await allow(bob, shows_read=True)
    await bob.get(f"/messages/{thread}")
    assert 'class="read-by"' not in (await alice.get(f"/messages/{thread}")).text


async def test_what_is_archived_comes_back_with_a_message_unless_it_is_muted(
    thread: ObjectId, alice: Person, bob: Person
) -> None:
    await bob.send(f"/messages/{thread}/archive")
    assert await unread(bob) == 0, "what is put away does not count"
    assert "Our talk" not in (await bob.get("/messages")).text
    assert "Our talk" in (await bob.get("/messages/archive")).text
    await alice.send(f"/messages/{thread}/replies", body="Back")
    assert "Our talk" in (await bob.get("/messages")).text
    assert await unread(bob) == 2
    await bob.send(f"/messages/{thread}/mute")
    await bob.send(f"/messages/{thread}/archive")
    before = await told(bob)
    await alice.send(f"/messages/{thread}/replies", body="Hello?")
    assert "Our talk" not in (await bob.get("/messages")).text
    assert (await unread(bob), await told(bob)) == (0, before)
    assert (await side_of(bob, thread)).unread == 3
    await bob.send(f"/messages/{thread}/unarchive")
    await bob.send(f"/messages/{thread}/unmute")
    assert await unread(bob) == 3


async def test_since_gives_what_has_changed_and_nothing_else(thread: ObjectId, alice: Person, bob: Person) -> None:
    await alice.send(f"/messages/{thread}/replies", body="Second")
    page = await bob.get(f"/messages/{thread}")
    marks = re.findall(r'data-mark="(\w+)"', page.text)
    version = re.search(r'data-version="(\d+)"', page.text)
    assert version
    address = f"/messages/{thread}/since?first=1&last=2&tail=1&marks={'.'.join(marks)}"
    same = await bob.get(address, headers={"If-None-Match": f'"{version[1]}"'})
    assert same.status_code == 304
    await alice.send(f"/messages/{thread}/1/edit", body="Edited", seen="0")
    await alice.send(f"/messages/{thread}/replies", body="Third")
    await bob.send(f"/messages/{thread}/2/delete")
    found = (await bob.get(address)).json()
    assert [entry["number"] for entry in found["changed"]] == [1]
    assert "Edited" in found["changed"][0]["html"]
    assert found["gone"] == [2]
    assert [entry["number"] for entry in found["new"]] == [3]
    for odd in ("", "?first=1", "?first=x&last=1", "?first=1&last=99999", "?first=9&last=1", "?first=-1&last=1"):
        assert (await bob.get(f"/messages/{thread}/since{odd}")).status_code == 404


async def test_reading_is_said_by_the_page(thread: ObjectId, alice: Person, bob: Person) -> None:
    for odd in ("", "x", "-1", "9" * 12):
        assert (await bob.send(f"/messages/{thread}/read", number=odd)).status_code == 404
    assert (await bob.send(f"/messages/{thread}/read", number="999")).status_code == 204
    assert await unread(bob) == 0
    assert (await side_of(bob, thread)).read_to == 1


async def test_a_file_in_a_message_is_for_who_sees_the_message(alice: Person, bob: Person, charlie: Person) -> None:
    thread = await group(alice)
    found = await sent(alice, b"Just some words", "notes.txt")
    await bob.send(f"/messages/{thread}/leave")
    await alice.send(f"/messages/{thread}/replies", body=str(found["markdown"]))
    assert (await charlie.get(str(found["url"]))).status_code == 200
    assert (await bob.get(str(found["url"]))).status_code == 404, "he was not there any more"
    await charlie.send(f"/messages/{thread}/3/delete")
    assert (await charlie.get(str(found["url"]))).status_code == 404
