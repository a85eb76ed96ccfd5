"""Putting a demo forum into the database: in bulk, in batches, with all its counters right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from bson import ObjectId

from app.text import names
from app.text.markdown import RENDERER_VERSION, Person, Rendered
from app.text.segment import SEGMENTER_VERSION, words_of
from app.text.starts import starts_of
from documents import Board, Comment, Notification, Reaction, Topic, User
from documents.base import Raw, Record
from documents.topic import HEAT, PARTICIPANTS_KEPT
from scripts.seeding.boards import BoardText, boards
from scripts.seeding.generator import Prose
from scripts.seeding.names import usernames
from scripts.seeding.plan import (
    NAMESPACE,
    Crowd,
    Sizes,
    answered_at,
    lengths,
    midnight,
    milliseconds,
    object_id,
    opened_at,
)
from scripts.seeding.rendered import Renderer, words_among
from scripts.seeding.talks import UNREAD_FOR, Talks
from scripts.seeding.texts import TopicText

BATCH: Final = 2_000
LIKED_SHARE: Final = 0.2
LIKES_MAX: Final = 6
REPLY_SHARE: Final = 0.35
QUOTE_SHARE: Final = 0.06
VIEWS_PER_COMMENT: Final = 14
# So many people have conversations of every kind, with so many others.
ALL_KINDS_FOR: Final = 12
OTHERS: Final = 4
STAFF_EVERY: Final = 40


@dataclass
class Tally:
    """Counters of people and boards, written once at the end."""

    people: defaultdict[ObjectId, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    boards: defaultdict[ObjectId, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    last_topic: dict[ObjectId, tuple[datetime, ObjectId]] = field(default_factory=dict)
    seqs: Counter[ObjectId] = field(default_factory=Counter)


class Planter:
    """One demo forum. What it writes depends on the seed, the sizes and the day alone."""

    def __init__(self, sizes: Sizes, seed: int, password_hash: str, step: Callable[[int], None]) -> None:
        self._sizes = sizes
        self._seed = seed
        self._hash = password_hash
        self._step = step
        self._rng = Random(seed)
        self._prose = Prose(Random(seed + 1))
        self._until = midnight()
        self._tally = Tally()
        self._places = list(boards(sizes.boards))
        self._waiting: defaultdict[type[Record], list[Raw]] = defaultdict(list)

    async def plant(self) -> None:
        """Everything, people first and counters last."""
        people = await self._plant_people()
        rows = await self._plant_boards()
        self._crowd = Crowd.of([person["_id"] for person in people])
        self._names = {person["_id"]: person["username"] for person in people}
        keys = {person["username_key"]: Person(person["username"], str(person["_id"])) for person in people}
        self._ids = {key: ObjectId(person.id) for key, person in keys.items()}
        self._renderer = Renderer(keys)
        for length in lengths(self._rng, self._sizes):
            at = self._rng.randrange(len(rows))
            await self._plant_topic(rows[at], self._places[at], length)
        await self._plant_talks()
        await self._flush()
        await self._write_counters()

    async def _plant_people(self) -> list[Raw]:
        taken = {raw["username_key"] async for raw in User.raw().find({}, {"username_key": 1})}
        people = [self._person(name, shown, taken) for name, shown in usernames(self._rng, self._sizes.users)]
        for at, person in enumerate(people):
            person["role"] = "moderator" if at % STAFF_EVERY == 1 else "member"
        await self._store(User, people)
        return people

    def _person(self, name: str, shown: str, taken: set[str]) -> Raw:
        username = name if names.username_key(name) not in taken else f"{name[:20]}.{self._seed % 100_000}"
        joined = milliseconds(self._until - timedelta(days=545 + self._rng.random() * 300))
        id = object_id(self._rng)
        return User(
            id=id,
            username=username,
            username_key=names.username_key(username),
            skeleton=names.skeleton(username),
            display_name=shown,
            starts=starts_of(username, shown),
            segmented=SEGMENTER_VERSION,
            email=f"{id}@example.org",
            email_key=f"{id}@example.org",
            password_hash=self._hash,
            email_confirmed_at=joined,
            created_at=joined,
            source=f"{NAMESPACE}:{self._seed}:{id}",
        ).as_stored()

    async def _plant_boards(self) -> list[Raw]:
        taken = {raw["name_key"] async for raw in Board.raw().find({}, {"name_key": 1})}
        rows = []
        for position, text in enumerate(self._places, start=1):
            shown = text.name if names.username_key(text.name) not in taken else f"{text.name} ({self._seed})"
            rows.append(
                Board(
                    id=object_id(self._rng),
                    name=shown,
                    name_key=names.username_key(shown),
                    description=text.description,
                    position=position,
                    created_at=milliseconds(self._until - timedelta(days=900)),
                    source=f"{NAMESPACE}:{self._seed}:{position}",
                ).as_stored()
            )
        await self._store(Board, rows)
        return rows

    async def _plant_topic(self, board: Raw, place: BoardText, length: int) -> None:
        """A topic with its comments; the longest begin when the forum did."""
        rng = self._rng
        text = self._prose.topic(place.theme, lang=place.lang, city=place.city)
        author, at = self._crowd.pick(rng), milliseconds(opened_at(rng, self._until))
        topic_id, last_at = object_id(rng), at
        writers, comments = [author], [self._opening(board, topic_id, author, at, text)]
        for number in range(2, length + 1):
            last_at = milliseconds(answered_at(rng, last_at, self._until, length - number))
            comment = self._comment(board, text, comments, number, last_at)
            comments.append(comment)
            writers.append(comment["author"])
            if len(comments) > BATCH:
                await self._keep(Comment, comments[:-1])
                comments = comments[-1:]
        await self._keep(Comment, comments)
        likes = sum(self._likes.pop(topic_id, ()))
        await self._keep(Topic, [self._topic(topic_id, board, text, writers, (at, last_at), likes)])
        self._count_topic(board["_id"], topic_id, writers, last_at)
        self._step(length)

    def _opening(self, board: Raw, topic: ObjectId, author: ObjectId, at: datetime, text: TopicText) -> Raw:
        self._likes: dict[ObjectId, list[int]] = {topic: []}
        parts = [self._renderer.personal(block) for block in text.blocks]
        words = words_among(parts, text.title, *text.tags)
        return self._stored(board, topic, author, 1, at, text.body, self._renderer.together(parts), words)

    def _comment(self, board: Raw, text: TopicText, before: list[Raw], number: int, at: datetime) -> Raw:
        rng = self._rng
        author = self._crowd.pick(rng)
        earlier = before[-1 - int((len(before) - 1) * rng.random() ** 3)]
        quote = earlier["body"] if rng.random() < QUOTE_SHARE else None
        told = self._names[earlier["author"]] if earlier["author"] != author else None
        said = self._prose.compose(text, author_before=told, quote=quote, by_author=author == before[0]["author"])
        parts = [self._renderer.personal(block, said.mentions) for block in said.personal]
        parts += [self._renderer.shared(block) for block in said.shared]
        written = self._renderer.together(parts)
        place = (board, earlier["topic"], author, number, at)
        comment = self._stored(*place, said.body, written, words_among(parts))
        if rng.random() < REPLY_SHARE:
            comment |= {
                "reply_to": earlier["_id"],
                "reply_to_number": earlier["number"],
                "reply_to_author": earlier["author"],
            }
        self._tell(comment)
        return comment

    def _stored(
        self,
        board: Raw,
        topic: ObjectId,
        author: ObjectId,
        number: int,
        at: datetime,
        body: str,
        written: Rendered,
        words: list[str],
    ) -> Raw:
        comment = Comment(
            id=object_id(self._rng),
            topic=topic,
            board=board["_id"],
            number=number,
            author=author,
            body=body,
            html=written.html,
            excerpt=written.excerpt,
            renderer=RENDERER_VERSION,
            words=words,
            segmented=SEGMENTER_VERSION,
            created_at=at,
            mentions=[self._ids[key] for key in written.mentions],
        ).as_stored()
        comment["like_count"] = self._like(comment)
        return comment

    def _like(self, comment: Raw) -> int:
        """Some people like it; gives how many."""
        if self._rng.random() > LIKED_SHARE:
            return 0
        wanted = min(LIKES_MAX, int(self._rng.paretovariate(1.4)))
        fans = dict.fromkeys(self._crowd.pick(self._rng) for _ in range(wanted))
        fans.pop(comment["author"], None)
        for fan in fans:
            self._waiting[Reaction].append(
                {
                    "_id": object_id(self._rng),
                    "comment": comment["_id"],
                    "topic": comment["topic"],
                    "number": comment["number"],
                    "user": fan,
                    "created_at": comment["created_at"],
                }
            )
        self._likes[comment["topic"]].append(len(fans))
        self._tally.people[comment["author"]]["like_count"] += len(fans)
        return len(fans)

    def _tell(self, comment: Raw) -> None:
        """Notify as the forum would have done."""
        reasons: dict[ObjectId, list[str]] = {person: ["mention"] for person in comment["mentions"]}
        if comment["reply_to_author"] is not None:
            reasons.setdefault(comment["reply_to_author"], []).append("reply")
        reasons.pop(comment["author"], None)
        for person, why in reasons.items():
            subject = {"subject": comment["_id"], "topic": comment["topic"], "conversation": None}
            subject["board"] = comment["board"]
            self._notice(person, why, comment["author"], comment["number"], comment["created_at"], subject)

    def _notice(
        self, person: ObjectId, why: list[str], actor: ObjectId, number: int, at: datetime, subject: Raw
    ) -> None:
        self._tally.seqs[person] += 1
        unread = self._until - at < UNREAD_FOR
        self._waiting[Notification].append(
            {
                "_id": object_id(self._rng),
                "user": person,
                "seq": self._tally.seqs[person],
                "kind": why[0],
                "reasons": why,
                "actor": actor,
                "number": number,
                "created_at": at,
                "unread": unread,
                "read_at": None if unread else at + timedelta(hours=1),
                "withdrawn_at": None,
                **subject,
            }
        )

    def _topic(
        self,
        id: ObjectId,
        board: Raw,
        text: TopicText,
        writers: list[ObjectId],
        span: tuple[datetime, datetime],
        likes: int,
    ) -> Raw:
        latest = list(dict.fromkeys(reversed(writers)))[:PARTICIPANTS_KEPT]
        return Topic(
            id=id,
            board=board["_id"],
            author=writers[0],
            title=text.title,
            tags=list(text.tags),
            words=words_of(text.title, *text.tags),
            segmented=SEGMENTER_VERSION,
            created_at=span[0],
            active_at=span[1],
            last_number=len(writers),
            last_visible=len(writers),
            last_author=writers[-1],
            comment_count=len(writers),
            like_count=likes,
            view_count=int(len(writers) * VIEWS_PER_COMMENT * (0.5 + self._rng.random())),
            participants=latest,
            source=f"{NAMESPACE}:{self._seed}:{id}",
        ).as_stored()

    def _count_topic(self, board: ObjectId, topic: ObjectId, writers: list[ObjectId], at: datetime) -> None:
        self._tally.people[writers[0]]["topic_count"] += 1
        for writer in writers[1:]:
            self._tally.people[writer]["comment_count"] += 1
        self._tally.boards[board] += Counter(topic_count=1, comment_count=len(writers))
        last = self._tally.last_topic.get(board)
        if last is None or at > last[0]:
            self._tally.last_topic[board] = (at, topic)

    async def _plant_talks(self) -> None:
        """Private conversations; those who are most active have one of every kind."""
        rng, people = self._rng, self._crowd.people
        talks = Talks(rng, self._prose, self._renderer, self._until, self._keep, self._notice)
        for _ in range(len(people) // 2):
            one, other = self._crowd.pick(rng), self._crowd.pick(rng)
            if one != other:
                await talks.between(one, other)
        for person in people[:ALL_KINDS_FOR]:
            others = [other for other in people if other != person]
            await talks.one_of_each(person, rng.sample(others, min(len(others), OTHERS)))

    async def _keep(self, document: type[Record], rows: list[Raw]) -> None:
        """Hold rows back until there are enough of a kind to be worth a round trip."""
        self._waiting[document] += rows
        for kind in (document, Reaction, Notification):
            if len(self._waiting[kind]) >= BATCH:
                await self._store(kind, self._waiting.pop(kind))

    async def _flush(self) -> None:
        for document in list(self._waiting):
            await self._store(document, self._waiting.pop(document))

    async def _store(self, document: type[Record], rows: list[Raw]) -> None:
        for batch in _batches(rows):
            await document.raw().insert_many(batch, ordered=False)

    async def _write_counters(self) -> None:
        """What was counted on the way, and the heat of every topic."""
        tally = self._tally
        for person in {*tally.people, *tally.seqs}:
            counted = {**tally.people[person], "notification_seq": tally.seqs[person]}
            await User.raw().update_one({"_id": person}, {"$set": counted})
        for board, numbers in tally.boards.items():
            last = tally.last_topic[board][1]
            await Board.raw().update_one({"_id": board}, {"$set": {**numbers, "last_topic": last}})
        of_mine: dict[str, Any] = {"source": {"$regex": f"^{NAMESPACE}:{self._seed}:"}}
        await Topic.raw().update_many(of_mine, [{"$set": {"heat": HEAT}}])


def _batches(rows: list[Raw]) -> Iterator[list[Raw]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
