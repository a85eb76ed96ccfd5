"""A stranger's first message waits, quietly, until it is accepted."""

from __future__ import annotations

import asyncio
import re

import pytest

from app.errors import Declined
from app.messages import keeping, service
from app.users import blocks
from documents import Membership, Message
from tests import stock
from tests.doctored import Doctor
from tests.messages.talk import allow, group, numbers, side_of, told, unread, waiting
from tests.people import Forum, Person


async def test_it_waits_without_a_notice_until_it_is_accepted(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob", "A question", "Who are you?", as_stranger=True)
    assert (await unread(bob), await told(bob)) == (0, [])
    inbox, requests = await bob.get("/messages"), await bob.get("/messages/requests")
    assert "A question" not in inbox.text
    assert waiting(inbox) == "1"
    assert "A question" in requests.text
    page = await bob.get(f"/messages/{thread}")
    assert "Who are you?" in page.text
    assert "alice</bdi> would like to write to you" in page.text
    assert f"/messages/{thread}/replies" not in page.text, "first one decides"
    await bob.send(f"/messages/{thread}/accept")
    inbox = await bob.get("/messages")
    assert "A question" in inbox.text
    assert waiting(inbox) == ""
    await alice.send(f"/messages/{thread}/replies", body="Thank you")
    assert (await unread(bob), await told(bob)) == (1, ["message"])
    again = await alice.send("/messages/new", to="bob", title="Another", body="We know each other now")
    assert again.status_code == 303
    assert await told(bob) == ["message", "message"]


async def test_an_answer_accepts(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob", as_stranger=True)
    await bob.send(f"/messages/{thread}/replies", body="Hello too")
    assert not (await side_of(bob, thread)).request
    await alice.writes("bob", as_stranger=True)
    assert await told(bob) == ["message"]


async def refused(sender: Person, path: str, **fields: str) -> str:
    """What the page says that keeps what they typed."""
    answer = await sender.send(path, body="Kept words", **fields)
    assert answer.status_code == 403, answer.text
    assert "Kept words" in answer.text
    found = re.search(r"[^<>]* does not take messages from you at the moment\.", answer.text)
    assert found, answer.text
    return found[0].strip()


async def test_declined_means_declined_until_it_is_accepted(
    alice: Person, bob: Person, charlie: Person, mod: Person, doctor: Doctor
) -> None:
    thread = await alice.writes("bob", "Number one", as_stranger=True)
    assert (await bob.send(f"/messages/{thread}/decline")).status_code == 303
    assert (await bob.send(f"/messages/{thread}/decline")).status_code == 303, "a second time changes nothing"
    assert "Number one" not in (await bob.get("/messages/requests")).text
    assert waiting(await bob.get("/messages")) == ""
    assert "Number one" in (await bob.get("/messages/declined")).text
    assert "You have declined" in (await bob.get(f"/messages/{thread}")).text
    fields = {"to": "bob", "title": "Again"}
    await alice.known_to("charlie")
    said = {
        await refused(alice, f"/messages/{thread}/replies"),
        await refused(alice, "/messages/new", **fields),
        await refused(alice, "/messages/new", **(fields | {"to": "bob charlie"})),
    }
    assert "/messages/new?to=bob" not in (await alice.get(f"/users/{bob.id}")).text
    await allow(charlie, messages_from="nobody")
    said.add((await refused(bob, "/messages/new", to="charlie", title="Hello")).replace("charlie", "bob"))
    assert len(said) == 1, "as of somebody who takes no messages"
    assert "Number one" in (await alice.get("/messages/sent")).text
    assert await Message.find({}).count() == 1
    assert (await told(bob), await unread(bob)) == ([], 0)
    await mod.writes("bob", "Staff reach everybody", as_stranger=True)
    await doctor()
    assert (await bob.send(f"/messages/{thread}/accept")).status_code == 303
    assert (await alice.send(f"/messages/{thread}/replies", body="Thank you")).status_code == 303
    await alice.writes("bob", as_stranger=True)
    assert await told(bob) == ["message"] * 3


@pytest.mark.parametrize("way", ["follow", "write"])
async def test_who_turns_to_somebody_they_declined_hears_them_again(alice: Person, bob: Person, way: str) -> None:
    thread = await alice.writes("bob", "First", as_stranger=True)
    await bob.send(f"/messages/{thread}/decline")
    if way == "follow":
        await bob.send(f"/users/{alice.id}/follow")
    else:
        await bob.writes("alice", "On second thoughts", as_stranger=True)
    assert (await alice.send(f"/messages/{thread}/replies", body="Thank you")).status_code == 303
    assert not (await side_of(bob, thread)).declined_at
    await alice.writes("bob", "Another", as_stranger=True)
    assert await told(bob) == ["message"]
    assert waiting(await bob.get("/messages")) == "1", "the first one still asks"


async def test_an_invitation_to_a_group_that_was_declined_does_not_come_again(
    alice: Person, bob: Person, charlie: Person, xiaoming: Person
) -> None:
    thread = await group(alice, "charlie 小明")
    await alice.send(f"/messages/{thread}/add", to="bob")
    assert (await bob.send(f"/messages/{thread}/decline")).status_code == 303
    again = await alice.send(f"/messages/{thread}/add", to="bob")
    assert again.status_code == 403
    assert "bob does not take messages from you" in again.text
    await alice.send(f"/messages/{thread}/leave")
    assert (await charlie.send(f"/messages/{thread}/add", to="bob")).status_code == 303
    assert (await side_of(bob, thread)).request
    assert waiting(await bob.get("/messages")) == "1"


async def test_declining_and_one_more_message_at_once_agree(alice: Person, bob: Person) -> None:
    for turn in range(4):
        thread = await alice.writes("bob", f"Turn {turn}", as_stranger=True)
        tries = (
            keeping.decline(stock.viewer(bob), thread),
            service.reply(stock.viewer(alice), thread, "And"),
            service.start(stock.viewer(alice), to="bob", title="More", body="Words"),
        )
        _, *sent = await asyncio.gather(*tries, return_exceptions=True)
        assert all(not isinstance(result, Exception) or isinstance(result, Declined) for result in sent), sent
        for side in await Membership.find({"user": bob.id, "request": True}).to_list():
            if side.declined_at is not None and side.received_at is not None:
                assert side.received_at <= side.declined_at
            await keeping.accept(stock.viewer(bob), side.conversation)
        await Membership.raw().update_many({"user": bob.id}, {"$set": {"accepted_at": None}})


async def test_who_sent_a_request_can_be_blocked(bob: Person, charlie: Person) -> None:
    other = await charlie.writes("bob", "Second", as_stranger=True)
    assert (await bob.send(f"/messages/{other}/block")).status_code == 303
    assert waiting(await bob.get("/messages")) == ""
    answer = await charlie.send(f"/messages/{other}/replies", body="Hello?")
    assert answer.status_code == 403
    assert "Hello?" in answer.text


async def test_who_is_no_stranger(alice: Person, bob: Person, charlie: Person, mod: Person) -> None:
    await mod.writes("bob", "From staff", as_stranger=True)
    await bob.send(f"/users/{alice.id}/follow")
    await alice.writes("bob", "Followed", as_stranger=True)
    await bob.writes("charlie", "Written to", as_stranger=True)
    await charlie.writes("bob", "In return", as_stranger=True)
    assert await told(bob) == ["message"] * 3
    assert waiting(await bob.get("/messages")) == ""


async def test_a_stranger_may_not_write_on_and_on(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob", as_stranger=True)
    answers = [await alice.send(f"/messages/{thread}/replies", body=f"And {i}") for i in range(5)]
    assert [answer.status_code for answer in answers] == [303] * 4 + [403]
    assert "And 4" in answers[-1].text
    assert await Message.find({"conversation": thread}).count() == 5


async def test_first_messages_to_strangers_are_counted_more_tightly(forum: Forum, alice: Person) -> None:
    for i in range(6):
        await forum.person(f"person{i:02}")
    names = " ".join(f"person{i:02}" for i in range(5))
    assert (await alice.send("/messages/new", to=names, title="All", body="Hello all")).status_code == 303
    answer = await alice.send("/messages/new", to="person05", title="One more", body="Kept words")
    assert answer.status_code == 429
    assert "Kept words" in answer.text
    await alice.known_to("person05")
    assert (await alice.send("/messages/new", to="person05", title="One", body="Known")).status_code == 303


async def test_a_block_and_a_request_at_once_agree(alice: Person, bob: Person) -> None:
    for turn in range(4):
        sending = service.start(stock.viewer(bob), to="alice", title=f"At once {turn}", body="Words")
        await asyncio.gather(sending, blocks.block(stock.viewer(alice), bob.id), return_exceptions=True)
        sides = await Membership.find({"user": alice.id, "unread": {"$gt": 0}}).to_list()
        assert sides == []
        await blocks.unblock(stock.viewer(alice), bob.id)


async def test_closing_ones_door_and_a_first_message_at_once_agree(alice: Person, bob: Person) -> None:
    """Whichever is first: what arrives after the door is closed is refused."""
    token = await alice.csrf()
    sent, _ = await asyncio.gather(
        bob.send("/messages/new", to="alice", title="At once", body="Words"),
        alice.send("/settings/privacy", csrf=token, messages_from="nobody"),
    )
    assert sent.status_code in (303, 403)
    assert (await bob.send("/messages/new", to="alice", title="Later", body="Words")).status_code == 403


@pytest.mark.parametrize("verb", ["accept", "decline", "block"])
async def test_a_request_is_for_its_receiver_alone(alice: Person, bob: Person, charlie: Person, verb: str) -> None:
    thread = await alice.writes("bob", as_stranger=True)
    assert (await charlie.send(f"/messages/{thread}/{verb}")).status_code == 404
    await alice.send(f"/messages/{thread}/{verb}")
    assert (await side_of(bob, thread)).request
    assert await keeping.waiting(stock.viewer(bob)) == 1


async def test_a_group_asks_those_who_do_not_know_who_began_it(alice: Person, bob: Person, charlie: Person) -> None:
    await alice.known_to("bob")
    answer = await alice.send("/messages/new", to="bob charlie", title="Outing", body="Where to?")
    thread = answer.headers["location"].rsplit("/", 1)[1]
    assert (await told(bob), await told(charlie)) == (["message"], [])
    assert waiting(await charlie.get("/messages")) == "1"
    await charlie.send(f"/messages/{thread}/decline")
    assert numbers(await bob.get(f"/messages/{thread}")) == [1, 2]
    assert "charlie</bdi> left" in (await bob.get(f"/messages/{thread}")).text


async def test_everybody_in_a_group_has_to_take_it(alice: Person, bob: Person, charlie: Person) -> None:
    await allow(charlie, messages_from="nobody")
    answer = await alice.send("/messages/new", to="bob，charlie", title="Outing", body="Kept words")
    assert answer.status_code == 403
    assert "charlie does not take messages from you" in answer.text
    assert "Kept words" in answer.text
    await allow(charlie, messages_from="everyone")
    thread = await group(alice, "bob")
    assert (await alice.send(f"/messages/{thread}/add", to="charlie")).status_code == 403, "two stay two"
