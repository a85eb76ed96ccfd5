"""A change of a tag in all topics that have it: a few with the act itself, many by a job that may be killed.

What the tag is called is settled in the act; what follows here is each topic, with the words by which it is found.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bson import ObjectId
from pymongo import UpdateOne

from app.comments.rendering import words_in
from app.events import TagChangeWaits, TagsChanged
from app.jobs.queue import Kind
from app.text.segment import found_by, words_of
from app.topics.tagging import TAGS_MAX
from app.work import Work, together
from documents import Comment, Retagged, Tag, TagChange, Topic
from documents.base import Raw
from documents.clock import now

JOB: Final = "tag"
JOB_SECONDS: Final = 900
# Changed in one transaction, with their opening posts.
BATCH: Final = 50
LEASE: Final = timedelta(seconds=20)
# A transaction that had begun before the change can be stored for so long after it.
LINGERS: Final = timedelta(seconds=65)
FIELDS: Final[Raw] = {"tags": 1, "title": 1, "board": 1}

Edit = tuple[Raw, list[str]]


def job() -> Kind:
    """As the queue knows it."""
    return Kind(JOB, JOB_SECONDS, go_on, TagChange.waiting)


async def begin(work: Work, change: TagChange) -> None:
    """Change the first topics with the act; those that are left wait for the job."""
    # Whoever has these names again has them for themselves.
    await TagChange.raw().delete_many({"lingering": True, "source": change.to}, session=work.session)
    raw = change.as_stored()
    await TagChange.raw().insert_one(raw, session=work.session)
    work.record(TagsChanged())
    if await _batch(work, raw):
        work.record(TagChangeWaits(raw["_id"]))


async def go_on(id: ObjectId) -> None:
    """The job: batch by batch, each in one transaction with what is known of it."""

    async def step(work: Work) -> bool:
        change = await TagChange.raw().find_one({"_id": id}, session=work.session)
        return change is not None and change["due_at"] <= now() + LEASE and await _batch(work, change)

    while await together(step):
        pass


async def _batch(work: Work, change: Raw) -> bool:
    """The next few; False when none is left."""
    count = await (_give_back if change["back"] else _replace)(work, change)
    if count:
        work.record(TagsChanged())
    if count == BATCH:
        later: Raw = {"$set": {"due_at": now() + LEASE, "lingering": False}}
        await TagChange.raw().update_one({"_id": change["_id"]}, later, session=work.session)
        return True
    await _end(work, change)
    return False


async def _end(work: Work, change: Raw) -> None:
    which: Raw = {"_id": change["_id"]}
    if change["lingering"] or change["back"] or change["to"] is None:
        await TagChange.raw().delete_one(which, session=work.session)
        return
    # Moving it along keeps a second pass from being missed when this one is interrupted.
    lingers: Raw = {"$set": {"lingering": True, "due_at": now() + LINGERS}}
    await TagChange.raw().update_one(which, lingers, session=work.session)


async def _replace(work: Work, change: Raw) -> int:
    """The tag by what it is called now."""
    source = change["source"]
    found = await Topic.raw().find({"tags": source}, FIELDS, session=work.session).limit(BATCH).to_list()
    if not found:
        return 0
    to = None if change["to"] is None else (await Tag.standing([change["to"]], work.session))[0][0]
    edits = [(raw, replaced(raw["tags"], source, to)) for raw in found]
    if change["operation"] is not None:
        rows = [
            Retagged(operation=change["operation"], topic=raw["_id"], before=raw["tags"], after=after).as_stored()
            for raw, after in edits
        ]
        await Retagged.raw().insert_many(rows, session=work.session)
    await _store(work, edits)
    return len(found)


async def _give_back(work: Work, change: Raw) -> int:
    """What the operation has changed, as far as it is still so."""
    which: Raw = {"operation": change["operation"]}
    rows = await Retagged.raw().find(which, session=work.session).sort("_id").limit(BATCH).to_list()
    ids = [row["topic"] for row in rows]
    topics = {raw["_id"]: raw async for raw in Topic.raw().find({"_id": {"$in": ids}}, FIELDS, session=work.session)}
    edits = [
        (topics[row["topic"]], given_back(topics[row["topic"]]["tags"], row, change["source"], change["to"]))
        for row in rows
        if row["topic"] in topics
    ]
    await _store(work, [(raw, after) for raw, after in edits if after != raw["tags"]])
    await Retagged.raw().delete_many({"_id": {"$in": [row["_id"] for row in rows]}}, session=work.session)
    return len(rows)


def replaced(tags: list[str], source: str, to: str | None) -> list[str]:
    """These tags with one in the place of another, each once; `to` None leaves it out."""
    named = [to if tag == source else tag for tag in tags]
    return list(dict.fromkeys(tag for tag in named if tag is not None))


def given_back(tags: list[str], row: Raw, source: str, to: str | None) -> list[str]:
    """The tags of a topic with what an operation took from it. What its people have changed since stays so."""
    if tags == row["after"]:
        return list(row["before"])
    if source in tags or (to is not None and to not in tags):
        return tags
    again = replaced(tags, to, source) if to is not None else [*tags, source]
    if to is not None and to in row["before"]:
        again.append(to)
    return again if len(again) <= TAGS_MAX else tags


async def _store(work: Work, edits: list[Edit]) -> None:
    """Store the tags, and have topics and opening posts found by them."""
    if not edits:
        return
    ids = [raw["_id"] for raw, _ in edits]
    opened: Raw = {"topic": {"$in": ids}, "number": 1}
    openings = {
        raw["topic"]: raw async for raw in Comment.raw().find(opened, {"topic": 1, "html": 1}, session=work.session)
    }
    texts: list[UpdateOne] = []
    topics: list[UpdateOne] = []
    for raw, after in edits:
        fields = {"tags": after, **found_by(words_of(raw["title"], *after))}
        topics.append(UpdateOne({"_id": raw["_id"]}, {"$set": fields, "$inc": {"version": 1}}))
        opening = openings.get(raw["_id"])
        if opening is not None:
            words = await words_in(opening["html"], (raw["title"], *after))
            texts.append(UpdateOne({"_id": opening["_id"]}, {"$set": found_by(words)}))
    # Only now, when all is worked out, so that others who write there wait for a moment at most.
    await Topic.raw().bulk_write(topics, session=work.session)
    if texts:
        await Comment.raw().bulk_write(texts, session=work.session)
