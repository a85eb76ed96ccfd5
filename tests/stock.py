"""What tests need many of: made through the services, past the rate limits that people's requests have."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from app.comments.service import post_comment
from app.messages import service as messages
from app.topics.service import open_topic
from app.viewer import Viewer
from documents import Board, Comment, Letter, Topic
from documents.clock import now
from tests.people import Person


def viewer(person: Person) -> Viewer:
    """Somebody as services know them."""
    assert person.user is not None
    return Viewer(id=person.id, role=person.user.role)


async def comments(topic: Topic, person: Person, count: int, body: str = "Comment {}") -> list[Comment]:
    """So many comments of somebody."""
    return [await post_comment(viewer(person), topic.oid, body.format(i)) for i in range(count)]


async def topics(board: Board, person: Person, count: int, title: str = "Topic {}") -> list[Topic]:
    """So many topics of somebody."""
    return [
        await open_topic(viewer(person), board.oid, title=title.format(i), body=f"Text {i}", tags=[])
        for i in range(count)
    ]


async def replies(conversation: ObjectId, person: Person, count: int, body: str = "Message {}") -> None:
    """So many messages of somebody in a conversation."""
    for i in range(count):
        await messages.reply(viewer(person), conversation, body.format(i))


async def failed_letter(kind: str = "test", **fields: Any) -> Letter:
    """An e-mail that nobody wanted to take."""
    moment = now()
    letter: Letter = Letter(
        once=str(ObjectId()),
        kind=kind,
        to="nobody@example.org",
        locale="en",
        facts={"name": "Ada", "at": moment},
        state="failed",
        attempts=6,
        error="550 No such mailbox",
        created_at=moment,
        due_at=moment,
    ).model_copy(update=fields)
    await letter.insert()
    return letter
