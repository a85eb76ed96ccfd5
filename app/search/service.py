"""A search for somebody: what was asked for, looked up, and found as far as they may see it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.boards.directory import readable_boards
from app.search.mongo import MongoSearch
from app.search.query import Asked
from app.search.wanted import Engine, Found, Place, Wanted
from app.text.names import username_key
from app.text.segment import fold
from app.text.simplified import writings_of
from app.text.starts import START_CHARS_MAX, typed_start
from app.viewer import Viewer
from app.web.i18n import N_, Text
from documents import Board, Topic, User
from documents.base import LIVE, Raw, beginning
from documents.user import CARD_FIELDS

RELATED_SHOWN: Final = 5
TAGGED_MAX: Final = 1_000

_engine: list[Engine] = [MongoSearch()]


def use(engine: Engine) -> None:
    """Search with another engine from now on."""
    _engine[:] = [engine]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was asked for with boards and people looked up; None when nothing can fit. `notes` say what is not there."""

    wanted: Wanted | None
    notes: tuple[Text, ...]


async def look_up(viewer: Viewer, asked: Asked) -> LookedUp:
    """Find the boards and the person that are named. What is hidden from this viewer is not there."""
    boards = await readable_boards(viewer)
    notes: list[Text] = []
    author: ObjectId | None = None
    if asked.board:
        boards = _named(boards, asked.board)
        if not boards:
            notes.append(Text(N_("There is no board “%(name)s”."), name=asked.board))
    if asked.author:
        person = await User.by_username_key(username_key(asked.author)[:100])
        author = person.oid if person else None
        if person is None:
            notes.append(Text(N_("There is nobody called “%(name)s”."), name=asked.author))
    if notes:
        return LookedUp(None, tuple(notes))
    ids = tuple(board.oid for board in boards)
    dates = (asked.since, asked.until)
    return LookedUp(Wanted(asked.terms, ids, asked.kind, author, *dates, asked.in_title), ())


def _named(boards: Sequence[Board], name: str) -> list[Board]:
    """The board of this id or name; else all with the name in theirs."""
    key = fold(name)
    same = [board for board in boards if str(board.oid) == name or fold(board.name) == key]
    return same or [board for board in boards if key in fold(board.name)]


async def find_texts(asked: Asked, wanted: Wanted, after: Place | None, limit: int) -> Found:
    """One page of topics and comments. Without any word there is only one order."""
    if asked.order == "newest" or not wanted.terms:
        return await _engine[0].newest(wanted, after, limit)
    return await _engine[0].best(wanted, after, limit)


async def find_people(text: str, after: str, limit: int) -> list[Raw]:
    """People one of whose names has a word that begins as `text` does, by username, from after `after` on.

    One more than `limit` if there is.
    """
    key, start = username_key(text.lstrip("@＠"))[:60], typed_start(text.lstrip("@＠"))[:START_CHARS_MAX]
    begins = ({"username_key": beginning(key)}, {"starts": {"$elemMatch": beginning(start)}})
    found: dict[str, Raw] = {}
    for which in begins if start else ():
        query: Raw = {"$and": [which, {"username_key": {"$gt": after}}], **LIVE}
        rows = User.raw().find(query, {**CARD_FIELDS, "username_key": 1}).sort("username_key", 1).limit(limit + 1)
        found |= {raw["username_key"]: raw async for raw in rows}
    return [found[name] for name in sorted(found)][: limit + 1]


async def find_tags(text: str, boards: Sequence[ObjectId], limit: int) -> list[tuple[str, int]]:
    """Tags that begin with `text` and how many topics of these boards have them, as far as is counted; most first."""
    keys = ["-".join(form.split()) for form in writings_of(unicodedata.normalize("NFKC", text).casefold().lstrip("#"))]
    found: Counter[str] = Counter()
    for key in filter(None, keys):
        found |= await _tags_from(key, boards, limit)
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:limit]


async def _tags_from(key: str, boards: Sequence[ObjectId], limit: int) -> Counter[str]:
    counted: list[Raw] = [
        # One element between both ends: else the index is read to its end. And no board, or MongoDB reads by that.
        {"$match": {"tags": {"$elemMatch": beginning(key)}, **LIVE}},
        {"$limit": TAGGED_MAX},
        {"$match": {"board": {"$in": list(boards)}}},
        {"$project": {"tags": 1}},
        {"$unwind": "$tags"},
        {"$match": {"tags": beginning(key)}},
        {"$group": {"_id": "$tags", "count": {"$sum": 1}}},
        {"$sort": {"count": -1, "_id": 1}},
        {"$limit": limit},
    ]
    return Counter({raw["_id"]: raw["count"] async for raw in await Topic.raw().aggregate(counted)})


async def related_to(viewer: Viewer, title: str) -> list[Topic]:
    """Topics that may be about the same as a title, the nearest first."""
    boards = [board.oid for board in await readable_boards(viewer)]
    ids = await _engine[0].related(title, boards, RELATED_SHOWN)
    which = {"_id": {"$in": list(ids)}, "board": {"$in": boards}, **LIVE}
    found = {topic.oid: topic for topic in await Topic.find(which).to_list()}
    return [found[id] for id in ids if id in found]
