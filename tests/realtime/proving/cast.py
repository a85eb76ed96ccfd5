"""What people do, as browsers do it: the same form again, with the same key, until there is an answer."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from bson import ObjectId

from app.assembly import AUTH_COOKIE
from documents import Comment, Message
from tests.people import Person
from tests.realtime.proving.plan import Deed

# Until a killed process is back, on a busy machine.
PATIENCE_SECONDS: Final = 120
ANSWER_SECONDS: Final = 20
BUSY: Final = 429


class Unanswered(Exception):
    """Nobody could do what somebody wanted to, however often they tried."""


@dataclass
class Written:
    """A text that was acknowledged. `marker` stands in it, and in no other."""

    marker: str
    by: int
    comment: ObjectId
    topic: ObjectId


@dataclass
class Player:
    """Somebody who acts."""

    person: Person
    token: str
    browser: httpx.AsyncClient


@dataclass
class Cast:
    """Everybody, and what they know of: places, texts, and what was acknowledged, by the marker in it."""

    players: list[Player]
    port: Callable[[], int]
    garden: ObjectId
    attic: ObjectId
    topics: list[ObjectId] = field(default_factory=list)
    texts: list[Written] = field(default_factory=list)
    comments: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    done: int = 0
    diary: list[str] = field(default_factory=list)
    attic_topic: ObjectId | None = None
    _count: Any = field(default_factory=itertools.count)

    async def act(self, deed: Deed) -> None:
        """Do it, and say that it is done."""
        verb = getattr(self, deed.verb)
        said = await verb(deed.who, random.Random(deed.dice))
        self.diary.append(f"{self.players[deed.who].person.name} {deed.verb} {said or ''}")
        self.done += 1

    async def send(self, who: int, path: str, **fields: Any) -> httpx.Response:
        """Send a form until there is an answer."""
        player = self.players[who]
        until, answers = time.monotonic() + PATIENCE_SECONDS, []
        while time.monotonic() < until:
            url = f"http://127.0.0.1:{self.port()}{path}"
            try:
                answer = await player.browser.post(url, data={"csrf_token": player.token, **fields})
            except httpx.TransportError as error:
                answers.append(type(error).__name__)
            else:
                if answer.status_code < 500 and answer.status_code != BUSY:
                    return answer
                answers.append(str(answer.status_code))
            await asyncio.sleep(0.05)
        raise Unanswered(f"{path} {fields}: {answers[-20:]}")

    # Deeds

    async def open_topic(self, who: int, dice: random.Random, board: ObjectId | None = None) -> str:
        marker = self._marker()
        path = f"/boards/{board or self.garden}/topics/new"
        body = f"{marker} {self._calls(who, dice)}"
        answer = await self.send(who, path, title="Talk", body=body, once=secrets.token_hex(16))
        if answer.status_code == 303:
            topic = ObjectId(answer.headers["location"].rsplit("/", 1)[1])
            if board is None:
                self.topics.append(topic)
            else:
                self.attic_topic = topic
            self.comments.add(marker)
        elif not self.topics:
            raise Unanswered(f"{path}: {answer.status_code} {answer.text[:200]}")
        return f"{marker} {answer.status_code}"

    async def reply(self, who: int, dice: random.Random) -> str:
        parents = [text for text in self.texts if text.topic in self.topics]
        if not parents:
            return await self.mention(who, dice)
        parent = dice.choice(parents)
        return await self._say(who, parent.topic, "an answer", reply_to=str(parent.comment))

    async def mention(self, who: int, dice: random.Random) -> str:
        return await self._say(who, dice.choice(self.topics), self._calls(who, dice))

    async def mention_in_attic(self, who: int, dice: random.Random) -> str:
        if self.attic_topic is None:
            return await self.open_topic(who, dice, self.attic)
        return await self._say(who, self.attic_topic, self._calls(who, dice))

    async def message(self, who: int, dice: random.Random) -> str:
        marker, to = self._marker(), dice.choice(self._others(who)).person.name
        fields = {"to": to, "title": "A word", "body": marker, "once": secrets.token_hex(16)}
        answer = await self.send(who, "/messages/new", **fields)
        if answer.status_code == 303:
            self.messages.add(marker)
        return f"{marker} to {to} {answer.status_code}"

    async def edit(self, who: int, dice: random.Random) -> str:
        return await self._edit(self._own(who, dice), self._calls(who, dice))

    async def remention(self, who: int, dice: random.Random) -> str:
        """Named, not named, named again: that is one notice."""
        text, calls = self._own(who, dice), self._calls(who, dice)
        return " ".join([await self._edit(text, said) for said in (calls, "nobody", calls)])

    async def delete(self, who: int, dice: random.Random) -> str:
        return await self._post_about(self._own(who, dice), "delete")

    async def restore(self, who: int, dice: random.Random) -> str:
        return await self._post_about(self._own(who, dice), "restore")

    async def like(self, who: int, dice: random.Random) -> str:
        others = [text for text in self.texts if text.by != who]
        return await self._post_about(dice.choice(others) if others else None, "like", who)

    async def block(self, who: int, dice: random.Random) -> str:
        return await self._relate(who, dice, "block")

    async def unblock(self, who: int, dice: random.Random) -> str:
        return await self._relate(who, dice, "unblock")

    async def read(self, who: int, dice: random.Random) -> str:
        answer = await self.send(who, "/notifications/read", all="1")
        return str(answer.status_code)

    # What they are made of

    def _marker(self) -> str:
        return f"text{next(self._count)}x{secrets.token_hex(3)}"

    def _others(self, who: int) -> list[Player]:
        return [player for index, player in enumerate(self.players) if index != who]

    def _calls(self, who: int, dice: random.Random) -> str:
        called = dice.sample(self._others(who), dice.randint(1, 2))
        return " ".join(f"@{player.person.name}" for player in called)

    def _own(self, who: int, dice: random.Random) -> Written | None:
        own = [text for text in self.texts if text.by == who]
        return dice.choice(own) if own else None

    async def _say(self, who: int, topic: ObjectId, said: str, **fields: str) -> str:
        marker = self._marker()
        path = f"/topics/{topic}/comments"
        answer = await self.send(who, path, body=f"{marker} {said}", once=secrets.token_hex(16), **fields)
        if answer.status_code == 303:
            self.comments.add(marker)
            number = int(answer.headers["location"].rsplit("/", 1)[1])
            found = await Comment.raw().find_one({"topic": topic, "number": number}, {"_id": 1})
            if found is not None:
                self.texts.append(Written(marker, who, found["_id"], topic))
        return f"{marker} {said} {answer.status_code}"

    async def _edit(self, text: Written | None, said: str) -> str:
        if text is None:
            return "nothing"
        answer = await self.send(text.by, f"/comments/{text.comment}/edit", body=f"{text.marker} {said}")
        return f"{text.marker} {said} {answer.status_code}"

    async def _post_about(self, text: Written | None, verb: str, who: int | None = None) -> str:
        if text is None:
            return "nothing"
        answer = await self.send(text.by if who is None else who, f"/comments/{text.comment}/{verb}")
        return f"{text.marker} {answer.status_code}"

    async def _relate(self, who: int, dice: random.Random, verb: str) -> str:
        other = dice.choice(self._others(who)).person
        answer = await self.send(who, f"/users/{other.id}/{verb}")
        return f"{other.name} {answer.status_code}"


async def player(person: Person) -> Player:
    """Somebody with a browser that reaches both processes, and a token for its forms."""
    browser = httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False, verify=False)
    browser.cookies.set(AUTH_COOKIE, person.browser.cookies[AUTH_COOKIE], domain="127.0.0.1")
    return Player(person, await person.csrf(), browser)


async def stored_with(marker: str) -> int:
    """How many texts hold a marker."""
    query = {"body": {"$regex": marker}}
    return await Comment.raw().count_documents(query) + await Message.raw().count_documents(query)
