"""One window of a topic: drawn once for each version and language, filled in for each viewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bson import ObjectId

from app.boards.views import ref
from app.comments import policy as comment_policy
from app.comments.pages import CommentView
from app.comments.views import number_url, people_in, tombstone, unseen_view, views
from app.errors import NotFound
from app.people.cards import cards
from app.text.language import language_of
from app.topics.pages import MovedLine, TopicHead, TopicPage
from app.web.fragments import Fragment
from app.web.pages import Link, Pager
from documents import Board, Comment, Moved, Topic
from documents.clock import now

LINKS_AROUND: Final = 2
# Who answers a topic that was silent for so long is told so before.
OLD_AFTER: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Window:
    """The shared part of a topic page, and of its comments what policies ask for."""

    page: TopicPage
    comments: Mapping[str, comment_policy.Facts]
    written: Mapping[ObjectId, tuple[int, ...]]
    unseen: tuple[CommentView, ...]
    conversation: Fragment
    rail: Fragment

    @property
    def size(self) -> int:
        """How much it holds, in characters."""
        return self.conversation.size + self.rail.size

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that stand here."""
        return frozenset(facts.number for facts in self.comments.values())

    @property
    def liked_at_all(self) -> bool:
        """Whether any comment here has a like, so that the viewer's own are worth a query."""
        return any(comment.like_count for comment in self.comments.values())


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which comments stand on a page: arithmetic, as numbers never change."""

    page: int
    first_page: int
    pages: int
    first: int
    last: int


def page_of(number: int, per_page: int) -> int:
    """The page on which a number stands."""
    return (number - 1) // per_page + 1


def numbers(topic: Topic, wanted: int | None, per_page: int) -> Numbers:
    """The window of page `wanted` (the first when None); `NotFound` beyond the ends."""
    first_page, pages = page_of(topic.first_number, per_page), page_of(topic.last_number, per_page)
    page = first_page if wanted is None else wanted
    if not first_page <= page <= pages and not (wanted == 1 and first_page > 1):
        raise NotFound
    page = max(page, first_page)
    return Numbers(page, first_page, pages, (page - 1) * per_page + 1, page * per_page)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A window that is not drawn yet."""

    page: TopicPage
    comments: Mapping[str, comment_policy.Facts]
    written: Mapping[ObjectId, tuple[int, ...]]
    unseen: tuple[CommentView, ...] = ()


async def load_window(topic: Topic, board: Board, at: Numbers) -> Loaded:
    """Read and join what a window shows."""
    comments = await Comment.window(topic.oid, at.first, at.last)
    hidden = [comment for comment in comments if comment.unseen]
    people = await cards(people_in(hidden)) if hidden else {}
    shown = await views([comment for comment in comments if not comment.unseen] if hidden else comments)
    page = TopicPage(
        head=await head_of(topic, board),
        comments=shown,
        pager=pager(topic.oid, at),
        version=topic.version,
        last_number=topic.last_number,
        per_page=at.last - at.first + 1,
        moved=await _moved(topic, at, [comment.number for comment in comments]) if topic.moved else (),
        unseen=tuple(comment.number for comment in hidden),
    )
    light = {str(comment.oid): comment_policy.Facts.of(comment) for comment in comments}
    return Loaded(page, light, _written(comments), tuple(unseen_view(comment, people) for comment in hidden))


async def _moved(topic: Topic, at: Numbers, there: list[int]) -> tuple[MovedLine, ...]:
    """Lines in the places of comments that have gone to another topic, one for those that went together."""
    lines: list[MovedLine] = []
    for raw in await Moved.within(topic.oid, at.first, at.last):
        first, last = max(raw["first"], at.first), min(raw["last"], at.last)
        if any(first <= number <= last for number in there):
            continue  # they have come back
        before = next((number for number in there if number > last), 0)
        lines.append(MovedLine(before, last - first + 1, number_url(topic.oid, first)))
    return tuple(lines)


def _written(comments: Iterable[Comment]) -> dict[ObjectId, tuple[int, ...]]:
    """The numbers of each author."""
    found: dict[ObjectId, tuple[int, ...]] = {}
    for comment in comments:
        found[comment.author] = (*found.get(comment.author, ()), comment.number)
    return found


async def head_of(topic: Topic, board: Board) -> TopicHead:
    """What stands above the conversation."""
    author = (await cards([topic.author]))[topic.author]
    return TopicHead(
        id=str(topic.oid),
        url=f"/topics/{topic.oid}",
        title=topic.title,
        lang=language_of(topic.title),
        board=ref(board),
        tags=tuple(topic.tags),
        author=author,
        created_at=topic.created_at,
        reply_count=max(0, topic.comment_count - 1),
        view_count=topic.view_count,
        tombstone=tombstone(topic),
        locked=topic.locked,
        pinned=topic.pinned,
        slow_seconds=topic.slow_seconds,
        active_at=topic.active_at,
        old=topic.active_at < now() - OLD_AFTER,
    )


def pager(topic: ObjectId, at: Numbers) -> Pager:
    """Links to the first and last pages and those around this one."""
    near = range(max(at.first_page, at.page - LINKS_AROUND), min(at.pages, at.page + LINKS_AROUND) + 1)
    wanted = sorted({at.first_page, *near, at.pages})
    links: list[Link] = []
    for before, number in zip([0, *wanted], wanted, strict=False):
        if before and number - before > 1:
            links.append(Link("…", None))
        links.append(Link(str(number), None if number == at.page else page_url(topic, number, at.first_page)))
    return Pager(
        page=at.page,
        pages=at.pages,
        links=tuple(links),
        newer=page_url(topic, at.page + 1, at.first_page) if at.page < at.pages else None,
        older=page_url(topic, at.page - 1, at.first_page) if at.page > at.first_page else None,
    )


def page_url(topic: ObjectId, page: int, first_page: int = 1) -> str:
    """The address of a page; the first has none of its own."""
    return f"/topics/{topic}" if page == first_page else f"/topics/{topic}?page={page}"
