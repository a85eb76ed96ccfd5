"""Results as templates print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bson import ObjectId

from app.boards.directory import all_boards
from app.boards.views import ref
from app.people.cards import NOBODY, cards
from app.search.marking import marked, snippet
from app.search.pages import RelatedTopic, ResultRow
from app.search.wanted import Hit
from app.text.language import language_of
from app.text.segment import Term, plain_of
from app.web.pages import Card
from documents import Board, Comment, Topic
from documents.base import LIVE, Raw

TOPIC_FIELDS: Raw = dict.fromkeys(("title", "tags", "board", "author", "comment_count", "like_count"), 1)
COMMENT_FIELDS: Raw = dict.fromkeys(("html", "author", "like_count"), 1)


async def rows(hits: Sequence[Hit], terms: Sequence[Term], readable: Sequence[ObjectId]) -> tuple[ResultRow, ...]:
    """The hits with their texts. What has been deleted or hidden since it was found is left out."""
    which = {"_id": {"$in": [hit.topic for hit in hits]}, "board": {"$in": list(readable)}, **LIVE}
    topics = {raw["_id"]: raw async for raw in Topic.raw().find(which, TOPIC_FIELDS)}
    ids = [hit.comment for hit in hits if hit.comment is not None]
    found = Comment.raw().find({"_id": {"$in": ids}, **LIVE}, COMMENT_FIELDS)
    texts = {raw["_id"]: raw async for raw in found}
    boards = await all_boards()
    people = await cards(raw["author"] for raw in (*topics.values(), *texts.values()))
    return tuple(
        _row(hit, topics[hit.topic], texts.get(hit.comment), boards, people, terms)
        for hit in hits
        if hit.topic in topics and (hit.comment is None or hit.comment in texts)
    )


def _row(
    hit: Hit,
    topic: Raw,
    text: Raw | None,
    boards: Mapping[ObjectId, Board],
    people: dict[ObjectId, Card],
    terms: Sequence[Term],
) -> ResultRow:
    plain = plain_of(text["html"]) if text else ""
    return ResultRow(
        title=marked(topic["title"], terms),
        url=f"/topics/{hit.topic}" if hit.number == 1 else f"/topics/{hit.topic}/n/{hit.number}",
        lang=language_of(topic["title"]),
        board=ref(boards[topic["board"]]),
        tags=tuple(topic["tags"]),
        author=people.get((text or topic)["author"], NOBODY),
        at=hit.at,
        number=hit.number,
        snippet=snippet(plain, terms),
        snippet_lang=language_of(plain),
        reply_count=max(0, topic["comment_count"] - 1),
        like_count=(text or topic)["like_count"],
        more_in_topic=hit.more_in_topic,
    )


async def related_rows(topics: Sequence[Topic]) -> tuple[RelatedTopic, ...]:
    """Topics that may be about the same."""
    boards = await all_boards()
    return tuple(
        RelatedTopic(
            title=topic.title,
            url=f"/topics/{topic.oid}",
            lang=language_of(topic.title),
            board=ref(boards[topic.board]),
            at=topic.active_at,
            reply_count=max(0, topic.comment_count - 1),
        )
        for topic in topics
    )
