"""Bookmarks, and the places one watches or has muted."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId

from app.api.shapes import BoardName, Cursor, Id, Page, Person, Shape, checked_cursor, next_of
from app.api.table import Given, operation
from app.interest import lists, service
from app.interest.pages import Place
from app.web.context import spend, viewer
from app.web.limits import Limit
from documents.interest import Level, PlaceKind

KINDS: tuple[PlaceKind, ...] = ("topic", "board")


class BookmarkOut(Shape):
    """A comment that you keep, by its id, with its topic's title."""

    id: Id
    title: str
    url: str
    excerpt: str
    author: Person
    board: BoardName
    at: datetime


class Bookmarks(Page[BookmarkOut]):
    """One page of them, the latest first."""


class PlaceOut(Shape):
    """A board or topic."""

    name: str
    url: str


class Places(Shape):
    """The latest places that you watch, and that you have muted."""

    watched: list[PlaceOut]
    muted: list[PlaceOut]


@operation("GET", "/bookmarks", "List your bookmarks", asks=Cursor, gives=Bookmarks)
async def list_bookmarks(query: Cursor) -> Given:
    """What may not be read any more is passed over."""
    found = await lists.bookmarks(viewer(), checked_cursor(query.cursor))
    rows = [
        BookmarkOut(
            id=row.id,
            title=row.title,
            url=row.url,
            excerpt=row.excerpt,
            author=Person.of(row.who),
            board=BoardName.of(row.board),
            at=row.at,
        )
        for row in found.rows
    ]
    following = next_of(found.pager)
    return Given(Bookmarks(items=rows, next=following), next=following)


@operation("PUT", "/comments/<oid:comment_id>/bookmark", "Bookmark a comment", scope="write", unconfirmed=True)
async def bookmark_comment(comment_id: ObjectId) -> None:
    """A second time changes nothing."""
    await spend(Limit.LIKE)
    await service.bookmark(viewer(), comment_id)


@operation("DELETE", "/comments/<oid:comment_id>/bookmark", "Take a bookmark away", scope="write", unconfirmed=True)
async def unbookmark_comment(comment_id: ObjectId) -> None:
    """Whether what it marks is still there or not."""
    await spend(Limit.LIKE)
    await service.let_go(viewer(), comment_id)


@operation("GET", "/places", "List what you watch and have muted", gives=Places)
async def list_places() -> Places:
    """Two hundred of each at most."""
    return Places(watched=_out(await lists.places(viewer(), "watch")), muted=_out(await lists.places(viewer(), "mute")))


def _out(places: tuple[Place, ...]) -> list[PlaceOut]:
    return [PlaceOut(name=place.name, url=place.url) for place in places]


def _levels(kind: PlaceKind, level: Level, does: str, undoes: str) -> None:
    """The two operations that begin and end watching or muting a kind of place."""

    async def put(**ids: ObjectId) -> None:
        await spend(Limit.LIKE)
        await service.keep_eye(viewer(), kind, ids[f"{kind}_id"], level)

    async def take(**ids: ObjectId) -> None:
        await spend(Limit.LIKE)
        await service.look_away(viewer(), ids[f"{kind}_id"], level)

    put.__name__, take.__name__ = f"{level}_{kind}", f"un{level}_{kind}"
    path = f"/{kind}s/<oid:{kind}_id>/{level}"
    operation("PUT", path, does, scope="write", unconfirmed=True)(put)
    operation("DELETE", path, undoes, scope="write", unconfirmed=True)(take)


for _kind in KINDS:
    _levels(_kind, "watch", f"Watch a {_kind}", f"Watch a {_kind} no more")
    _levels(_kind, "mute", f"Mute a {_kind}", f"Mute a {_kind} no more")
