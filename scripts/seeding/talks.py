"""Private conversations of the demo: between two and in groups, archived, muted, asked for and declined."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bson import ObjectId

from app.text.markdown import RENDERER_VERSION
from app.text.segment import SEGMENTER_VERSION
from documents import Conversation, Membership, Message
from documents.base import Raw, Record
from scripts.seeding.generator import Prose
from scripts.seeding.plan import answered_at, milliseconds, object_id, opened_at
from scripts.seeding.rendered import Renderer, words_among

# What came in the last days is unread.
UNREAD_FOR: Final = timedelta(days=2)
# When what is put away, and what waits for consent, was written.
LONG_AGO: Final = timedelta(days=40)
LATELY: Final = timedelta(hours=9)
GROUP_OF: Final = 4

Keep = Callable[[type[Record], list[Raw]], Awaitable[None]]
Notice = Callable[[ObjectId, list[str], ObjectId, int, datetime, Raw], None]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is to be planted: who says what in turn. `marks` are fields of a member's side, which is
    then told of nothing; `at` is when the first message is sent, `first` how many of them are.
    """

    members: Sequence[ObjectId]
    marks: Mapping[ObjectId, Raw] = field(default_factory=dict)
    at: datetime | None = None
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Talks:
    """Plants them: `keep` stores rows, `notice` tells a person."""

    rng: Random
    prose: Prose
    renderer: Renderer
    until: datetime
    keep: Keep
    notice: Notice

    async def between(self, one: ObjectId, other: ObjectId) -> None:
        """Two people who write to each other in turn; the last message may be unread."""
        await self._plant(Talk((one, other)))

    async def one_of_each(self, person: ObjectId, others: Sequence[ObjectId]) -> None:
        """A group, a request, a declined one, one that is put away and one that is muted: all of `person`."""
        lately, long_ago = self.until - LATELY, self.until - LONG_AGO
        asked: Raw = {"request": True, "invited_by": others[0]}
        if len(others) >= GROUP_OF - 1:
            await self._plant(Talk((others[1], person, *others[2:GROUP_OF])))
        await self._plant(Talk((others[0], person), {person: asked}, lately, 1))
        declined = {"request": True, "invited_by": others[-1], "declined_at": milliseconds(long_ago + LATELY)}
        await self._plant(Talk((others[-1], person), {person: declined}, long_ago, 1))
        away = {"archived_at": milliseconds(self.until - LATELY)}
        await self._plant(Talk((person, others[1 % len(others)]), {person: away}, long_ago))
        await self._plant(Talk((others[2 % len(others)], person), {person: {"muted": True}}, lately))

    async def _plant(self, talk: Talk) -> None:
        rng, said = self.rng, self.prose.conversation()
        bodies = said.bodies[: talk.first]
        id, at = object_id(rng), milliseconds(talk.at or opened_at(rng, self.until))
        until = at + timedelta(days=5) if talk.at else self.until
        messages: list[Raw] = []
        for number, body in enumerate(bodies, start=1):
            writer = talk.members[(number - 1) % len(talk.members)]
            at = milliseconds(answered_at(rng, at, min(until, self.until), len(bodies) - number))
            messages.append(self._message(id, number, writer, body, said.title, at))
            self._tell(talk, messages[-1])
        await self.keep(Message, messages)
        await self.keep(Conversation, [self._conversation(id, said.title, talk.members, messages)])
        await self.keep(Membership, [self._side(id, person, messages, talk) for person in talk.members])

    def _tell(self, talk: Talk, message: Raw) -> None:
        subject = {"subject": message["_id"], "topic": None, "conversation": message["conversation"]}
        for person in talk.members:
            if person != message["author"] and person not in talk.marks:
                self.notice(person, ["message"], message["author"], message["number"], message["created_at"], subject)

    def _message(
        self, conversation: ObjectId, number: int, author: ObjectId, body: str, title: str, at: datetime
    ) -> Raw:
        written = self.renderer.personal(body)
        return Message(
            id=object_id(self.rng),
            conversation=conversation,
            number=number,
            author=author,
            body=body,
            html=written.html,
            excerpt=written.excerpt,
            renderer=RENDERER_VERSION,
            words=words_among([written], *([title] if number == 1 else [])),
            segmented=SEGMENTER_VERSION,
            created_at=at,
        ).as_stored()

    def _conversation(self, id: ObjectId, title: str, members: Sequence[ObjectId], messages: list[Raw]) -> Raw:
        return Conversation(
            id=id,
            title=title,
            started_by=members[0],
            members=list(members),
            group=len(members) > 2,
            created_at=messages[0]["created_at"],
            active_at=messages[-1]["created_at"],
            last_number=len(messages),
            last_author=messages[-1]["author"],
            excerpt=messages[-1]["excerpt"],
        ).as_stored()

    def _side(self, conversation: ObjectId, person: ObjectId, messages: list[Raw], talk: Talk) -> Raw:
        """A person's side: read up to the last, unless that came within the last days."""
        last, marks = messages[-1], talk.marks.get(person, {})
        recent = self.until - last["created_at"] < UNREAD_FOR
        unread = int(last["author"] != person and recent and not marks.get("archived_at"))
        got = [message["created_at"] for message in messages if message["author"] != person]
        sent = [message["created_at"] for message in messages if message["author"] == person]
        side = Membership(
            id=object_id(self.rng),
            conversation=conversation,
            user=person,
            read_to=len(messages) - unread,
            unread=unread,
            received_at=max(got, default=None),
            sent_at=max(sent, default=None),
        )
        return {**side.as_stored(), **marks}
