"""What stands in the feeds: what a guest may read, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID, uuid5

from bson import ObjectId

from app.boards.access import visible_topic
from app.boards.directory import unreadable_ids, visible_board
from app.errors import NotFound
from app.feeds.pages import Entry, Feed
from app.people.cards import cards
from app.text.language import language_of
from app.viewer import GUEST
from app.web.pages import Card
from documents import Comment, Topic, User
from documents.base import LIVE, Raw
from documents.comment import BY_AUTHOR

ENTRIES: Final = 30
# Names of ours: an entry keeps its id when the forum moves to another address.
OURS: Final = UUID("5d0ab9a2-33c0-5f0a-9d0e-6a1c6f7f3b54")
THE_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
TOPIC_FIELDS: Final[Raw] = dict.fromkeys(("board", "author", "title", "tags", "created_at"), 1)
TEXT_FIELDS: Final[Raw] = dict.fromkeys(
    ("topic", "number", "author", "html", "excerpt", "created_at", "edited_at", "in"), 1
)
NEWEST: Final = [("created_at", -1), ("_id", -1)]


async def newest_topics(site_name: str) -> Feed:
    """The topics of all boards."""
    entries = await _topics({"board": {"$nin": await unreadable_ids(GUEST)}})
    return Feed("/feeds/topics", "/", site_name, entries, THE_BEGINNING)


async def in_board(id: ObjectId, site_name: str) -> Feed:
    """The topics of one board."""
    board = await visible_board(GUEST, id)
    title = f"{board.name} · {site_name}"
    return Feed(f"/feeds/boards/{id}", f"/boards/{id}", title, await _topics({"board": id}), board.created_at)


async def with_tag(tag: str, site_name: str) -> Feed:
    """The topics with a tag, folded as tags are."""
    entries = await _topics({"tags": tag, "board": {"$nin": await unreadable_ids(GUEST)}})
    place = quote(tag)
    return Feed(f"/feeds/tags/{place}", f"/tags/{place}", f"#{tag} · {site_name}", entries, THE_BEGINNING)


async def in_topic(id: ObjectId, site_name: str) -> Feed:
    """What was said in a topic."""
    topic, _ = await visible_topic(GUEST, id)
    rows = await Comment.raw().find({"topic": id, **LIVE}, TEXT_FIELDS).sort("number", -1).limit(ENTRIES).to_list()
    about: Raw = {"title": topic.title, "tags": topic.tags}
    entries = await _texts([{**row, "in": [about]} for row in rows])
    return Feed(f"/feeds/topics/{id}", f"/topics/{id}", f"{topic.title} · {site_name}", entries, topic.created_at)


async def of_person(id: ObjectId, site_name: str) -> Feed:
    """What somebody wrote: topics and comments."""
    person = await User.load(id)
    if person is None or not person.live:
        raise NotFound
    entries = await _texts(await _written_by(id))
    return Feed(f"/feeds/users/{id}", f"/users/{id}", f"{person.name} · {site_name}", entries, person.created_at)


async def _written_by(person: ObjectId) -> list[Raw]:
    """Their latest texts with the topics under `in`; those in deleted topics are passed over."""
    live: Raw = {
        "from": Topic.Settings.name,
        "localField": "topic",
        "foreignField": "_id",
        "as": "in",
        "pipeline": [{"$match": LIVE}, {"$project": {"title": 1, "tags": 1}}],
    }
    stages: list[Raw] = [
        {"$match": {"author": person, "board": {"$nin": await unreadable_ids(GUEST)}, **LIVE}},
        {"$sort": {"created_at": -1, "_id": -1}},
        {"$lookup": live},
        {"$match": {"in": {"$ne": []}}},
        {"$limit": ENTRIES},
        {"$project": TEXT_FIELDS},
    ]
    return await (await Comment.raw().aggregate(stages, hint=BY_AUTHOR)).to_list()


async def _topics(which: Raw) -> tuple[Entry, ...]:
    """The newest topics, each with its opening post."""
    topics = await Topic.raw().find({**LIVE, **which}, TOPIC_FIELDS).sort(NEWEST).limit(ENTRIES).to_list()
    found = {"topic": {"$in": [row["_id"] for row in topics]}, "number": 1, **LIVE}
    opening = {row["topic"]: row async for row in Comment.raw().find(found, TEXT_FIELDS)}
    people = await cards(row["author"] for row in topics)
    bare: Raw = {"number": 1, "html": "", "excerpt": "", "edited_at": None}
    return tuple(
        _entry({**bare, **row, **opening.get(row["_id"], {}), "topic": row["_id"], "in": [row]}, people)
        for row in topics
    )


async def _texts(rows: Sequence[Raw]) -> tuple[Entry, ...]:
    people = await cards(row["author"] for row in rows)
    return tuple(_entry(row, people) for row in rows)


def _entry(row: Raw, people: dict[ObjectId, Card]) -> Entry:
    """A comment with its topic under `in`. The opening post stands for the topic, wherever it is told of."""
    opens, topic = row["number"] == 1, row["in"][0]
    name = f"topic:{row['topic']}" if opens else f"comment:{row['_id']}"
    return Entry(
        id=f"urn:uuid:{uuid5(OURS, name)}",
        title=topic["title"] if opens else f"{topic['title']} (#{row['number']})",
        url=f"/topics/{row['topic']}" if opens else f"/topics/{row['topic']}/n/{row['number']}",
        html=row["html"],
        author=people[row["author"]],
        published=row["created_at"],
        updated=row["edited_at"] or row["created_at"],
        tags=tuple(topic["tags"]) if opens else (),
        lang=language_of(row["excerpt"] or topic["title"]),
    )
