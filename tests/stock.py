"""What tests need many of: made through the services, past the rate limits that people's requests have."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from app.comments.posting import post_comment
from app.messages import service as messages
from app.topics.opening import open_topic
from app.viewer import Viewer
from documents import Board, Comment, Day, Letter, Login, Passkey, Recommendation, Record, Report, Topic
from documents.base import Id
from documents.clock import now
from documents.report import Complaint
from tests.people import Person

# What a running forum writes whenever it likes, whatever a test is about.
BY_ITSELF: tuple[type[Record], ...] = (Day, Recommendation)


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


async def login(person: Person) -> ObjectId:
    """Another log-in of somebody, on a device of theirs that is not here."""
    moment = now()
    found = Login(
        token_hash=str(ObjectId()),
        user=Id(person.id),
        created_at=moment,
        seen_at=moment,
        expires_at=moment.replace(year=9999),
    )
    await found.insert()
    return found.oid


async def passkey(person: Person, rp: str = "localhost") -> ObjectId:
    """A passkey of somebody that nobody holds."""
    found = Passkey(
        user=Id(person.id),
        rp=rp,
        credential=str(ObjectId()),
        public_key="",
        sign_count=0,
        name="Phone",
        created_at=now(),
    )
    await found.insert()
    return found.oid


async def report(comment: Comment) -> ObjectId:
    """A report of a comment by somebody."""
    pending = Report(
        kind="comment",
        subject=ObjectId(),
        accused=comment.author,
        topic=comment.topic,
        board=comment.board,
        reporters=[ObjectId("0" * 24)],
        complaints=[Complaint(reason="spam", at=now())],
        first_at=now(),
        last_at=now(),
    )
    await pending.insert()
    return pending.oid
