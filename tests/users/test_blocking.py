"""Blocking: what they wrote is folded away, nothing of theirs gets through, and they are not told."""

from __future__ import annotations

import asyncio
import re

import pytest
from websockets.asyncio.client import connect

from app.messages import service as messages
from app.users import blocks
from documents import Block, Board, Follow, Membership, Message, Notification, User
from tests import stock
from tests.people import Forum, Person


async def unread(person: Person) -> dict[str, int]:
    found: dict[str, int] = (await person.feed())["unread"]
    return found


async def test_text_is_folded_away_for_who_has_blocked_and_for_nobody_else(
    board: Board, alice: Person, bob: Person, charlie: Person, guest: Person
) -> None:
    topic = await bob.opens(board, "A topic of Bob")
    await alice.says(topic, "A word of Alice")
    place = f"/topics/{topic.oid}"
    before = (await charlie.get(place)).text
    assert (await alice.send(f"/users/{bob.id}/block")).status_code == 303
    for _ in range(2):
        page = (await alice.get(place)).text
        assert len(re.findall(r'<details class="fold">', page)) == 1
        assert "You have blocked <bdi>bob</bdi>: show" in page
        assert page.count("</details>") == page.count("<details")
        for person in (bob, charlie, guest):
            assert "blocked" not in (await person.get(place)).text, person.name
    assert "topic-folded" in (await alice.get("/")).text
    assert "topic-folded" in (await alice.get(f"/boards/{board.oid}")).text
    assert "topic-folded" not in (await charlie.get("/")).text
    assert before.count("fold") == (await charlie.get(place)).text.count("fold")
    assert (await alice.send(f"/users/{bob.id}/unblock")).status_code == 303
    assert "fold" not in (await alice.get(place)).text.replace("folder", "")
    assert "topic-folded" not in (await alice.get("/")).text


async def test_no_mention_and_no_reply_gets_through(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "A word")
    await bob.says(topic, "@alice before")
    assert (await unread(alice))["notifications"] == 1
    await alice.send(f"/users/{bob.id}/block")
    assert (await unread(alice))["notifications"] == 0
    await bob.says(topic, "@alice after")
    await bob.says(topic, "An answer", reply_to=str(comment.oid))
    edited = await bob.says(topic, "Nothing yet")
    await bob.send(f"/comments/{edited.oid}/edit", body="@alice now")
    assert await Notification.raw().count_documents({"user": alice.id}) == 1
    assert (await unread(alice))["notifications"] == 0
    assert "before" not in (await alice.get("/notifications")).text
    assert [event["kind"] for event in (await alice.feed())["events"]] == ["hidden"]
    await alice.send(f"/users/{bob.id}/unblock")
    await bob.says(topic, "@alice again")
    assert (await unread(alice))["notifications"] == 1


async def test_no_message_gets_through_and_nothing_says_why(forum: Forum, alice: Person, bob: Person) -> None:
    conversation = await bob.writes("alice", "Before", "An old word")
    assert (await unread(alice))["messages"] == 1
    await alice.send(f"/users/{bob.id}/block")
    assert (await unread(alice))["messages"] == 0
    sentence = "alice does not take messages from you at the moment."
    answer = await bob.send("/messages/new", to="alice", title="Hello", body="A long text")
    assert answer.status_code == 403
    assert sentence in answer.text
    assert "A long text" in answer.text
    reply = await bob.send(f"/messages/{conversation}/replies", body="Another long text")
    assert reply.status_code == 403
    assert sentence in reply.text
    assert "Another long text" in reply.text
    for shown in (answer.text, reply.text, (await bob.get(f"/users/{alice.id}")).text):
        assert "block" not in shown.lower().replace('formaction="/users/' + str(alice.id) + '/block"', "").replace(
            ">block<", ""
        )
    assert await Message.raw().count_documents({}) == 1
    assert await Membership.raw().count_documents({"user": alice.id, "unread": {"$gt": 0}}) == 0
    assert (await unread(alice)) == {"notifications": 0, "messages": 0}
    own = await alice.send(f"/messages/{conversation}/replies", body="A word to somebody blocked")
    assert own.status_code == 403
    assert "You have blocked bob." in own.text
    assert "A word to somebody blocked" in own.text


async def test_what_is_blocked_reaches_no_socket(board: Board, forum: Forum, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await alice.send(f"/users/{bob.id}/block")
    cookies = "; ".join(f"{name}={value}" for name, value in alice.browser.cookies.items())
    address = forum.origin.replace("http", "ws") + "/ws"
    async with connect(address, additional_headers={"Cookie": cookies, "Origin": forum.origin}) as line:
        assert '"seq": 0' in await line.recv()
        await line.send('{"type": "hello", "seq": 0}')
        await bob.says(topic, "@alice hush")
        await bob.send("/messages/new", to="alice", title="Hush", body="Hush")
        mod = await forum.person("mod_max", role="moderator")
        await mod.says(topic, "@alice listen")
        async with asyncio.timeout(5):
            heard = str(await line.recv())
            while '"unread"' in heard and "notification" not in heard.partition(",")[0]:
                heard = str(await line.recv())
        assert "mod_max" in heard
        assert '"seq": 1' in heard


async def test_staff_cannot_be_kept_from_writing(board: Board, alice: Person, mod: Person) -> None:
    topic = await mod.opens(board, "By a moderator")
    await alice.send("/settings/privacy", messages_from="nobody")
    await alice.send(f"/users/{mod.id}/block")
    await mod.writes("alice", "About your post", "Please mind the tone")
    assert (await unread(alice))["messages"] == 1
    assert "About your post" in (await alice.get("/messages")).text
    assert 'class="fold"' in (await alice.get(f"/topics/{topic.oid}")).text


@pytest.mark.parametrize(("who", "bob_may", "charlie_may"), [("everyone", 1, 1), ("followed", 1, 0), ("nobody", 0, 0)])
async def test_who_may_write_first(
    alice: Person, bob: Person, charlie: Person, who: str, bob_may: int, charlie_may: int
) -> None:
    conversation = await charlie.writes("alice", "From before", "Hello", as_stranger=True)
    await alice.send(f"/users/{bob.id}/follow")
    await alice.send("/settings/privacy", messages_from=who)
    for person, may in ((bob, bob_may), (charlie, charlie_may)):
        link = f"/messages/new?to={alice.name}"
        assert (link in (await person.get(f"/users/{alice.id}")).text) == bool(may)
        assert (link in (await person.get(f"/users/{alice.id}/card")).text) == bool(may)
        answer = await person.send("/messages/new", to="alice", title="Hello", body="Words")
        assert answer.status_code == (303 if may else 403)
    assert (await charlie.send(f"/messages/{conversation}/replies", body="Still possible")).status_code == 303


async def test_blocking_ends_following_both_ways(alice: Person, bob: Person) -> None:
    await alice.send(f"/users/{bob.id}/follow")
    await bob.send(f"/users/{alice.id}/follow")
    await alice.send(f"/users/{bob.id}/block")
    assert await Follow.raw().count_documents({}) == 0
    for person in (alice, bob):
        user = await User.load(person.id)
        assert user is not None
        assert (user.follower_count, user.following_count) == (0, 0)
    assert (await unread(alice))["notifications"] == 0


async def test_blocks_are_listed_and_taken_back(alice: Person, bob: Person, guest: Person) -> None:
    assert (await alice.send(f"/users/{alice.id}/block")).status_code == 403
    assert (await guest.send(f"/users/{alice.id}/block")).status_code == 403
    await alice.send(f"/users/{bob.id}/block")
    await alice.send(f"/users/{bob.id}/block")
    assert await Block.raw().count_documents({}) == 1
    assert f"/users/{bob.id}/unblock" in (await alice.get("/settings/privacy")).text
    assert f"/users/{bob.id}/unblock" in (await alice.get(f"/users/{bob.id}")).text
    await alice.send(f"/users/{bob.id}/unblock")
    await alice.send(f"/users/{bob.id}/unblock")
    user = await User.load(alice.id)
    assert user is not None
    assert user.blocks == []
    assert await Block.raw().count_documents({}) == 0


async def test_fifty_blocks_at_once_are_one(alice: Person, bob: Person) -> None:
    await asyncio.gather(*(blocks.block(stock.viewer(alice), bob.id) for _ in range(50)))
    user = await User.load(alice.id)
    assert user is not None
    assert user.blocks == [bob.id]
    assert await Block.raw().count_documents({}) == 1


async def test_a_block_and_a_message_at_once_agree(alice: Person, bob: Person) -> None:
    """Whichever was first: after a block nothing is unread, and nothing arrives."""
    for turn in range(5):
        sender = stock.viewer(bob)
        sending = messages.start(sender, to="alice", title=f"At once {turn}", body="Words")
        await asyncio.gather(sending, blocks.block(stock.viewer(alice), bob.id), return_exceptions=True)
        assert await unread(alice) == {"notifications": 0, "messages": 0}
        await blocks.unblock(stock.viewer(alice), bob.id)
