"""Searches of every kind, one after the other as one person makes them: how long each takes, and the worst."""

from __future__ import annotations

import statistics
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.lifecycle import mongo_client
from app.settings import Settings

RUNS: Final = 5
MEDIAN_MS: Final = 50.0
WORST_MS: Final = 1_000.0
TIMEOUT_SECONDS: Final = 30

# By what makes them hard. The corpus of the demo has all of these words, but for those that are named as missing.
QUERIES: Final[Mapping[str, str]] = {
    "a word": "tomato",
    "a rare word": "bokashi",
    "a Chinese word": "番茄",
    "one character": "茶",
    "a missing word": "xylophonist",
    "a missing Chinese word": "饕餮",
    "two words": "tomato balcony",
    "three words": "keyboard switches desk",
    "two Chinese words": "番茄 阳台",
    "a Chinese question": "番茄叶子发黄怎么办",
    "an English question": "how do I keep slugs away from lettuce",
    "both languages": "docker 备份",
    "a phrase": '"bottom bracket"',
    "a Chinese phrase": "“阳台的番茄”",
    "a phrase of common words": '"and then the"',
    "a missing phrase of common words": '"the of and"',
    "the most common word": "the",
    "the most common character": "的",
    "common words": "with have just",
    "two that never meet": "the 的",
    "common and missing": "the xylophonist",
    "common characters": "一 是",
    "a name that no dictionary knows": "的是的一",
    "by one author": "author:{author} the",
    "all of one author": "author:{author}",
    "in one board": "tomato board:{board}",
    "a common word in one board": "的 board:{board}",
    "a common word long ago": "the before:{long_ago}",
    "in titles": "balcony in:title",
    "a common word in titles": "the in:title",
    "sixteen words": "the a to of and in for with that this have from your they were been",
    "a long text": "tomato " * 40,
    "people": "type=people&q=a",
    "tags": "type=tags&q=a",
}


@dataclass(frozen=True, slots=True)
class Searched:
    """How long one search took, in milliseconds: the first time, the median, and the longest."""

    name: str
    query: str
    first: float
    median: float
    worst: float


@dataclass(frozen=True, slots=True)
class Searches:
    """All of them, and what the indexes weigh in MB (millions of bytes)."""

    rows: tuple[Searched, ...]
    index_mb: Mapping[str, float]

    @property
    def median(self) -> float:
        """Of all searches but the first of each, in milliseconds."""
        return statistics.median(row.median for row in self.rows)

    @property
    def worst(self) -> float:
        """Of all searches, in milliseconds."""
        return max(max(row.first, row.worst) for row in self.rows)


def urls(author: str, board: str, long_ago: str) -> Iterator[tuple[str, str, str]]:
    """Name, query and address: by relevance, and newest first where the words are common."""
    for name, query in QUERIES.items():
        filled = query.format(author=author, board=f'"{board}"', long_ago=long_ago) if "{" in query else query
        if query.startswith("type="):
            yield name, query, f"/search?{query}"
            continue
        yield name, filled, "/search?" + urllib.parse.urlencode({"q": filled})
        yield f"{name}, newest", filled, "/search?" + urllib.parse.urlencode({"q": filled, "sort": "newest"})


def measure_searches(settings: Settings, cookie: str, author: str, board: str, long_ago: str) -> tuple[Searched, ...]:
    """Each search some times in a row."""
    found = []
    for name, query, url in urls(author, board, long_ago):
        times = [_took(settings, cookie, url) for _ in range(RUNS)]
        found.append(Searched(name, query[:60], times[0], statistics.median(times[1:]), max(times[1:])))
    return tuple(found)


def _took(settings: Settings, cookie: str, url: str) -> float:
    asked = urllib.request.Request(f"http://{settings.bind}{url}", headers={"Cookie": cookie})
    began = time.perf_counter()
    with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1000


async def index_sizes(settings: Settings) -> dict[str, float]:
    """What the indexes by which texts are found weigh, in MB, and the texts themselves as they are stored."""
    client = mongo_client(settings)
    try:
        found: dict[str, float] = {}
        for name in ("comments", "topics"):
            stats = await client[settings.mongodb_db].command("collStats", name)
            found |= {f"{name}: {key}": size / 1e6 for key, size in stats["indexSizes"].items() if "words" in key}
            found[f"{name}: stored"] = stats["storageSize"] / 1e6
        return found
    finally:
        await client.close()
