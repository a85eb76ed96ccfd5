"""What authors hear of moderation: once, with the reason, without a name, and nothing of what they cannot read."""

from __future__ import annotations

from documents import Board, Notification, Topic
from tests.moderation.test_arranging import undo
from tests.people import Forum, Person


async def heard(person: Person) -> list[str]:
    """What moderators told them, oldest first."""
    events = (await person.feed())["events"]
    return [event["title"] for event in events if event["kind"] == "moderation"]


async def bell(person: Person) -> int:
    return int((await person.feed())["unread"]["notifications"])


async def test_authors_hear_what_was_done_with_their_topic_and_why(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    there = await forum.board("Orchard", position=2)
    topic = await alice.opens(board, title="Roses")
    await mod.send(f"/topics/{topic.oid}/move", board=str(there.oid), reason="Trees")
    await mod.send(f"/topics/{topic.oid}/move", board=str(there.oid), reason="Trees")
    await mod.send(f"/topics/{topic.oid}/retitle", title="Apples", reason="")
    await mod.send(f"/topics/{topic.oid}/delete", reason="Not <b>here</b>")
    await mod.send(f"/topics/{topic.oid}/restore")
    assert await heard(alice) == [
        "Moderators have moved your topic “Roses” to the board Orchard. Reason: Trees",
        "Moderators have changed the title of your topic “Roses”. It is now “Apples”.",
        "Moderators have deleted your topic “Apples”. Reason: Not <b>here</b>",
        "Moderators have restored your topic “Apples”.",
    ]
    page = (await alice.get("/notifications")).text
    assert "Not &lt;b&gt;here&lt;/b&gt;" in page
    assert "mod_mira" not in page
    assert await heard(bob) == await heard(mod) == []


async def test_authors_of_comments_hear_too_and_of_what_is_taken_back(
    board: Board, alice: Person, bob: Person, charlie: Person, mod: Person
) -> None:
    topic, other = await alice.opens(board, title="Roses"), await charlie.opens(board, title="Tulips")
    said = await bob.says(topic, "Red ones")
    await mod.send(f"/comments/{said.oid}/delete", reason="Off topic")
    await mod.send(f"/comments/{said.oid}/restore")
    await mod.send(f"/topics/{topic.oid}/split", number="2", title="Red", board=str(board.oid), reason="")
    assert await undo(mod, "topic.split") == 303
    await mod.send(f"/topics/{topic.oid}/merge", into=str(other.oid), reason="Same")
    assert await heard(bob) == [
        "Moderators have deleted a comment of yours in “Roses”. Reason: Off topic",
        "Moderators have restored a comment of yours in “Roses”.",
        "Moderators have moved what you wrote in “Roses” into a new topic, “Red”.",
        "Moderators have taken back what they did in “Roses”. It is as it was before.",
        "Moderators have made “Roses”, where you wrote, a part of “Tulips”. Reason: Same",
    ]
    assert (await heard(alice))[-1] == "Moderators have made your topic “Roses” a part of “Tulips”. Reason: Same"
    assert await heard(charlie) == []


async def test_many_topics_are_one_notice(board: Board, alice: Person, bob: Person, mod: Person) -> None:
    mine = [await alice.opens(board, title=f"Spam {n}") for n in range(3)]
    his = await bob.opens(board, title="Ham")
    ids = [str(topic.oid) for topic in (*mine, his)]
    await mod.send("/topics/bulk", topic=ids, act="lock")
    assert await heard(alice) == []
    await mod.send("/topics/bulk", topic=ids, act="delete", reason="Ads")
    (told,) = await heard(alice)
    assert told.startswith("Moderators have deleted some of your topics, among them “Spam ")
    assert told.endswith("Reason: Ads")
    assert await heard(bob) == ["Moderators have deleted your topic “Ham”. Reason: Ads"]


async def test_what_goes_where_somebody_cannot_read_counts_for_them_no_more(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    hidden = await forum.board("Secret plans", staff_only=True, position=2)
    topic = await alice.opens(board, title="Roses")
    await bob.says(topic, "@alice red ones")
    assert await bell(alice) == 1
    await mod.send(f"/topics/{topic.oid}/move", board=str(hidden.oid), reason="")
    assert await heard(alice) == ["Moderators have moved your topic “Roses” to a board that you cannot read."]
    assert await bell(alice) == 1, "the move is told, the mention is out of sight"
    assert "red ones" not in (await alice.get("/notifications")).text
    assert "Secret plans" not in (await alice.get("/notifications")).text
    assert await undo(mod, "topic.move") == 303
    assert await bell(alice) == 3, "the mention is back, beside the move and its end"


async def test_a_merge_takes_notices_with_it_and_names_nothing_hidden(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    hidden = await forum.board("Secret plans", staff_only=True, position=2)
    into = await mod.opens(hidden, title="Traps for Alice")
    topic: Topic = await alice.opens(board, title="Roses")
    await bob.says(topic, "@alice red ones")
    await mod.send(f"/topics/{topic.oid}/merge", into=str(into.oid), reason="")
    assert await heard(alice) == ["Moderators have merged “Roses” into a topic that you cannot read."]
    assert await bell(alice) == 1
    assert "Traps" not in (await alice.get("/notifications")).text
    mentions = await Notification.find({"user": alice.id, "kind": "mention"}).to_list()
    assert [notice.board for notice in mentions] == [hidden.oid]
