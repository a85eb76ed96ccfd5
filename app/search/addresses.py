"""Addresses of searches: the whole search stands in each of them, and where a page begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from bson import ObjectId

from app.search.query import Asked
from app.search.wanted import Kind, Order, Place

EPOCH: Final = datetime.fromtimestamp(0, UTC)
PAGE_CHARS_MAX: Final = 120


def url_of(asked: Asked, page: str = "") -> str:
    """The address of a search, and of a later page of it."""
    given = [("q", asked.text), ("type", asked.kind if asked.kind != "all" else "")]
    given += [*asked.fields, ("sort", asked.order if asked.order != "relevance" else ""), ("page", page)]
    return "/search?" + urlencode([(name, value) for name, value in given if value])


def with_kind(asked: Asked, kind: Kind) -> str:
    """The same for another kind of things."""
    return url_of(replace(asked, kind=kind))


def with_order(asked: Asked, order: Order) -> str:
    """The same in another order."""
    return url_of(replace(asked, order=order))


def page_of(place: Place) -> str:
    """Where a page ends, for the address of the next one."""
    text = f"{_milliseconds(place.at)}_{place.id}"
    return f"{text}_{place.score}_{_milliseconds(place.moment)}" if place.moment else text


def place_of(page: str) -> Place | None:
    """The same read again; None for the first page, and for what is no such place."""
    parts = page.split("_") if len(page) <= PAGE_CHARS_MAX else []
    if len(parts) not in (2, 4) or not ObjectId.is_valid(parts[1]):
        return None
    try:
        at, id = _moment(parts[0]), ObjectId(parts[1])
        return Place(at, id) if len(parts) == 2 else Place(at, id, int(parts[2]), _moment(parts[3]))
    except (ValueError, OverflowError):
        return None


def _milliseconds(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds() * 1000)


def _moment(text: str) -> datetime:
    return EPOCH + timedelta(milliseconds=int(text))
