"""Texts and names from before there was search, or from another version of it, get that by which they are found.

Goes on where it was left, however often it is interrupted: each text says by which version its words were made.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from app.text.segment import SEGMENTER_VERSION, plain_of, words_of
from app.text.starts import starts_of
from documents import Comment, Conversation, Message, Topic, User
from documents.base import Raw

log = structlog.get_logger()

BEHIND: Final[Raw] = {"segmented": {"$ne": SEGMENTER_VERSION}}
BATCH: Final = 200
# Beside requests: a batch takes some 40 ms of this process, so half of it stays for them.
PAUSE_SECONDS: Final = 0.05
AGAIN_SECONDS: Final = 60.0
COUNTED_MAX: Final = 100_000
# How long "nothing is behind" is believed.
SURE_SECONDS: Final = 10.0

_sure_until = [float("-inf")]


async def left_to_do() -> int | None:
    """How many texts cannot be found yet, counted up to a bound; None when all can."""
    if time.monotonic() < _sure_until[0]:
        return None
    count = 0
    for documents in (Topic, Comment):
        count += await documents.raw().count_documents(BEHIND, limit=COUNTED_MAX)
    if not count:
        _sure_until[0] = time.monotonic() + SURE_SECONDS
    return count or None


async def catch_up(advance: Callable[[int], None] = lambda _: None, *, pause: float = 0.0) -> int:
    """Bring everything up to date; gives how many texts were behind. `pause` is in seconds, after each batch."""
    done = 0
    for step in (_people, _topics, _comments, _messages):
        while count := await step():
            done += count
            advance(count)
            await asyncio.sleep(pause)
    return done


async def run() -> None:
    """Bring everything up to date beside the requests, and look again from time to time; until cancelled."""
    while True:
        try:
            done = await catch_up(pause=PAUSE_SECONDS)
            if done:
                log.info("search.caught_up", texts=done)
        except PyMongoError as error:
            log.warning("search.behind", error=type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)


async def _people() -> int:
    found = await User.raw().find(BEHIND, {"username": 1, "display_name": 1, "segmented": 1}).limit(BATCH).to_list()
    starts = [starts_of(raw["username"], raw.get("display_name", "")) for raw in found]
    return await _store(User, "starts", found, starts)


async def _topics() -> int:
    found = await Topic.raw().find(BEHIND, {"title": 1, "tags": 1, "segmented": 1}).limit(BATCH).to_list()
    words = await asyncio.to_thread(lambda: [words_of(raw["title"], *raw["tags"]) for raw in found])
    return await _store(Topic, "words", found, words)


async def _comments() -> int:
    fields = {"html": 1, "topic": 1, "number": 1, "segmented": 1}
    found = await Comment.raw().find(BEHIND, fields).limit(BATCH).to_list()
    opened = [raw["topic"] for raw in found if raw["number"] == 1]
    topics = {raw["_id"]: raw async for raw in Topic.raw().find({"_id": {"$in": opened}}, {"title": 1, "tags": 1})}

    def beside(raw: Raw) -> tuple[str, ...]:
        topic = topics.get(raw["topic"]) if raw["number"] == 1 else None
        return (topic["title"], *topic["tags"]) if topic else ()

    words = await asyncio.to_thread(lambda: [words_of(*beside(raw), plain_of(raw["html"])) for raw in found])
    return await _store(Comment, "words", found, words)


async def _messages() -> int:
    """Found by their members alone, see app.messages.searching. The first one has the words of the title too."""
    fields = {"html": 1, "body": 1, "kind": 1, "conversation": 1, "number": 1, "segmented": 1}
    found = await Message.raw().find(BEHIND, fields).limit(BATCH).to_list()
    opened = [raw["conversation"] for raw in found if raw["number"] == 1]
    talks = {raw["_id"]: raw async for raw in Conversation.raw().find({"_id": {"$in": opened}}, {"title": 1})}

    def texts(raw: Raw) -> tuple[str, ...]:
        title = talks[raw["conversation"]]["title"] if raw["number"] == 1 and raw["conversation"] in talks else ""
        return title, raw["body"] if raw.get("kind") == "renamed" else plain_of(raw["html"])

    words = await asyncio.to_thread(lambda: [words_of(*texts(raw)) for raw in found])
    return await _store(Message, "words", found, words)


async def _store(
    documents: type[Topic] | type[Comment] | type[Message] | type[User],
    field: str,
    found: Sequence[Raw],
    words: Sequence[list[str]],
) -> int:
    """Write the words of those that are behind as they were when they were read: whose text was changed meanwhile has
    its words by that, or is behind anew and comes next.
    """
    changes = [
        UpdateOne(
            {"_id": raw["_id"], "segmented": raw.get("segmented")},
            {"$set": {field: its, "segmented": SEGMENTER_VERSION}},
        )
        for raw, its in zip(found, words, strict=True)
    ]
    if changes:
        await documents.raw().bulk_write(changes, ordered=False)
    return len(changes)
