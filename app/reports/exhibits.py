"""What reports, appeals and decisions are about, each kind of thing fetched once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from markupsafe import Markup

from app.boards.directory import all_boards
from app.boards.views import ref
from app.people.cards import NOBODY, cards
from app.reports.pages import Exhibit, ExhibitFile
from app.text.language import language_of
from app.uploads.kinds import amount
from app.web.pages import Card
from documents import Comment, Topic, Upload, User
from documents.base import Raw


@dataclass(frozen=True, slots=True)
class Things:
    """What a page of reports or appeals names, by id; opening posts by their topic."""

    topics: dict[ObjectId, Topic]
    comments: dict[ObjectId, Comment]
    people: dict[ObjectId, Card]
    bios: dict[ObjectId, str]


async def by_id(document: Any, which: Raw, key: str = "_id") -> dict[ObjectId, Any]:
    """Documents by their id, or another key, without the words they are found by."""
    found = document.raw().find(which, {"words": 0})
    return {raw[key]: document.model_validate(raw) async for raw in found}


async def things_of(subjects: Sequence[tuple[str, ObjectId]], named: Iterable[ObjectId]) -> Things:
    """What these subjects (kind and id) need to be shown, and the cards of those who are named beside them."""
    people = set(named)
    comment_ids = [id for kind, id in subjects if kind == "comment"]
    topic_ids = [id for kind, id in subjects if kind == "topic"]
    comments = await by_id(Comment, {"_id": {"$in": comment_ids}})
    at = {*topic_ids, *(comment.topic for comment in comments.values())}
    topics = await by_id(Topic, {"_id": {"$in": list(at)}})
    openings = await by_id(Comment, {"topic": {"$in": topic_ids}, "number": 1}, "topic")
    authors = {thing.author for thing in (*comments.values(), *topics.values())}
    bios = {raw["_id"]: raw.get("bio", "") for raw in await User.projected(people, ("bio",), None)}
    return Things(topics, {**comments, **openings}, await cards(authors | people), bios)


async def exhibit_of(things: Things, kind: str, id: ObjectId, accused: ObjectId | None, said: str = "") -> Exhibit:
    """One subject as it is shown; `said` is the text of a message, which is not looked up."""
    author = things.people.get(accused, NOBODY) if accused else NOBODY
    if kind == "person":
        return Exhibit(kind, author.name, author.url, author, plain=things.bios.get(id, ""))
    if kind == "message":
        return Exhibit(kind, "", author.url, author, plain=said, lang=language_of(said))
    comment = things.comments.get(id)
    topic = things.topics.get(comment.topic if comment else id)
    if topic is None or comment is None:
        return Exhibit(kind, "", "", author, deleted=True)
    board = (await all_boards()).get(topic.board)
    number = "" if kind == "topic" else f"/n/{comment.number}"
    return Exhibit(
        kind=kind,
        title=topic.title,
        url=f"/topics/{topic.oid}{number}",
        author=things.people.get(comment.author, NOBODY),
        at=comment.created_at,
        html=Markup(comment.html),
        lang=language_of(comment.excerpt),
        board=ref(board) if board else None,
        deleted=not (comment.live and topic.live),
    )


def files_exhibit(files: Sequence[Upload], owner: Card, url: str = "") -> Exhibit:
    """Files that were taken down; `url` is the folder where who judges finds them."""
    shown = tuple(
        ExhibitFile(file.name, amount(file.bytes), f"{url}/{file.oid}" if url else "", file.width, file.height)
        for file in files
    )
    title = ", ".join(file.name for file in files)
    return Exhibit("upload", title, "/uploads", owner, deleted=not shown, files=shown)
