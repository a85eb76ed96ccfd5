"""The page of a search, and topics like the one that somebody begins."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from quart import Blueprint, Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.boards.directory import readable_boards
from app.boards.views import ref
from app.errors import TooMany
from app.people.cards import card_of
from app.search import addresses, service, views
from app.search.catching_up import left_to_do
from app.search.pages import Results, SearchPage, TagRow
from app.search.query import Asked, read_query
from app.search.wanted import KINDS, ORDERS, Wanted
from app.web.context import fragment, page, require_login, spend, status_of, viewer
from app.web.forms import one_line
from app.web.limits import Limit
from app.web.needs import EVERYBODY, MEMBERS, declare
from app.web.pages import KeyPager

blueprint = Blueprint("search", __name__)
declare(blueprint, EVERYBODY, related=MEMBERS)
Answer = Response | WerkzeugResponse

ROWS = 20
BESIDE = 4
# Of how many words a search may be to be somebody's name.
NAME_WORDS = 4
TITLE_CHARS = 200


@blueprint.get("/search")
async def search() -> Answer:
    """The results, or how to search when nothing is asked for yet."""
    asked = read_query(request.args)
    if asked.empty:
        return await _page(asked, None)
    try:
        await spend(Limit.SEARCH)
    except TooMany as refusal:
        return await _page(asked, None, refusal=refusal)
    looked_up = await service.look_up(viewer(), asked)
    notes = tuple(str(note) for note in looked_up.notes)
    results = await _results(asked, looked_up.wanted) if looked_up.wanted else Results()
    return await _page(asked, results, notes)


async def _results(asked: Asked, wanted: Wanted) -> Results:
    if asked.kind == "people":
        return await _people(asked)
    if asked.kind == "tags":
        return Results(tags=await _tags(asked, wanted, ROWS * 5))
    place = addresses.place_of(request.args.get("page", ""))
    filtered = any(value for _, value in asked.fields)
    first = asked.kind == "all" and place is None and not filtered
    named, beside = first and len(asked.terms) <= NAME_WORDS, first and len(asked.terms) == 1
    found, people, tags = await asyncio.gather(
        service.find_texts(asked, wanted, place, ROWS),
        service.find_people(asked.text if named else "", "", BESIDE),
        _tags(replace(asked, text=asked.text if beside else ""), wanted, BESIDE),
    )
    return Results(
        rows=await views.rows(found.hits, wanted.terms, wanted.boards),
        people=tuple(card_of(raw) for raw in people[:BESIDE]),
        tags=tags,
        pager=KeyPager(
            next=addresses.url_of(asked, addresses.page_of(found.next)) if found.next else None,
            first=addresses.url_of(asked) if place else None,
        ),
        partly=found.partly,
        back_to=found.back_to,
    )


async def _people(asked: Asked) -> Results:
    after = one_line(request.args.get("page", ""))[:TITLE_CHARS]
    found = await service.find_people(asked.text, after, ROWS)
    following = addresses.url_of(asked, found[ROWS - 1]["username_key"]) if len(found) > ROWS else None
    pager = KeyPager(next=following, first=addresses.url_of(asked) if after else None)
    return Results(people=tuple(card_of(raw) for raw in found[:ROWS]), pager=pager)


async def _tags(asked: Asked, wanted: Wanted, limit: int) -> tuple[TagRow, ...]:
    return tuple(TagRow(name, count) for name, count in await service.find_tags(asked.text, wanted.boards, limit))


async def _page(
    asked: Asked, results: Results | None, notes: tuple[str, ...] = (), *, refusal: TooMany | None = None
) -> Response:
    found = SearchPage(
        text=asked.text,
        kind=asked.kind,
        order=asked.order,
        values=dict(asked.fields),
        kinds=tuple((kind, addresses.with_kind(asked, kind)) for kind in KINDS),
        orders=tuple((order, addresses.with_order(asked, order)) for order in ORDERS),
        boards=tuple(ref(board) for board in await readable_boards(viewer())),
        notes=(*(str(note) for note in asked.notes), *notes),
        results=results,
        catching_up=await left_to_do(),
    )
    error = str(refusal.text) if refusal else None
    return await page("search/index.html", status=status_of(refusal), search=found, error=error)


@blueprint.get("/topics/related")
async def related() -> Answer:
    """A fragment with topics that may be about the same as `title`; empty when there are none."""
    require_login()
    await spend(Limit.RELATED)
    title = one_line(request.args.get("title", ""))[:TITLE_CHARS]
    topics = await views.related_rows(await service.related_to(viewer(), title)) if title else ()
    answer = Response(fragment("search/_related.html", related=topics), content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
