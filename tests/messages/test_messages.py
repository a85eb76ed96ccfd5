"""Private messages: between two people, and nobody else's business."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from bson import ObjectId

from app.messages import service
from documents import Conversation, Membership, Message, User
from documents.clock import now
from tests import stock
from tests.people import Forum, Person


def _payload(**overrides: str) -> dict[str, str]:
    return {"to": "bob", "title": "Hello", "body": "A private word", **overrides}


async def unread(person: Person) -> tuple[int, str]:
    """How many messages are unread, and what the badge says."""
    page = (await person.get("/boards")).text
    found = re.search(r'data-unread="messages"[^>]*?(hidden)?\s*>([^<]*)<', page)
    assert found
    return (await person.feed())["unread"]["messages"], "" if found[1] else found[2]


def numbers(page: httpx.Response) -> list[int]:
    """Which messages a thread shows."""
    return [int(number) for number in re.findall(r'id="m(\d+)"', page.text)]


async def test_a_message_goes_from_one_to_the_other(alice: Person, bob: Person) -> None:
    await alice.known_to("bob")
    answer = await alice.send("/messages/new", **_payload(body="**Bold** word"))
    assert answer.status_code == 303
    thread = answer.headers["location"]
    assert await unread(bob) == (1, "1")
    assert await unread(alice) == (0, "")
    assert "Hello" in (await bob.get("/messages")).text
    assert "Hello" not in (await bob.get("/messages/sent")).text
    assert "Hello" in (await alice.get("/messages/sent")).text
    assert "Hello" not in (await alice.get("/messages")).text
    page = await bob.get(thread)
    assert "<strong>Bold</strong> word" in page.text
    assert 'data-unread="messages" hidden' in " ".join(page.text.split()), "the page itself says that it is read"
    assert await unread(bob) == (0, "")
    reply = await bob.send(f"{thread}/replies", body="An answer")
    assert (reply.status_code, reply.headers["location"]) == (303, f"{thread}#m2")
    assert await unread(alice) == (1, "1")
    assert "Hello" in (await alice.get("/messages")).text
    assert "An answer" in (await alice.get(thread)).text


async def test_the_sender_is_the_log_in_and_nothing_in_the_form(alice: Person, bob: Person, charlie: Person) -> None:
    forged = {
        "from": "bob",
        "sender": str(bob.id),
        "author": str(bob.id),
        "user": str(bob.id),
        "started_by": str(bob.id),
    }
    answer = await charlie.send("/messages/new", **_payload(to="alice"), **forged)
    thread = answer.headers["location"]
    await charlie.send(f"{thread}/replies", body="Again", **forged)
    stored = await Message.find_all().to_list()
    assert {message.author for message in stored} == {charlie.id}
    assert (await bob.get(thread)).status_code == 404
    found = await Conversation.find_one()
    assert found is not None
    assert set(found.members) == {alice.id, charlie.id}


async def test_for_others_there_is_no_conversation(
    alice: Person, bob: Person, charlie: Person, mod: Person, admin: Person, guest: Person
) -> None:
    thread = await alice.writes("bob", "Between us", "Nobody else's business")
    missing = ObjectId()
    for person in (charlie, mod, admin):
        for path in ("", "/delete"):
            hidden, gone = await person.get(f"/messages/{thread}{path}"), await person.get(f"/messages/{missing}{path}")
            assert hidden.status_code == gone.status_code == 404
            assert "business" not in hidden.text
        for path, fields in (("replies", {"body": "Let me in"}), ("delete", {})):
            answer = await person.send(f"/messages/{thread}/{path}", **fields)
            assert answer.status_code == 404
        assert "Between us" not in (await person.get("/messages")).text
    assert (await guest.get(f"/messages/{thread}")).status_code == 403
    assert (await guest.send(f"/messages/{thread}/replies", body="x")).status_code == 403
    assert await Message.find_all().count() == 1
    assert await Membership.find({"deleted_at": None}).count() == 2


async def test_each_deletes_for_themselves_and_a_reply_brings_back_only_what_is_new(alice: Person, bob: Person) -> None:
    thread = f"/messages/{await alice.writes('bob', 'Our talk', 'Old words')}"
    await bob.send(f"{thread}/replies", body="Older answer")
    assert "keeps a copy" in (await alice.get(f"{thread}/delete")).text
    answer = await alice.send(f"{thread}/delete")
    assert (answer.status_code, answer.headers["location"]) == (303, "/messages")
    assert (await alice.get(thread)).status_code == 404
    assert (await alice.send(f"{thread}/replies", body="x")).status_code == 404
    for box in ("/messages", "/messages/sent"):
        assert "Our talk" not in (await alice.get(box)).text
    assert await unread(alice) == (0, "")
    assert "Old words" in (await bob.get(thread)).text
    assert "Our talk" in (await bob.get("/messages/sent")).text
    await bob.send(f"{thread}/replies", body="New words")
    page = await alice.get(thread)
    assert numbers(page) == [3]
    assert "New words" in page.text
    assert "Old words" not in page.text
    assert "Older answer" not in page.text
    assert "Our talk" in (await alice.get("/messages")).text
    assert "Our talk" not in (await alice.get("/messages/sent")).text, "nothing of hers is left there"
    assert (await alice.get(f"{thread}?before=3")).status_code in (200, 404)
    assert numbers(await alice.get(f"{thread}?before=3")) == []


async def test_what_both_have_deleted_is_deleted(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob")
    await alice.send(f"/messages/{thread}/delete")
    assert await Message.find({"deleted_at": None}).count() == 1
    await bob.send(f"/messages/{thread}/delete")
    assert await Message.find({"deleted_at": None}).count() == 0


async def test_what_both_delete_at_once_is_deleted(forum: Forum, alice: Person, bob: Person) -> None:
    tokens = await alice.csrf(), await bob.csrf()
    for _ in range(5):
        thread = await alice.writes("bob")
        await asyncio.gather(
            *(
                person.send(f"/messages/{thread}/delete", csrf=token)
                for person, token in zip((alice, bob), tokens, strict=True)
            )
        )
    assert await Message.find({"deleted_at": None}).count() == 0


async def test_a_message_that_comes_while_one_deletes_is_not_lost(alice: Person, bob: Person) -> None:
    token_a, token_b = await alice.csrf(), await bob.csrf()
    for _ in range(5):
        thread = await alice.writes("bob")
        await asyncio.gather(
            bob.send(f"/messages/{thread}/delete", csrf=token_b),
            *(alice.send(f"/messages/{thread}/replies", csrf=token_a, body=f"While you delete {i}") for i in range(3)),
        )
        side = await Membership.find_one({"conversation": thread, "user": bob.id})
        conversation = await Conversation.get(thread)
        assert side is not None
        assert conversation is not None
        left = conversation.last_number - side.cleared_to
        assert side.unread == left
        assert (side.deleted_at is None) == (left > 0)
        page = await bob.get(f"/messages/{thread}")
        assert page.status_code == (200 if left else 404)
        await bob.send(f"/messages/{thread}/delete", csrf=token_b)


async def test_unread_numbers_hold_under_concurrency(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob")
    token = await alice.csrf()
    await asyncio.gather(
        *(alice.send(f"/messages/{thread}/replies", csrf=token, body=f"Word {i}") for i in range(8)),
        *(bob.get(f"/messages/{thread}") for _ in range(4)),
    )
    side = await Membership.find_one({"conversation": thread, "user": bob.id})
    assert side is not None
    assert side.read_to + side.unread == 9
    stored = await Message.find({"conversation": thread}).sort("number").to_list()
    assert [message.number for message in stored] == list(range(1, 10))
    await bob.get(f"/messages/{thread}")
    assert await unread(bob) == (0, "")


async def test_what_comes_while_one_reads_stays_unread(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob")
    await stock.replies(thread, alice, 3)
    await service.read_to(stock.viewer(bob), thread, 2)
    assert await unread(bob) == (2, "2")
    assert [event["read"] for event in (await bob.feed())["events"]] == [True, True, False, False]
    await service.read_to(stock.viewer(bob), thread, 1)
    assert await unread(bob) == (2, "2")


async def test_looking_ahead_reads_nothing(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob")
    await bob.get(f"/messages/{thread}", headers={"Sec-Purpose": "prefetch"})
    assert await unread(bob) == (1, "1")


async def test_a_long_thread_is_read_in_windows(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob")
    await stock.replies(thread, alice, 60)
    place = f"/messages/{thread}"
    last = await bob.get(place)
    assert numbers(last) == list(range(12, 62))
    assert f'href="{place}?before=12"' in last.text
    first = await bob.get(f"{place}?before=12")
    assert numbers(first) == list(range(1, 12))
    assert "before=" not in first.text
    assert f'href="{place}"' in first.text
    for odd in ("0", "-1", "abc", "", "9" * 12, "1.5"):
        assert (await bob.get(f"{place}?before={odd}")).status_code == 404
    assert numbers(await bob.get(f"{place}?before=999999")) == list(range(12, 62))


async def test_boxes_page_by_key(forum: Forum, alice: Person, bob: Person) -> None:
    await alice.known_to("bob")
    for i in range(33):
        await service.start(stock.viewer(alice), to="bob", title=f"Letter {i:02}", body="Words")
    await Membership.raw().update_many({"user": bob.id}, {"$set": {"received_at": now()}})
    first = await bob.get("/messages")
    following = re.search(r'href="(/messages\?after=[^"]+)"', first.text)
    assert following
    second = await bob.get(following[1])
    seen = [re.findall(r"Letter \d\d", page.text) for page in (first, second)]
    assert [len(page) for page in seen] == [30, 3]
    assert len({*seen[0], *seen[1]}) == 33
    for odd in ("x", "_", "9" * 99 + "_" + "a" * 24, f"nan_{'a' * 24}"):
        assert (await bob.get(f"/messages?after={odd}")).status_code == 200


@pytest.mark.parametrize("to", ["bob", "@bob", "＠bob", " Bob ", "ＢＯＢ", "@BOB"])
async def test_a_name_is_found_however_it_is_typed(alice: Person, bob: Person, to: str) -> None:
    await alice.writes(to)
    assert (await bob.feed())["unread"]["messages"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        *(
            {"to": "nobody"},
            {"to": ""},
            {"to": "alice"},
            {"to": "ＡLICE"},
            {"to": "gone"},
            {"to": "x" * 5_000},
            {"to": "$ne"},
        ),
        *({"title": " "}, {"title": "x" * 121}, {"body": "\u200b"}, {"body": "x" * 50_001}),
    ],
    ids=lambda fields: ascii(fields)[:24],
)
async def test_what_does_not_fit_comes_back_with_the_text(
    forum: Forum, alice: Person, bob: Person, fields: dict[str, str]
) -> None:
    gone = await forum.person("gone")
    await User.raw().update_one({"_id": gone.id}, {"$set": {"deleted_at": now()}})
    sent = _payload(**fields)
    answer = await alice.send("/messages/new", **sent)
    assert answer.status_code == 422
    assert sent["body"].strip("\u200b") in answer.text
    assert await Conversation.find_all().count() == 0


async def test_nobody_answers_who_is_not_here_any_more_and_keeps_the_text(alice: Person, bob: Person) -> None:
    thread = await alice.writes("bob")
    await User.raw().update_one({"_id": bob.id}, {"$set": {"deleted_at": now()}})
    answer = await alice.send(f"/messages/{thread}/replies", body="Are you there?")
    assert answer.status_code == 403
    assert "Are you there?" in answer.text
    assert await Message.find_all().count() == 1


async def test_the_same_form_sent_twice_is_one_message(alice: Person, bob: Person) -> None:
    await alice.known_to("bob")
    token, once = await alice.csrf(), "a-key-of-this-form-0001"
    sends = (alice.send("/messages/new", csrf=token, **_payload(), once=once) for _ in range(6))
    answers = await asyncio.gather(*sends)
    assert len({answer.headers["location"] for answer in answers}) == 1
    thread = answers[0].headers["location"]
    sends = (alice.send(f"{thread}/replies", csrf=token, body="And", once="another-key-of-a-form") for _ in range(6))
    assert {answer.headers["location"] for answer in await asyncio.gather(*sends)} == {f"{thread}#m2"}
    assert await Message.find_all().count() == 2
    assert await unread(bob) == (2, "2")


async def test_a_preview_sends_nothing(alice: Person, bob: Person) -> None:
    answer = await alice.send("/messages/new", **_payload(body="**Bold**"), preview="1")
    assert answer.status_code == 200
    assert "<strong>Bold</strong>" in answer.text
    thread = await alice.writes("bob")
    answer = await alice.send(f"/messages/{thread}/replies", body="**Bold**", preview="1")
    assert "<strong>Bold</strong>" in answer.text
    assert await Message.find_all().count() == 1


async def test_what_people_write_is_only_text(alice: Person, bob: Person) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(1)>"'
    thread = await alice.writes("bob", hostile, hostile)
    for path in ("/messages", f"/messages/{thread}", f"/messages/{thread}/delete", f"/messages/new?to={hostile}"):
        text = (await bob.get(path)).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


async def test_a_mention_in_a_message_tells_nobody(alice: Person, bob: Person, charlie: Person) -> None:
    await alice.writes("bob", body="Between us: @charlie and @bob")
    assert (await charlie.feed())["events"] == []
    assert [event["kind"] for event in (await bob.feed())["events"]] == ["message"]
