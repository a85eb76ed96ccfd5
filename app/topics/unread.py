"""The list of what is unread, and the marks of what is unread in every other list of topics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.markers.pages import News, TopicFacts
from app.markers.unread import UNREAD_FOR, marks_of, news_in
from app.topics.lists import Key, draw, facts_of, find_rows, key_text, list_url, visible_in
from app.topics.pages import SORTS, Sort, TopicList
from app.viewer import Viewer
from app.web.context import plumbing
from app.web.i18n import current_locale
from app.web.pages import KeyPager
from documents.base import Raw
from documents.clock import now

# Topics looked at for one page: who reads everything in a busy forum gets a short page and a way on, not a slow one.
# The first step is enough for most.
STEPS: Final = (60, 240, 400, 400, 400)
# Stands for a topic in what is drawn once for all. No stored id is like this.
ANY_TOPIC: Final = "f" * 24


async def unread_list(
    viewer: Viewer, which: Raw, *, key: Key | None, limit: int, url: str, show_board: bool
) -> TopicList:
    """One page of the topics in which something is new to the viewer, last active first."""
    rows, goes_on = await _scan(
        viewer, await visible_in(viewer, which), replace(key, back=False) if key else None, limit
    )
    return TopicList(
        rows=await draw(rows, viewer.blocks),
        sort="unread",
        sorts=tabs(url),
        pager=KeyPager(
            next=list_url(url, "unread", after=goes_on) if goes_on else None,
            first=list_url(url, "unread") if key else None,
        ),
        show_board=show_board,
        facts=tuple(facts_of(row) for row in rows),
    )


def tabs(url: str) -> tuple[tuple[Sort, str], ...]:
    """The orders of a list for somebody who is logged in."""
    orders: tuple[Sort, ...] = (*SORTS[:1], "unread", *SORTS[1:])
    return tuple((name, list_url(url, name)) for name in orders)


async def _scan(viewer: Viewer, which: Raw, key: Key | None, limit: int) -> tuple[list[Raw], str | None]:
    """The unread among the topics from `key` on, and the key where the next page begins."""
    moment, found = now(), list[Raw]()
    since = max((await marks_of(viewer, [], [])).since(viewer.me), moment - UNREAD_FOR)
    which = {**which, "$and": [{"active_at": {"$gt": since}}]}
    for step in STEPS:
        rows = await find_rows(which, "active", key, step - 1)
        marks = await marks_of(viewer, [row["_id"] for row in rows], {row["board"] for row in rows})
        for row in rows:
            if marks.is_new(facts_of(row), moment):
                if len(found) == limit:
                    return found, key_text("active", found[-1])
                found.append(row)
        if len(rows) < step:
            return found, None
        key = Key(rows[-1]["active_at"], rows[-1]["_id"], back=False)
    return found, key_text("active", rows[-1])


async def marked(viewer: Viewer, facts: Sequence[TopicFacts]) -> Mapping[str, Callable[[str], str]]:
    """What fills the holes in the rows of a list: whether each is unread, and how much is new there."""
    news = {str(topic): new for topic, new in (await news_in(viewer, facts)).items()}
    return {
        "unread": lambda topic: " topic-unread" if topic in news else "",
        "new": lambda topic: _drawn(topic, news[topic]) if topic in news else "",
    }


def _drawn(topic: str, new: News) -> str:
    locale = current_locale.get()
    any_such = plumbing().templates.drawn("topics/_new.html", locale=locale, topic=ANY_TOPIC, new=new)
    return any_such.replace(ANY_TOPIC, topic)
