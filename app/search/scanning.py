"""Walking along an index from the newest on, past what does not fit, for a bounded while."""

from __future__ import annotations

import contextlib
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bson import ObjectId

from app.search.frequency import frequencies
from app.search.wanted import Place, Wanted
from app.text.segment import fold, plain_of
from app.web.batches import in_parts
from documents import Comment, Topic, User
from documents.base import LIVE, Raw

# After so many rows, or so long, what was found is shown, with a way to go on looking.
LOOKED_AT_MAX: Final = 20_000
LOOKED_FOR_SECONDS: Final = 0.3
BATCH: Final = 200
HYPHEN: Final = re.compile(r"(?<=\w)-(?=\w)")
# MongoDB merges the boards' parts of an index while it reads them, up to 200 parts, of which one board can have two.
BOARDS_MERGED: Final = 90

# Named, or MongoDB tries others as well, and stays for a while with one that was good for another word.
BY_WORD: Final = [("words", 1), ("board", 1), ("deleted_at", 1), ("created_at", -1)]
FIELDS: Final[Raw] = dict.fromkeys(("topic", "board", "number", "author", "created_at", "like_count"), 1)
TOPIC_FIELDS: Final[Raw] = dict.fromkeys(("board", "author", "created_at", "title", "comment_count", "like_count"), 1)


@dataclass
class Scan:
    """The texts of one collection that have everything, newest first. After the loop it knows how far it came."""

    wanted: Wanted
    documents: type[Comment] | type[Topic]
    after: Place | None = None
    seconds: float = LOOKED_FOR_SECONDS
    looked_at: int = 0
    ended: bool = True
    last: Place | None = None
    _passed: bool = field(default=False, init=False)

    async def rows(self) -> AsyncIterator[Raw]:
        """One after the other. Leaves off after too many: then `ended` is False and `last` says where."""
        if not self.wanted.boards:
            return
        until = time.monotonic() + self.seconds
        match, fits = await self._conditions()
        fields = FIELDS if self.documents is Comment else TOPIC_FIELDS
        async with contextlib.AsyncExitStack() as held:
            cursors = []
            for part in _parts(match):
                found = self.documents.raw().find(part, {**fields, "fits": fits}).sort("created_at", -1)
                if "words" in part:
                    found = found.hint(BY_WORD)
                cursors.append(await held.enter_async_context(found.batch_size(BATCH)))
            merged = Merged(cursors)
            while batch := await merged.batch():
                fresh = self._after(batch)
                for row in await self._exactly([row for row in fresh if row["fits"]]):
                    yield row
                self.looked_at += len(batch)
                self.last = Place(batch[-1]["created_at"], batch[-1]["_id"])
                if len(batch) == BATCH and (self.looked_at >= LOOKED_AT_MAX or time.monotonic() > until):
                    self.ended = False
                    return

    def _after(self, batch: Sequence[Raw]) -> list[Raw]:
        """Without what the page before has shown: of one moment, the rows up to its last one."""
        if self.after is None or self._passed:
            return list(batch)
        same = [row["_id"] for row in batch if row["created_at"] == self.after.at]
        if self.after.id in same:
            self._passed = True
            return list(batch[same.index(self.after.id) + 1 :])
        self._passed = len(same) < len(batch)
        return [row for row in batch if row["created_at"] != self.after.at]

    async def _conditions(self) -> tuple[Raw, Raw]:
        """What the index is asked for: the rarest word, or the author; and what each row then has to fulfil."""
        wanted, tokens = self.wanted, list(self.wanted.tokens)
        counts = await frequencies(tokens, self.documents)
        rarest = min(tokens, key=lambda token: (counts[token], -len(token)), default=None)
        fits: list[Any] = []
        match: Raw = dict(LIVE)
        if wanted.author is not None and (rarest is None or await _has_fewer(wanted.author, counts[rarest])):
            match["author"] = wanted.author
            fits.append({"$in": ["$board", list(wanted.boards)]})
        else:
            match["board"] = {"$in": list(wanted.boards)}
            if rarest is not None:
                match["words"] = rarest
                tokens.remove(rarest)
            if wanted.author is not None:
                fits.append({"$eq": ["$author", wanted.author]})
        fits += [{"$in": [{"$literal": token}, "$words"]} for token in tokens]
        if self.documents is Comment and wanted.kind in ("topics", "comments"):
            fits.append({"$eq" if wanted.kind == "topics" else "$gt": ["$number", 1]})
        return match | self._span(), {"$and": fits}

    def _span(self) -> Raw:
        span: dict[str, datetime] = {}
        if self.wanted.since is not None:
            span["$gte"] = self.wanted.since
        if self.wanted.until is not None:
            span["$lt"] = self.wanted.until
        if self.after is not None:
            span["$lte"] = self.after.at
        return {"created_at": span} if span else {}

    async def _exactly(self, rows: list[Raw]) -> list[Raw]:
        """Those in which quoted words, and characters that no dictionary knows, stand as they were typed."""
        if not self.wanted.exact or not rows:
            return rows
        texts = await texts_of(rows) if self.documents is Comment else {row["_id"]: row["title"] for row in rows}
        return [row for row in rows if says(fold(texts.get(row["_id"], "")), self.wanted.exact)]


def _parts(match: Raw) -> list[Raw]:
    """The same search in so few boards at a time that MongoDB merges their parts of the index itself."""
    boards = match["board"]["$in"] if "board" in match else []
    if len(boards) <= BOARDS_MERGED:
        return [match]
    return [{**match, "board": {"$in": part}} for part in in_parts(boards, BOARDS_MERGED)]


class Merged:
    """Several cursors that are each newest first, read as one."""

    def __init__(self, cursors: Sequence[Any]) -> None:
        self._cursors = list(cursors)
        self._read: list[deque[Raw]] = [deque() for _ in cursors]

    async def batch(self) -> list[Raw]:
        """The next rows; none at the end."""
        if len(self._cursors) == 1:
            only: list[Raw] = await self._cursors[0].to_list(BATCH)
            return only
        found: list[Raw] = []
        while len(found) < BATCH:
            for cursor, rows in zip(self._cursors, self._read, strict=True):
                if not rows and cursor.alive:
                    rows.extend(await cursor.to_list(BATCH))
            heads = [rows for rows in self._read if rows]
            if not heads:
                break
            found.append(max(heads, key=lambda rows: rows[0]["created_at"]).popleft())
        return found


async def _has_fewer(author: ObjectId, than: int) -> bool:
    raw = await User.raw().find_one({"_id": author}, {"topic_count": 1, "comment_count": 1})
    return raw is None or raw["topic_count"] + raw["comment_count"] < than


async def texts_of(rows: Sequence[Mapping[str, Any]]) -> dict[ObjectId, str]:
    """The plain text of comments by id; that of opening posts with the title and tags of their topics before it."""
    found = Comment.raw().find({"_id": {"$in": [row["_id"] for row in rows]}}, {"html": 1})
    texts = {raw["_id"]: plain_of(raw["html"]) async for raw in found}
    opening = {row["topic"]: row["_id"] for row in rows if row["number"] == 1}
    if opening:
        async for raw in Topic.raw().find({"_id": {"$in": list(opening)}}, {"title": 1, "tags": 1}):
            id = opening[raw["_id"]]
            texts[id] = "\n".join((raw["title"], *raw["tags"], texts.get(id, "")))
    return texts


def says(text: str, phrases: Sequence[str]) -> bool:
    """Whether a folded text has these (folded) phrases in it, whole words at their edges; hyphens are spaces."""
    line = _line(text)
    return all(_says(line, _line(phrase)) for phrase in phrases)


def _line(text: str) -> str:
    return " ".join(HYPHEN.sub(" ", text).split())


def _says(line: str, phrase: str) -> bool:
    at = line.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not (_within_word(line, at) or _within_word(line, end)):
            return True
        at = line.find(phrase, at + 1)
    return False


def _within_word(line: str, at: int) -> bool:
    """Whether a place is between two letters or digits of a script that is written with spaces."""
    return 0 < at < len(line) and _spaced(line[at - 1]) and _spaced(line[at])


def _spaced(char: str) -> bool:
    return char.isalnum() and (char < "\u0e00" or "\u1e00" <= char < "\u2e80")
