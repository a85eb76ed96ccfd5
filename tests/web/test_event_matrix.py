"""Every event for every kind of person: who hears of it in an open page, as what, and who hears nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from app import events, wiring
from app.accounts import logins
from app.comments.posting import post_comment
from app.events import Event
from app.interest.telling import subject_of
from app.messages import service as messages
from app.notifications.service import notify
from app.realtime import socket as sockets
from app.work import tell, together
from documents import Board, Conversation, Notification, Topic, User
from documents.base import Raw
from tests import stock
from tests.people import Forum, Person
from tests.realtime.test_push import Line, line
from tests.web.test_matrix import GARDENERS, ROLES, tended
from tests.web.test_matrix import people as people  # noqa: PLC0414 - a fixture

# Of `ROLES`, all that have a websocket: a guest has none.
KINDS = ROLES[1:]
NOTHING = "–"
ALL = "{0} {0} {0} {0} {0} {0} {0}"
# author new moderator administrator member trusted gardener
READERS_OF_CLOSED = "– – {0} {0} – – {0}"
SEE_DELETED = "{0} – {0} {0} – – {0}"


@dataclass
class Stage:
    """An open board with a topic, a closed one, a topic that was deleted, and a conversation of the author."""

    people: list[Person]
    topic: Topic
    closed: Topic
    deleted: Topic
    conversation: ObjectId

    @property
    def author(self) -> Person:
        """Who wrote all of it."""
        return self.people[0]


Happens = Callable[[Stage], Awaitable[Any]]


@dataclass(frozen=True)
class Row:
    """What happens while all have `open` before them, and what each of `KINDS` hears: the types of the messages, `gone`
    for a place that is not there for them any more, `number` for an event that shows nothing, `unread` for other
    numbers or other notices. `opened` is what they hear of the place when they open it.
    """

    kind: type[Event]
    open: str
    happens: Happens
    heard: str
    opened: str = ""


def changed(name: str) -> Happens:
    """A topic or conversation has another version."""

    async def happens(stage: Stage) -> None:
        id = place_of(stage, name)
        document: Any = Conversation if name == "conversation" else Topic
        raw = await document.raw().find_one_and_update({"_id": id}, {"$inc": {"version": 1}})
        await tell(events.ConversationChanged(id) if name == "conversation" else events.TopicChanged(id, raw["board"]))

    return happens


def told_in(name: str) -> Happens:
    """Everybody is told of a new text there."""

    async def happens(stage: Stage) -> None:
        comment = await post_comment(stock.viewer(stage.people[2]), place_of(stage, name), "Words")
        everybody = {person.id: ["mention"] for person in stage.people}
        await together(lambda work: notify(work, everybody, subject_of(comment)))  # type: ignore[arg-type]
        await Notification.raw().update_many({}, {"$set": {"unread": False}})  # so that no number changes later

    return happens


def said(make: Callable[[Stage], Event]) -> Happens:
    """The event alone, with nothing behind it."""
    return lambda stage: tell(make(stage))


def made(kind: type[Event]) -> Event:
    """One of these about something that is not there."""
    several = {name: str(field.type).startswith("tuple") for name, field in kind.__dataclass_fields__.items()}
    return kind(**{name: (ObjectId(),) if many else ObjectId() for name, many in several.items()})


async def leaves_office(stage: Stage) -> None:
    """The moderator is a member from now on."""
    await User.raw().update_one({"_id": stage.people[2].id}, {"$set": {"role": "member"}})
    await tell(events.PersonChanged(stage.people[2].id))


async def gardeners_go(stage: Stage) -> None:
    """The board says nothing of the own role any more."""
    await Board.raw().update_one({"_id": stage.closed.board}, {"$set": {"overrides": {}}})
    await tell(events.RolesChanged())


async def board_closes(stage: Stage) -> None:
    """The open board is for staff alone from now on."""
    await Board.raw().update_one({"_id": stage.topic.board}, {"$set": {"staff_only": True}})
    await tell(events.BoardsChanged())


async def logs_out(stage: Stage) -> None:
    """The author's log-in is over."""
    login = (await logins.viewer_of(stage.author.token)).login
    assert login is not None
    await logins.end(login)


# In this order: what takes rights away comes last.
ROWS = {
    "a topic": Row(events.TopicChanged, "topic", changed("topic"), ALL.format("topic")),
    "a topic in a closed board": Row(
        events.TopicChanged, "closed", changed("closed"), READERS_OF_CLOSED.format("topic"), "gone gone – – gone gone –"
    ),
    "a deleted topic": Row(
        events.TopicChanged,
        "deleted",
        changed("deleted"),
        SEE_DELETED.format("topic"),
        "– gone – – gone gone –",
    ),
    "a conversation": Row(
        events.ConversationChanged,
        "conversation",
        changed("conversation"),
        "conversation – – – – – –",
        "– gone gone gone gone gone gone",
    ),
    "a notice": Row(events.PeopleTold, "", told_in("topic"), ALL.format("mention")),
    "a notice of what few may read": Row(
        events.PeopleTold, "", told_in("closed"), "number number mention mention number number mention"
    ),
    "notices that look otherwise": Row(
        events.NoticesTurned,
        "",
        said(lambda stage: events.NoticesTurned((stage.author.id,))),
        "unread – – – – – –",
    ),
    "settings": Row(events.SettingsChanged, "topic", said(lambda _: events.SettingsChanged()), ALL.format(NOTHING)),
    "a queue": Row(events.QueueChanged, "topic", said(lambda _: events.QueueChanged()), ALL.format(NOTHING)),
    "a draft": Row(
        events.DraftsChanged,
        "topic",
        said(lambda stage: events.DraftsChanged((stage.author.id,))),
        ALL.format(NOTHING),
    ),
    "a profile": Row(
        events.ProfilesChanged,
        "topic",
        said(lambda stage: events.ProfilesChanged((stage.author.id,))),
        ALL.format(NOTHING),
    ),
    "recommendations": Row(
        events.RecommendationsMade, "topic", said(lambda _: events.RecommendationsMade()), ALL.format(NOTHING)
    ),
    "tags": Row(events.TagsChanged, "topic", said(lambda _: events.TagsChanged()), ALL.format(NOTHING)),
    # Work for a job, which nobody hears of before it is done.
    **{
        kind.__name__: Row(kind, "topic", said(lambda _, kind=kind: made(kind)), ALL.format(NOTHING))  # type: ignore[misc]
        for kind in wiring.JOBS
        if kind not in wiring.NEWS
    },
    "a role taken away": Row(
        events.PersonChanged, "closed", leaves_office, "– – gone+unread – – – –", "gone gone – – gone gone –"
    ),
    "a board without a role": Row(
        events.RolesChanged, "closed", gardeners_go, "– – – – – – gone+unread", "gone gone gone – gone gone –"
    ),
    "a board that closes": Row(
        events.BoardsChanged,
        "topic",
        board_closes,
        "gone+unread gone+unread gone+unread – gone+unread gone+unread –",
    ),
    "a log-out": Row(events.LoginsEnded, "", logs_out, "1008 – – – – – –"),
}


def place_of(stage: Stage, name: str) -> ObjectId:
    found = stage.conversation if name == "conversation" else getattr(stage, name).oid
    assert isinstance(found, ObjectId)
    return found


async def version_of(stage: Stage, name: str) -> int:
    document: Any = Conversation if name == "conversation" else Topic
    raw: Raw = await document.raw().find_one({"_id": place_of(stage, name)})
    return int(raw.get("version", 0))


@pytest.fixture
async def stage(forum: Forum, people: list[Person], bob: Person) -> Stage:
    author = people[1]
    garden = await forum.board("Garden")
    backstage = await tended(await forum.board("Backstage", position=2))
    (topic,) = await stock.topics(garden, author, 1)
    closed, deleted = await stock.topics(backstage, author, 2)
    await Board.raw().update_one({"_id": garden.oid}, {"$set": {"overrides": {GARDENERS: {"moderate": True}}}})
    (deleted,) = await stock.topics(garden, author, 1)
    await people[3].send(f"/topics/{deleted.oid}/delete", reason="")
    # Closed once the texts are there, as its author could not write there.
    await Board.raw().update_one({"_id": backstage.oid}, {"$set": {"staff_only": True}})
    await tell(events.BoardsChanged())
    conversation = await messages.start(stock.viewer(author), to="bob", title="Hello", body="Words")
    return Stage(people[1:], topic, closed, deleted, conversation)


class Tab:
    """A line that tells what came since it was last asked, in one word each."""

    def __init__(self, found: Line) -> None:
        self.line = found
        self.over = ""

    async def watch(self, stage: Stage, name: str) -> None:
        """Open a place; that it is not there for them is heard now, and not later."""
        place = "conversation" if name == "conversation" else "topic"
        id = str(place_of(stage, name)) if name else None
        await self.line.say(type="watch", **{place: id}, version=await version_of(stage, name) if name else 0)

    async def heard(self, expected: str) -> str:
        """Everything up to the answer to our own question; what is expected is waited for before."""
        words: list[str] = []
        if expected == "1008":
            return str(await self.line.closed())
        with contextlib.suppress(TimeoutError):
            while expected != NOTHING and len(words) <= expected.count("+"):
                words.append(await self._next())
        for _ in range(2):  # a hint and the answer to a question come by two ways
            await self.line.say(type="hello", seq=0)
            while (word := await self._next()) != "unread":
                words.append(word)
        return "+".join(sorted(words)) or NOTHING

    async def _next(self) -> str:
        async with asyncio.timeout(10):
            while True:
                message = await self.line.hear_any()
                if message["type"] == "notification":
                    return self._kind(message)
                if message["type"] != "ping":
                    gone = message["type"] in ("topic", "conversation") and message["version"] is None
                    return "gone" if gone else str(message["type"])

    @staticmethod
    def _kind(message: dict[str, Any]) -> str:
        if message["kind"] != "hidden":
            return str(message["kind"])
        assert message.keys() == {"type", "seq", "kind", "unread"}, message
        return "number"


@contextlib.asynccontextmanager
async def tabs_of(forum: Forum, people: Sequence[Person]) -> AsyncIterator[list[Tab]]:
    async with contextlib.AsyncExitStack() as stack:
        yield [Tab(await stack.enter_async_context(line(forum, person))) for person in people]


def test_every_event_has_a_row_and_says_whom_it_reaches() -> None:
    kinds = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)} - {Event}
    silent = {kind.__name__ for kind in kinds if kind not in wiring.NEWS and kind not in wiring.JOBS}
    assert not silent, "app/wiring.py does not say what follows from these"
    assert {row.kind for row in ROWS.values()} == kinds


async def test_every_event_for_everybody(forum: Forum, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "FRAMES_MAX", 1_000)  # these tabs ask all the time
    found: dict[str, str] = {}
    async with tabs_of(forum, stage.people) as tabs:
        for name, row in ROWS.items():
            for tab in tabs:
                await tab.watch(stage, row.open)
            opened = await heard_by(tabs, row.opened or ALL.format(NOTHING))
            await row.happens(stage)
            found[name] = f"{opened} | {await heard_by(tabs, row.heard)}"
    assert found == {name: f"{row.opened or ALL.format(NOTHING)} | {row.heard}" for name, row in ROWS.items()}


async def heard_by(tabs: Sequence[Tab], expected: str) -> str:
    """What came to each, in one word each."""
    told = zip(tabs, expected.split(), strict=True)
    return " ".join(await asyncio.gather(*(tab.heard(word) for tab, word in told)))


async def test_a_guest_has_no_line(forum: Forum, guest: Person) -> None:
    with pytest.raises(Exception, match="401"):
        async with line(forum, guest):
            pass
