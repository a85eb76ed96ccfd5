"""A topic as search engines read it: schema.org's DiscussionForumPosting, by Google's rules for discussion forums.

https://developers.google.com/search/docs/appearance/structured-data/discussion-forum
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from bson import ObjectId
from markupsafe import Markup

from app.comments.pages import CommentView
from app.topics.pages import TopicPage
from app.web.pages import Card
from app.web.templating import iso
from documents import Comment

Data = dict[str, Any]

# The page has the whole texts; what is said of them twice makes it heavier.
POST_CHARS: Final = 5_000
COMMENT_CHARS: Final = 1_000
# In a script element these could end it, or begin what is no script; in JSON they stand in strings alone.
UNSAFE: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
# As they are drawn in a text: the whole picture behind it, and its size.
PICTURE: Final = re.compile(
    r'<a class="picture" href="(/uploads/[^"]+)"><img [^>]*?width="([0-9]+)" height="([0-9]+)"[^>]*></a>'
)
# Smaller ones are signs and badges.
SHARED_FROM: Final = 200


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """A picture that stands for a topic: its path, and its size in pixels."""

    url: str
    width: int
    height: int


def picture_of(page: TopicPage) -> SharedPicture | None:
    """The first picture of the opening post that is large enough to be shown beside a link."""
    opening = next((comment for comment in page.comments if comment.opens), None)
    for url, width, height in PICTURE.findall(str(opening.html)) if opening else ():
        if min(int(width), int(height)) >= SHARED_FROM:
            return SharedPicture(unescape(url), int(width), int(height))
    return None


async def posting(page: TopicPage, origin: str) -> Markup:
    """The data block of a page of a topic."""
    opening = next((comment for comment in page.comments if comment.opens), None)
    text = _text(opening, POST_CHARS) if opening else await _beginning(ObjectId(page.head.id))
    text_of_page = json.dumps([_post(page, opening, text, origin), _crumbs(page, origin)], ensure_ascii=False)
    return Markup(text_of_page.translate(UNSAFE))


async def _beginning(topic: ObjectId) -> str:
    """How the opening post begins, for pages on which it does not stand."""
    found = await Comment.raw().find_one({"topic": topic, "number": 1, "deleted_at": None}, {"excerpt": 1})
    return str(found["excerpt"]) if found else ""


def _post(page: TopicPage, opening: CommentView | None, text: str, origin: str) -> Data:
    head = page.head
    url = origin + head.url
    found: Data = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": head.title,
        "text": text or head.title,
        "author": _person(head.author, origin),
        "datePublished": iso(head.created_at),
        "commentCount": head.reply_count,
        "isPartOf": {"@type": "WebPage", "name": head.board.name, "url": origin + head.board.url},
        "interactionStatistic": [
            _counted("CommentAction", head.reply_count),
            _counted("ViewAction", head.view_count),
            *([_counted("LikeAction", opening.like_count)] if opening else []),
        ],
        "comment": [_comment(comment, origin) for comment in page.comments if _is_answer(comment)],
    }
    if picture := picture_of(page):
        found["image"] = origin + picture.url
    if head.lang:
        found["inLanguage"] = head.lang
    if head.tags:
        found["keywords"] = list(head.tags)
    if opening and opening.edited_at:
        found["dateModified"] = iso(opening.edited_at)
    return found


def _is_answer(comment: CommentView) -> bool:
    return not comment.opens and comment.tombstone is None


def _comment(comment: CommentView, origin: str) -> Data:
    found: Data = {
        "@type": "Comment",
        "url": origin + comment.url,
        "text": _text(comment, COMMENT_CHARS) or f"#{comment.number}",
        "author": _person(comment.author, origin),
        "datePublished": iso(comment.created_at),
        "interactionStatistic": _counted("LikeAction", comment.like_count),
    }
    if comment.edited_at:
        found["dateModified"] = iso(comment.edited_at)
    return found


def _text(comment: CommentView, most: int) -> str:
    text = comment.html.striptags()
    return text if len(text) <= most else text[: most - 1] + "…"


def _person(card: Card, origin: str) -> Data:
    found = {"@type": "Person", "name": card.name}
    return found if card.gone else found | {"url": origin + card.url}


def _counted(action: str, count: int) -> Data:
    kind = f"https://schema.org/{action}"
    return {"@type": "InteractionCounter", "interactionType": kind, "userInteractionCount": count}


def _crumbs(page: TopicPage, origin: str) -> Data:
    board = page.head.board
    steps = [(board.name, board.url), (page.head.title, page.head.url)]
    items = [
        {"@type": "ListItem", "position": at, "name": name, "item": origin + url}
        for at, (name, url) in enumerate(steps, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
