"""How much of what is right is found, and how much of what is found is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import click
import pytest

from app.comments.posting import post_comment
from app.topics.opening import open_topic
from app.web.context import EXTENSION
from documents import Board
from tests import stock
from tests.people import Forum, Person
from tests.search.corpus import QUERIES, TOPICS

RECALL_LEAST = 0.98
PRECISION_LEAST = 0.95
LINK = re.compile(r'class="result-title">\s*<a href="/topics/(\w{24})')


@dataclass
class Score:
    """The sums over all queries."""

    right: int = 0
    wanted: int = 0
    given: int = 0

    @property
    def recall(self) -> float:
        return self.right / self.wanted

    @property
    def precision(self) -> float:
        return self.right / self.given


@pytest.fixture
def unlimited(forum: Forum) -> Iterator[None]:
    """One person searches more often here than anybody would."""
    limits = forum.app.extensions[EXTENSION].limits
    limits.enabled = False
    yield
    limits.enabled = True


@pytest.fixture
async def shelf(board: Board, alice: Person, bob: Person) -> dict[str, str]:
    """The corpus; topics by their ids."""
    names = {}
    for name, (title, body, replies) in TOPICS.items():
        topic = await open_topic(stock.viewer(alice), board.oid, title=title, body=body, tags=[])
        names[str(topic.oid)] = name
        for reply in replies:
            await post_comment(stock.viewer(bob), topic.oid, reply)
    return names


@pytest.mark.usefixtures("unlimited")
async def test_what_people_look_for_is_found(
    shelf: dict[str, str], charlie: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both orders find the same; what only has some of the words does not count as found."""
    assert len(QUERIES) >= 60
    score, first, wrong = Score(), 0, []
    for query, right in QUERIES:
        page = await charlie.get("/search", params={"q": query, "sort": "newest"})
        found = {shelf[id] for id in LINK.findall(page.text)}
        ranked = [shelf[id] for id in LINK.findall((await charlie.get("/search", params={"q": query})).text)]
        if right and set(ranked) != found:
            wrong.append(f"{query}: ranked {ranked}, newest {found}")
        first += bool(right) and bool(ranked) and ranked[0] in right
        score.right += len(found & right)
        score.wanted += len(right)
        score.given += len(found)
        if found != right:
            wrong.append(f"{query}: missing {sorted(right - found)}, too much {sorted(found - right)}")
    asked = sum(bool(right) for _, right in QUERIES)
    numbers = f"recall {score.recall:.3f}, precision {score.precision:.3f}, a right one first {first}/{asked}"
    with capsys.disabled():
        click.echo("\n  ".join([f"\n{len(QUERIES)} queries: {numbers}", *wrong]))
    assert score.recall >= RECALL_LEAST
    assert score.precision >= PRECISION_LEAST
    assert first >= asked * 0.98
