"""Lists of topics, paged by key: the last row of a page says where the next begins, so that no page costs more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from bson import ObjectId

from app.boards.directory import all_boards, unreadable_ids
from app.boards.views import ref
from app.comments.views import number_url
from app.markers.pages import TopicFacts
from app.people.cards import cards
from app.text.language import language_of
from app.topics.daily import of_the_day
from app.topics.pages import SORTS, Sort, TopicList, TopicRow
from app.topics.places import placed
from app.viewer import Viewer
from app.web.pages import Card, KeyPager
from documents import Board, Topic
from documents.base import Raw

ROW_FIELDS: Final[Raw] = dict.fromkeys(
    (
        *(
            "board",
            "author",
            "title",
            "tags",
            "created_at",
            "active_at",
            "heat",
            "last_author",
            "last_visible",
            "first_number",
        ),
        *("comment_count", "view_count", "participants", "deleted_at", "locked", "pinned", "announced"),
    ),
    1,
)
FIELD: Final[dict[Sort, str]] = {
    "active": "active_at",
    "new": "created_at",
    "hot": "heat",
    "unanswered": "created_at",
    "unread": "active_at",
}
EPOCH: Final = datetime.fromtimestamp(0, UTC)
OTHERS_SHOWN: Final = 3
# Topics above the first page of a list, and recommended ones above the home page.
TOP_MAX: Final = 5
PICKS: Final = 3
# Of those that editors have featured, as not everybody may see each.
FEATURED_READ: Final = 30


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page begins or ends: the sort value and the id of a row. `back` pages towards the top."""

    value: Any
    id: ObjectId
    back: bool


def parse_key(sort: Sort, after: str | None, before: str | None) -> Key | None:
    """The key out of a URL; None for the first page, and for anything that is not a key."""
    text = before or after or ""
    value, _, id = text.rpartition("_")
    if not ObjectId.is_valid(id):
        return None
    try:
        return Key(_parse_value(sort, value), ObjectId(id), back=bool(before))
    except (ValueError, OverflowError):
        return None


def _parse_value(sort: Sort, value: str) -> Any:
    return float(value) if sort == "hot" else EPOCH + timedelta(milliseconds=int(value))


def key_text(sort: Sort, row: Raw) -> str:
    """The key of a row as it stands in a URL."""
    value = row[FIELD[sort]]
    text = repr(float(value)) if sort == "hot" else str(round((value - EPOCH).total_seconds() * 1000))
    return f"{text}_{row['_id']}"


async def find_rows(which: Raw, sort: Sort, key: Key | None, limit: int) -> list[Raw]:
    """Up to `limit` + 1 rows in the order of the list; the one too many only says that there are more."""
    field = FIELD[sort]
    query: Raw = {"deleted_at": None, **which}
    if sort == "unanswered":
        query["comment_count"] = 1
    up = key is not None and key.back
    if key is not None:
        query |= _beyond(field, key)
    direction = 1 if up else -1
    return (
        await Topic.raw()
        .find(query, ROW_FIELDS)
        .sort([(field, direction), ("_id", direction)])
        .limit(limit + 1)
        .to_list()
    )


def _beyond(field: str, key: Key) -> Raw:
    """One range of the index, with the ties sorted out by id."""
    wide, narrow = ("$gte", "$gt") if key.back else ("$lte", "$lt")
    return {field: {wide: key.value}, "$or": [{field: {narrow: key.value}}, {"_id": {narrow: key.id}}]}


async def topic_list(
    viewer: Viewer, which: Raw, *, sort: Sort, key: Key | None, limit: int, url: str, show_board: bool = True
) -> TopicList:
    """One page of the topics that this person may see. `url` is the path of the list."""
    found = await find_rows(await visible_in(viewer, which), sort, key, limit)
    more, rows = len(found) > limit, found[:limit]
    if key is not None and key.back:
        rows.reverse()
    shown = await _with_top(viewer, which, rows) if sort == "active" and key is None else rows
    return TopicList(
        rows=await draw(shown, frozenset() if "author" in which else viewer.blocks),
        sort=sort,
        sorts=tuple((name, list_url(url, name)) for name in SORTS),
        pager=_pager(rows, sort, key, more, url),
        show_board=show_board,
        facts=tuple(facts_of(row) for row in shown),
    )


async def _with_top(viewer: Viewer, which: Raw, rows: list[Raw]) -> list[Raw]:
    """The first page with what is pinned or announced above the rest; where pages begin and end stays as it is."""
    if which and "board" not in which:
        return rows
    ids = await placed("pinned", which["board"]) if which else await placed("announced")
    top = await _by_ids(viewer, which, ids[:TOP_MAX])
    above = {row["_id"] for row in top}
    return [*top, *(row for row in rows if row["_id"] not in above)]


async def _by_ids(viewer: Viewer, which: Raw, ids: list[ObjectId]) -> list[Raw]:
    """The rows of these topics that the list may show, in this order."""
    if not ids:
        return []
    query: Raw = {"$and": [await visible_in(viewer, which), {"_id": {"$in": ids}, "deleted_at": None}]}
    found = {row["_id"]: row async for row in Topic.raw().find(query, ROW_FIELDS)}
    return [found[id] for id in ids if id in found]


async def recommended(viewer: Viewer) -> tuple[TopicRow, ...]:
    """What editors have featured, then those of the day; never what is hidden from this person now, or muted."""
    featured, daily = (await placed("featured"))[:FEATURED_READ], await of_the_day()
    rows = await _by_ids(viewer, {}, list(dict.fromkeys([*featured, *daily])))
    return await draw([row for row in rows if row["author"] not in viewer.blocks][:PICKS], frozenset())


async def visible_in(viewer: Viewer, which: Raw) -> Raw:
    """The query for the topics of a list that this person may see. The list of all leaves out what they have muted."""
    if "board" in which:
        return which
    unreadable = await unreadable_ids(viewer)
    if which or not viewer.mutes:
        return {**which, "board": {"$nin": unreadable}}
    return {"board": {"$nin": [*unreadable, *viewer.mutes]}, "_id": {"$nin": list(viewer.mutes)}}


def facts_of(row: Raw) -> TopicFacts:
    """What says whether a row is unread."""
    return TopicFacts(
        row["_id"], row["board"], row["first_number"], row["last_visible"], row["comment_count"], row["active_at"]
    )


def _pager(rows: Sequence[Raw], sort: Sort, key: Key | None, more: bool, url: str) -> KeyPager:
    back = key is not None and key.back
    has_next = bool(rows) and (more or back)
    has_previous = bool(rows) and key is not None and (more or not back)
    return KeyPager(
        previous=list_url(url, sort, before=key_text(sort, rows[0])) if has_previous else None,
        next=list_url(url, sort, after=key_text(sort, rows[-1])) if has_next else None,
        first=list_url(url, sort) if key is not None else None,
    )


def list_url(url: str, sort: Sort, **keys: str) -> str:
    """A URL of a list; the usual order is not named."""
    query = {**({"sort": sort} if sort != "active" else {}), **keys}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url


async def draw(rows: Sequence[Raw], blocked: frozenset[ObjectId]) -> tuple[TopicRow, ...]:
    """The rows with boards and people, each looked up once; those of `blocked` people are folded away."""
    people = await cards(person for row in rows for person in (row["author"], row["last_author"], *row["participants"]))
    boards = await all_boards()
    shown = [row for row in rows if row["board"] in boards]
    return tuple(_row(row, boards[row["board"]], people, folded=row["author"] in blocked) for row in shown)


def _row(row: Raw, board: Board, people: dict[ObjectId, Card], *, folded: bool) -> TopicRow:
    others = [people[person] for person in row["participants"] if person != row["author"]]
    return TopicRow(
        id=str(row["_id"]),
        title=row["title"],
        lang=language_of(row["title"]),
        url=f"/topics/{row['_id']}",
        board=ref(board),
        tags=tuple(row["tags"]),
        author=people[row["author"]],
        last=people[row["last_author"]],
        last_at=row["active_at"],
        last_url=number_url(row["_id"], row["last_visible"]),
        reply_count=max(0, row["comment_count"] - 1),
        view_count=row["view_count"],
        participants=(people[row["author"]], *others[:OTHERS_SHOWN]),
        deleted=row["deleted_at"] is not None,
        locked=row["locked"],
        pinned=row["pinned"] or row.get("announced", False),
        folded=folded,
    )
