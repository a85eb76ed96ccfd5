"""The same words at the same place a moment later, from a form with another key: the way back without scripts."""

from __future__ import annotations

from app.comments.posting import SAME_WITHIN
from documents import Board, Comment, Conversation, Message, Topic
from documents.clock import now
from tests.people import Person

KEYS = ("the-key-of-the-first-form", "the-key-of-a-fresh-form", "the-key-of-a-third-form")


async def test_it_is_the_same_post_for_a_while(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    thread = await bob.writes("alice")
    forms = {
        f"/boards/{board.oid}/topics/new": {"title": "A title", "body": "Words"},
        f"/topics/{topic.oid}/comments": {"body": "Words"},
        "/messages/new": {"to": "bob", "title": "A title", "body": "Words"},
        f"/messages/{thread}/replies": {"body": "Words"},
    }
    for path, fields in forms.items():
        first, again = [await alice.send(path, **fields, once=once) for once in KEYS[:2]]
        assert (first.status_code, again.status_code) == (303, 303)
        assert first.headers["location"] == again.headers["location"], path
        other = await alice.send(path, **fields | {"body": "Other words"}, once=KEYS[1])
        assert other.headers["location"] != first.headers["location"], path
    earlier = now() - SAME_WITHIN
    for document in (Topic, Comment, Conversation, Message):
        await document.raw().update_many({}, {"$set": {"created_at": earlier}})
    for path, fields in forms.items():
        late = await alice.send(path, **fields, once=KEYS[2])
        assert late.status_code == 303
    assert await Topic.find({"title": "A title"}).count() == 3
    assert await Comment.find({"topic": topic.oid, "body": "Words"}).count() == 2
    assert await Conversation.find({"title": "A title"}).count() == 3
    assert await Message.find({"conversation": thread, "body": "Words"}).count() == 2


async def test_a_deleted_one_can_be_said_again_and_an_answer_to_another_is_another(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    comment = await alice.says(topic, "Words", once=KEYS[0])
    answer = await alice.says(topic, "Words", once=KEYS[1], reply_to=str(comment.oid))
    assert answer.number == 3
    await alice.send(f"/comments/{comment.oid}/delete")
    assert (await alice.says(topic, "Words", once=KEYS[2])).number == 4
