"""Search, as the page does it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.api.shapes import BoardName, Line, Page, Person, Sent, Shape, checked_cursor
from app.api.table import Given, operation
from app.people.cards import card_of
from app.search import addresses, service, views
from app.search.pages import ResultRow
from app.search.query import Asked, read_query
from app.search.routes import ROWS
from app.search.wanted import Found, Wanted
from app.web.context import spend, viewer
from app.web.limits import Limit
from app.web.needs import EVERYBODY


class ResultOut(Shape):
    """A text that was found; `title` and `snippet` are HTML with what was searched for marked."""

    title: str
    snippet: str
    url: str
    board: BoardName
    tags: list[str]
    author: Person
    at: datetime
    number: int
    replies: int
    likes: int


class TagOut(Shape):
    """A tag and in how many topics it is, counted up to a bound."""

    name: str
    topics: int


class Results(Page[ResultOut]):
    """One page of what was found, and what of the search was not understood (`notes`).

    People and tags are in lists of their own, for `type=people` and `type=tags`. `partly`: nothing has all the words.
    """

    people: list[Person] = Field(default_factory=list)
    tags: list[TagOut] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    partly: bool = False
    back_to: datetime | None = None


class SearchQuery(Sent):
    """A search; `q` takes what the search box takes, such as `board:Garden "two words"`."""

    q: Line = Field("", max_length=2_000)
    type: Literal["all", "topics", "comments", "people", "tags"] = "all"
    sort: Literal["relevance", "newest"] = "relevance"
    board: Line = ""
    author: Line = ""
    since: Line = Field("", alias="from", description="A day, such as 2026-03-01.")
    until: Line = Field("", alias="to")
    cursor: str | None = Field(None, max_length=200)


@operation("GET", "/search", "Search", need=EVERYBODY, asks=SearchQuery, gives=Results)
async def search(query: SearchQuery) -> Given:
    """Texts, people or tags, as far as you may see them."""
    asked = read_query({k: v for k, v in query.model_dump(by_alias=True).items() if isinstance(v, str)})
    if asked.empty:
        return Given(Results(items=[], notes=[str(note) for note in asked.notes]))
    await spend(Limit.SEARCH)
    looked_up = await service.look_up(viewer(), asked)
    notes = [str(note) for note in (*asked.notes, *looked_up.notes)]
    if looked_up.wanted is None:
        return Given(Results(items=[], notes=notes))
    return await _found(asked, looked_up.wanted, query.cursor, notes)


async def _found(asked: Asked, wanted: Wanted, cursor: str | None, notes: list[str]) -> Given:
    if asked.kind == "people":
        return await _people(asked, cursor, notes)
    if asked.kind == "tags":
        tags = await service.find_tags(asked.text, wanted.boards, ROWS * 5)
        return Given(Results(items=[], tags=[TagOut(name=name, topics=count) for name, count in tags], notes=notes))
    place = addresses.place_of(checked_cursor(cursor, addresses.place_of) or "")
    return await _texts(await service.find_texts(asked, wanted, place, ROWS), wanted, notes)


async def _people(asked: Asked, cursor: str | None, notes: list[str]) -> Given:
    found = await service.find_people(asked.text, cursor or "", ROWS)
    following = found[ROWS - 1]["username_key"] if len(found) > ROWS else None
    people = [Person.of(card_of(raw)) for raw in found[:ROWS]]
    return Given(Results(items=[], people=people, next=following, notes=notes), next=following)


async def _texts(found: Found, wanted: Wanted, notes: list[str]) -> Given:
    rows = await views.rows(found.hits, wanted.terms, wanted.boards)
    following = addresses.page_of(found.next) if found.next else None
    made = Results(
        items=[_out(row) for row in rows], next=following, notes=notes, partly=found.partly, back_to=found.back_to
    )
    return Given(made, next=following)


def _out(row: ResultRow) -> ResultOut:
    return ResultOut(
        title=str(row.title),
        snippet=str(row.snippet),
        url=row.url,
        board=BoardName.of(row.board),
        tags=list(row.tags),
        author=Person.of(row.author),
        at=row.at,
        number=row.number,
        replies=row.reply_count,
        likes=row.like_count,
    )
