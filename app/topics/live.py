"""What has changed in a topic that somebody has open: the same fragments as the page is made of, and only those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from bson import ObjectId
from quart import Blueprint, Response, jsonify, request

from app.boards.access import visible_topic
from app.comments.pages import CommentView
from app.errors import NotFound
from app.topics.conversation import numbers, page_of
from app.topics.filling import filled_comments, unseen_for
from app.topics.reading import window_of
from app.web.context import fragment, plumbing, speak_json, viewer, wants_fresh
from app.web.needs import EVERYBODY, declare
from documents import Board, Topic

blueprint = Blueprint("live", __name__)
declare(blueprint, EVERYBODY)

# Pages that one browser may have loaded one below the other, and new replies that it gets at once.
PAGES_MAX: Final = 15
NEW_MAX: Final = 40
MARKS_CHARS_MAX: Final = 4_000
DIGITS_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page has: the comments `first` to `last`, each with its mark, as of a version that went up to `known`."""

    first: int
    last: int
    known: int
    marks: dict[int, str]
    version: int


@blueprint.get("/topics/<oid:topic_id>/since")
async def since(topic_id: ObjectId) -> Response:
    """JSON: comments among `first` to `last` that look otherwise than their `marks` say, and those after `known`.

    `known` is the last number that the page knew of; it may show less, when it does not show the last page.

    304 when nothing has changed since the version in If-None-Match. A hint names the version (`version`) that has to be
    looked at, which a kept topic may not have yet.
    """
    speak_json()
    shown = _asked()
    topic, board = await visible_topic(viewer(), topic_id, fresh=wants_fresh())
    if topic.version < shown.version:
        topic, board = await visible_topic(viewer(), topic_id)
    etag = f'"{topic.version}"'
    if request.headers.get("If-None-Match") == etag:
        return _unkept(Response(status=304), etag)
    return _unkept(jsonify(await _changes(topic, board, shown)), etag)


def _unkept(response: Response, etag: str) -> Response:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Accept-Language, Accept-Encoding"
    return response


def _asked() -> Shown:
    """Out of the URL; `NotFound` for what no page of ours asks."""
    args = request.args
    first, last, known, version = (_number(args.get(name, "0")) for name in ("first", "last", "known", "version"))
    marks = args.get("marks", "")
    per_page = plumbing().settings.comments_per_page
    if not 1 <= first <= last or page_of(last, per_page) - page_of(first, per_page) >= PAGES_MAX:
        raise NotFound
    if len(marks) > MARKS_CHARS_MAX:
        raise NotFound
    found = {first + at: mark for at, mark in enumerate(marks.split(".")) if mark}
    return Shown(first, last, max(known, last), found, version)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX):
        raise NotFound
    return int(text)


async def _changes(topic: Topic, board: Board, shown: Shown) -> dict[str, Any]:
    per_page = plumbing().settings.comments_per_page
    last = min(topic.last_number, shown.known + NEW_MAX)
    pages = _pages(max(shown.first, topic.first_number), min(shown.last, topic.last_number))
    pages |= _pages(shown.known + 1, last)
    changed: list[dict[str, Any]] = []
    there: set[int] = set()
    fresh: list[dict[str, Any]] = []
    new = 0
    for page in sorted(pages):
        window = await window_of(topic, board, numbers(topic, page, per_page))
        here = sorted([*window.page.comments, *unseen_for(viewer(), board, window)], key=lambda each: each.number)
        wanted = [comment for comment in here if _is_wanted(comment, shown, last)]
        drawn = await filled_comments(viewer(), topic, board, window, wanted)
        there |= {comment.number for comment in here}
        for comment, html in zip(wanted, drawn, strict=True):
            entry = {"number": comment.number, "html": html}
            if comment.number <= shown.last:
                changed.append(entry)
            else:
                fresh.append(entry | {"tick": fragment("topics/_tick.html", comment=comment)})
                new += comment.tombstone is None
    new += max(0, topic.last_number - max(last, shown.known))
    return {
        "version": topic.version,
        "title": topic.title,
        "changed": changed,
        "gone": [number for number in shown.marks if number <= shown.last and number not in there],
        "new": fresh,
        "count": new,
        "more": last < topic.last_number,
        "bar": fragment("topics/_bar.html", count=new),
        "pager": fragment("topics/_pages.html", pages=window.page.pager)
        if fresh and window.page.pager.pages > 1
        else "",
    }


def _pages(first: int, last: int) -> set[int]:
    """The pages on which these numbers stand."""
    per_page = plumbing().settings.comments_per_page
    return set(range(page_of(first, per_page), page_of(last, per_page) + 1)) if first <= last else set()


def _is_wanted(comment: CommentView, shown: Shown, last: int) -> bool:
    if comment.number > shown.known:
        return comment.number <= last
    return shown.first <= comment.number <= shown.last and shown.marks.get(comment.number) != comment.mark
