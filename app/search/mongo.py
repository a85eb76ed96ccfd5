"""The engine inside MongoDB: every word of a text is an entry of an index, by board and with the time behind it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from bson import ObjectId

from app.search.frequency import COUNTED_MAX, frequencies
from app.search.ranking import POINTS, Facts, score, share, weight
from app.search.scanning import FIELDS, Scan, says, texts_of
from app.search.wanted import Found, Hit, Place, Wanted
from app.text.segment import Term, fold, terms_of
from documents import Comment, Topic
from documents.base import LIVE, Raw
from documents.clock import now

# Of so many newest texts, and topics by their title, the best are shown.
CANDIDATES: Final = 200
TITLES: Final = 60
# Whether what was typed stands in a text as it was typed is found out for so many of the best.
READ: Final = 40
# Where nothing has all words: so many of the rarest are looked for, each in so many of the newest texts.
RAREST: Final = 5
EACH: Final = 60
HALF: Final = 0.5
TOPIC_FACTS: Final[Raw] = dict.fromkeys(("words", "board", "comment_count", "like_count"), 1)
Row = Mapping[str, Any]


class MongoSearch:
    """Finds by the `words` of topics and comments."""

    async def newest(self, wanted: Wanted, after: Place | None, limit: int) -> Found:
        """One row more than `limit` only says that there are more."""
        of_topics = wanted.in_title or not (wanted.terms or wanted.author)
        scan = Scan(wanted, Topic if of_topics else Comment, after)
        hits: list[Hit] = []
        async for row in _in_live_topics(scan):
            if len(hits) == limit:
                return Found(tuple(hits), Place(hits[-1].at, hits[-1].id))
            hits.append(_hit(row))
        if scan.ended or scan.last is None:
            return Found(tuple(hits))
        return Found(tuple(hits), scan.last, back_to=scan.last.at)

    async def best(self, wanted: Wanted, after: Place | None, limit: int) -> Found:
        """The best of a bounded number of candidates; all pages are worked out as of the moment of the first."""
        moment = (after and after.moment) or now()
        as_of = replace(wanted, until=min(wanted.until or moment, moment))
        rows, back_to = await _candidates(as_of)
        partly = not rows and after is None and len(wanted.terms) > 1
        if partly:
            rows = await _with_some(as_of)
        topics = await _topics_of(rows, wanted.boards)
        ranked = await _ranked([row for row in rows if row["topic"] in topics], topics, wanted, moment)
        if wanted.kind == "all" and not wanted.in_title:
            ranked = _one_of_each_topic(ranked)
        if after is not None:
            ranked = [hit for hit in ranked if (-hit.score, hit.id) > (-after.score, after.id)]
        hits = tuple(ranked[:limit])
        last = Place(hits[-1].at, hits[-1].id, hits[-1].score, moment) if len(ranked) > limit else None
        return Found(hits, last, None if last else back_to, partly and bool(hits))

    async def related(self, title: str, boards: Sequence[ObjectId], limit: int) -> tuple[ObjectId, ...]:
        """Those that share the rarest words of the title, if these are half of what it says."""
        terms = [term for term in terms_of(title) if not term.stop][: 4 * RAREST]
        weights, tokens = await _weighed(terms, Topic)
        match: Raw = {"board": {"$in": list(boards)}, **LIVE}
        batches = await asyncio.gather(
            *(
                Topic.raw().find({**match, "words": token}, {"words": 1}).sort("created_at", -1).limit(EACH).to_list()
                for token in tokens
            )
        )
        words = {raw["_id"]: frozenset(raw["words"]) for batch in batches for raw in batch}
        near = {id: share(terms, found, weights) for id, found in words.items()}
        best = sorted(((near[id], id) for id in near if near[id] >= HALF), reverse=True)
        return tuple(id for _, id in best[:limit])


async def _weighed(terms: Sequence[Term], documents: type[Comment] | type[Topic]) -> tuple[dict[str, float], list[str]]:
    """What each word weighs, and the rarest ones that stand anywhere."""
    counts = await frequencies((token for term in terms for token in term.tokens), documents)
    weights = {token: weight(count, COUNTED_MAX) for token, count in counts.items()}
    return weights, sorted((token for token in counts if counts[token]), key=counts.__getitem__)[:RAREST]


async def _candidates(wanted: Wanted) -> tuple[list[Row], datetime | None]:
    """The newest texts that have everything, and those of the topics whose titles have it. And how far back, if cut."""
    scan = Scan(wanted, Comment)
    titled, texts = await asyncio.gather(
        _titled(wanted), _first(CANDIDATES, scan) if not wanted.in_title else _first(0, scan)
    )
    found = {row["_id"]: row for row in (*titled, *texts)}
    cut = not scan.ended or len(texts) == CANDIDATES
    return list(found.values()), texts[-1]["created_at"] if cut and texts else None


async def _first(count: int, scan: Scan) -> list[Row]:
    found: list[Row] = []
    if count:
        async for row in scan.rows():
            found.append(row)
            if len(found) == count:
                break
    return found


async def _titled(wanted: Wanted) -> list[Row]:
    """The opening posts of topics whose titles have everything; the topics themselves where there is none."""
    if wanted.kind == "comments" or not wanted.terms:
        return []
    topics = await _first(TITLES, Scan(wanted, Topic))
    opening = Comment.raw().find({"topic": {"$in": [row["_id"] for row in topics]}, "number": 1, **LIVE}, FIELDS)
    posts = {raw["topic"]: raw async for raw in opening}
    return [posts.get(row["_id"]) or _as_text(row) for row in topics]


def _as_text(topic: Row) -> Row:
    return {**topic, "topic": topic["_id"], "number": 1}


async def _with_some(wanted: Wanted) -> list[Row]:
    """The newest texts that have at least half of what was asked for, by weight."""
    weights, tokens = await _weighed(wanted.terms, Comment)
    alone = [replace(wanted, terms=(Term(token, (token,)),)) for token in tokens]
    batches = await asyncio.gather(*(_first(EACH, Scan(one, Comment)) for one in alone))
    rows = {row["_id"]: row for batch in batches for row in batch}
    words = Comment.raw().find({"_id": {"$in": list(rows)}}, {"words": 1})
    near = {raw["_id"]: share(wanted.terms, frozenset(raw["words"]), weights) for raw in await words.to_list()}
    return [row | {"share": near[id]} for id, row in rows.items() if near.get(id, 0.0) >= HALF]  # type: ignore[operator]


async def _topics_of(rows: Sequence[Row], boards: Sequence[ObjectId]) -> dict[ObjectId, Raw]:
    """The live topics of these texts, in boards that may be read."""
    which = {"_id": {"$in": list({row["topic"] for row in rows})}, "board": {"$in": list(boards)}, **LIVE}
    return {raw["_id"]: raw async for raw in Topic.raw().find(which, TOPIC_FACTS)}


async def _ranked(rows: Sequence[Row], topics: Mapping[ObjectId, Raw], wanted: Wanted, moment: datetime) -> list[Hit]:
    titles = {id: frozenset(raw.get("words", ())) for id, raw in topics.items()}

    def hit(row: Row, *, said: bool = False) -> Hit:
        topic = topics[row["topic"]]
        facts = Facts(
            row["created_at"],
            row["number"],
            row["like_count"],
            topic["comment_count"],
            titles[row["topic"]],
            said,
        )
        nearer = round(row.get("share", 0.0) * 20 * POINTS)
        return replace(_hit(row), score=score(facts, wanted.terms, moment) + nearer)

    found = sorted((hit(row) for row in rows), key=lambda each: (-each.score, each.id))
    if len(wanted.terms) < 2:
        return found
    by_id = {row["_id"]: row for row in rows}
    spaced, close = (between.join(term.text for term in wanted.terms) for between in (" ", ""))
    texts = await texts_of([by_id[each.id] for each in islice(found, READ)])
    said = {id for id, text in texts.items() if says(fold(text), [spaced]) or says(fold(text), [close])}
    again = [hit(by_id[each.id], said=True) if each.id in said else each for each in found]
    return sorted(again, key=lambda each: (-each.score, each.id))


def _one_of_each_topic(ranked: Sequence[Hit]) -> list[Hit]:
    """The best text of each topic, which says how many more there are."""
    count = Counter(hit.topic for hit in ranked)
    best: dict[ObjectId, Hit] = {}
    for hit in ranked:
        best.setdefault(hit.topic, replace(hit, more_in_topic=count[hit.topic] - 1))
    return list(best.values())


async def _in_live_topics(scan: Scan) -> AsyncIterator[Row]:
    """What a scan finds, without what is in deleted topics: those hide their comments by themselves."""
    waiting: list[Raw] = []
    async for row in scan.rows():
        waiting.append(row)
        if len(waiting) == 50:
            for each in await _alive(waiting, scan):
                yield each
            waiting = []
    for each in await _alive(waiting, scan):
        yield each


async def _alive(rows: list[Raw], scan: Scan) -> list[Row]:
    if scan.documents is Topic:
        return [_as_text(row) for row in rows]
    topics = await _topics_of(rows, scan.wanted.boards)
    return [row for row in rows if row["topic"] in topics]


def _hit(row: Row) -> Hit:
    comment = None if row["_id"] == row["topic"] else row["_id"]
    return Hit(row["topic"], comment, row["number"], row["created_at"])
