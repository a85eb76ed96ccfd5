"""Topics → topics: where posts go, and what a topic says once they are there."""

from collections.abc import Sequence

from bson import ObjectId

from app.text.segment import not_yet
from app.work import Work
from documents import Comment, Topic
from documents.base import Raw
from scripts.importing.counting import count_people, standing
from scripts.importing.drafts import Draft, Place
from scripts.importing.identity import oid, source
from scripts.importing.spool import Spool, TopicRow
from scripts.importing.tags import tags_here


async def places(rows: Sequence[TopicRow], spool: Spool) -> dict[int, Place]:
    """The topics of a batch as they are to become."""
    found = Topic.raw().find({"_id": {"$in": [oid("topic", row.id) for row in rows]}})
    stored = {raw["_id"]: raw async for raw in found}
    return {row.id: _place(row, stored.get(oid("topic", row.id)), spool) for row in rows}


def _place(row: TopicRow, stored: Raw | None, spool: Spool) -> Place:
    newer = stored is None or row.mark > stored["source_mark"]
    titles = dict(spool.titles(row.id))
    if stored is not None:
        titles.setdefault(stored["title"], stored["source_mark"])
    return Place(
        id=oid("topic", row.id),
        board=oid("category", row.category) if newer or stored is None else stored["board"],
        # A title that was edited here stays.
        title=row.title if stored is None or (newer and stored["edited_at"] is None) else stored["title"],
        titles=titles,
        stored=stored,
    )


async def place_stored(topic: ObjectId) -> Place:
    """A topic just as it is."""
    stored = await Topic.raw().find_one({"_id": topic}) or {}
    return Place(topic, stored["board"], stored["title"], {stored["title"]: stored["source_mark"]}, stored)


async def add_topics(drafts: Sequence[Draft], rows: Sequence[TopicRow], spool: Spool) -> set[ObjectId]:
    """Add the new topics that something goes to, and give them.

    Each has its last number already, so that nobody who comments meanwhile takes one that belongs to the archive.
    """
    by_id = {oid("topic", row.id): row for row in rows}
    first: dict[ObjectId, Draft] = {}
    for draft in drafts:
        if draft.place.stored is None and "topic" in draft.fields:
            first.setdefault(draft.place.id, draft)
    if first:
        tags = {id: await tags_here(by_id[id].tags or []) for id in first}
        await Topic.raw().insert_many([_document(by_id[id], draft, spool, tags[id]) for id, draft in first.items()])
    return set(first)


def _document(row: TopicRow, first: Draft, spool: Spool, tags: list[str]) -> Raw:
    return Topic(
        id=first.place.id,
        board=first.place.board,
        author=first.fields["author"],
        title=first.place.title,
        tags=tags,
        created_at=first.fields["created_at"],
        active_at=first.fields["created_at"],
        first_number=first.number,
        last_number=spool.last_number(row.id),
        last_visible=first.number,
        last_author=first.fields["author"],
        comment_count=0,
        source=source("topic", row.id),
        source_mark=row.mark,
        **first.topic_marks,
        **row.more,
    ).as_stored()


def wanted(row: TopicRow, place: Place) -> Raw:
    """What an archived topic says about itself, as far as it is newer than what is stored."""
    fields: Raw = {"title": place.title}
    if place.stored is not None and row.mark > place.stored["source_mark"]:
        fields |= {"source_mark": row.mark, "board": place.board}
        fields |= {} if row.tags is None else {"tags": row.tags}
        # People have looked at it here as well since.
        fields |= {name: value for name, value in row.more.items() if name != "view_count"}
    return fields


async def settle(work: Work, topic: ObjectId, wanted: Raw) -> bool:
    """Once its comments are there, a topic's own fields and its numbers. False when they were right already."""
    stored = await Topic.raw().find_one({"_id": topic}, session=work.session)
    counted = await standing(topic, work.session)
    if stored is None or counted is None:
        return False
    fields = {**counted, "last_number": max(stored["last_number"], counted["last_number"]), **wanted}
    if "tags" in wanted:
        fields["tags"] = await tags_here(wanted["tags"], work.session)
    changes = {name: value for name, value in fields.items() if stored[name] != value}
    if {"title", "tags"} & changes.keys():
        changes["segmented"] = not_yet()
        opening = {"topic": topic, "number": 1}
        await Comment.raw().update_one(opening, {"$set": {"segmented": not_yet()}}, session=work.session)
    if changes:
        await Topic.change(topic, work.session, **changes)
    if "board" in changes:
        await Comment.raw().update_many({"topic": topic}, {"$set": {"board": changes["board"]}}, session=work.session)
    if "author" in changes:
        await count_people(work, [stored["author"]])
    return bool(changes)
