"""What is in the recycle bin, as templates print it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bson import ObjectId
from markupsafe import Markup

from app.boards.directory import all_boards
from app.boards.pages import BoardRef
from app.people.cards import cards
from app.uploads.kinds import amount, ending_of
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.web.pages import Card
from documents import Board, Comment, Topic
from documents.base import Raw
from documents.clock import now

Inside = Literal["", "board", "topic"]
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days deleted things, unused files and left accounts are kept."""

    days: int
    file_days: int
    account_days: int


@dataclass(frozen=True, slots=True)
class BinRow:
    """One thing. `inside` says that what it is in is deleted too; `days` are those left until it may be purged,
    `hours` those of the last day; none of either is left when the next clean-up takes it.

    `by` is who deleted it, `author` who wrote or made it; `url` leads to a look at it, where there is one.
    """

    id: str
    title: str
    at: datetime
    days: int
    hours: int = 0
    author: Card | None = None
    by: Card | None = None
    moderated: bool = False
    reason: str = ""
    excerpt: str = ""
    board: str = ""
    url: str = ""
    inside: Inside = ""
    comments: int = 0
    size: str = ""


@dataclass(frozen=True, slots=True)
class Previewed:
    """A deleted text."""

    title: str
    html: Markup
    at: datetime
    board: BoardRef
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Around:
    """What rows are about, looked up once for all."""

    people: Mapping[ObjectId, Card]
    boards: Mapping[ObjectId, Board]
    topics: Mapping[ObjectId, Raw]


async def rows_of(viewer: Viewer, kind: str, raws: Sequence[Raw], kept: Kept) -> tuple[BinRow, ...]:
    """Documents of one kind of the bin, in their order. Names of files that nothing uses are their owners' alone."""
    named = [raw.get(field) for raw in raws for field in ("author", "deleted_by", "user")]
    people = await cards(id for id in named if id is not None)
    ids = [raw["topic"] for raw in raws] if kind == "comments" else []
    fields: Raw = {"title": 1, "deleted_at": 1, "board": 1}
    topics = {raw["_id"]: raw async for raw in Topic.raw().find({"_id": {"$in": ids}}, fields)}
    if kind == "topics":
        opens: Raw = {"topic": {"$in": [raw["_id"] for raw in raws]}, "number": 1}
        excerpts = {raw["topic"]: raw async for raw in Comment.raw().find(opens, {"topic": 1, "excerpt": 1})}
        raws = [{**raw, "excerpt": excerpts.get(raw["_id"], {}).get("excerpt", "")} for raw in raws]
    if kind == "uploads":
        raws = [raw if raw["user"] == viewer.id else {**raw, "name": _unnamed(raw["name"])} for raw in raws]
    around = Around(people, await all_boards(), topics)
    return tuple(_row(kind, raw, kept, around) for raw in raws)


def _unnamed(name: str) -> str:
    return str(Text(N_("%(kind)s file, not in public"), kind=ending_of(name).upper()))


def _row(kind: str, raw: Raw, kept: Kept, around: Around) -> BinRow:
    at: datetime = raw["touched_at"] if kind == "uploads" else raw["deleted_at"]
    board = around.boards.get(raw["board"]) if "board" in raw else None
    topic = around.topics.get(raw["topic"]) if "topic" in raw else None
    ends, inside = _end(kind, raw, kept, board, topic)
    days, hours = left_until(ends)
    author = raw.get("author") or raw.get("user")
    by = raw.get("deleted_by")
    return BinRow(
        id=str(raw["_id"]),
        title=_title(kind, raw, topic),
        at=at,
        days=days,
        hours=hours,
        author=around.people.get(author) if author else None,
        by=around.people.get(by) if by and by != author else None,
        moderated=raw.get("deleted_as") == "moderator",
        reason=raw.get("delete_reason", ""),
        excerpt=raw.get("excerpt", ""),
        board=board.name if board else "",
        url=f"/moderation/bin/{kind}/{raw['_id']}" if kind in ("topics", "comments") else "",
        inside=inside,
        comments=raw.get("comment_count", 0) if kind in ("topics", "boards") else 0,
        size=amount(raw["bytes"]) if kind == "uploads" else "",
    )


def left_until(ends: datetime) -> tuple[int, int]:
    """Whole days that begin before then, or in the last one hours."""
    left = ends - now()
    if left > DAY - HOUR:
        return math.ceil(left / DAY), 0
    return 0, max(0, math.ceil(left / HOUR))


def _title(kind: str, raw: Raw, topic: Raw | None) -> str:
    if kind == "comments":
        return str(topic["title"]) if topic else ""
    return str(raw.get("title") or raw.get("name") or raw.get("username") or "")


def _end(kind: str, raw: Raw, kept: Kept, board: Board | None, topic: Raw | None) -> tuple[datetime, Inside]:
    """When it may be purged: with what it is in, if that is earlier."""
    if kind == "uploads":
        return raw["touched_at"] + kept.file_days * DAY, ""
    days = kept.account_days if kind == "people" and raw.get("deleted_as") == "author" else kept.days
    ends, inside = raw["deleted_at"] + days * DAY, ""
    if topic is not None and topic["deleted_at"] is not None:
        ends, inside = min(ends, topic["deleted_at"] + kept.days * DAY), "topic"
    if board is not None and board.deleted_at is not None:
        ends, inside = min(ends, board.deleted_at + kept.days * DAY), "board"
    return ends, inside  # type: ignore[return-value]


def previewed(text: Comment, topic: Topic, board: BoardRef) -> Previewed:
    """A text that is read in the bin."""
    url = f"/topics/{topic.oid}/n/{text.number}"
    return Previewed(topic.title, Markup(text.html), text.created_at, board, text.number, url)
