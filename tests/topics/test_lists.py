"""Lists of topics: four orders, paged by key both ways, each topic seen once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from app.web.context import EXTENSION
from documents import Board, Topic
from documents.clock import now
from tests import stock
from tests.people import Forum, Person

ROW = re.compile(r'<h2 class="topic-title".*?<a href="/topics/(\w{24})"', re.DOTALL)
PER_PAGE = 5
COUNT = 17


def rows(page: httpx.Response) -> list[str]:
    """The topics of a list, in order."""
    return ROW.findall(page.text)


def link(page: httpx.Response, rel: str) -> str | None:
    """Where the pager leads."""
    found = re.search(rf'<a class="[^"]*"\s+href="([^"]+)"\s+rel="{rel}"', page.text)
    return unescape(found[1]) if found else None


@pytest.fixture
def small_pages(forum: Forum) -> object:
    plumbing = forum.app.extensions[EXTENSION]
    kept = plumbing.settings
    plumbing.settings = kept.model_copy(update={"topics_per_page": PER_PAGE})
    yield
    plumbing.settings = kept


async def shelf(board: Board, person: Person) -> list[Topic]:
    """Topics among which every sort value is shared by several."""
    topics = await stock.topics(board, person, COUNT)
    start = now()
    for i, topic in enumerate(topics):
        at = start - timedelta(minutes=i // 4)
        ties = {"active_at": at, "created_at": at, "heat": float(i // 6), "comment_count": 1 + i % 2}
        await Topic.raw().update_one({"_id": topic.oid}, {"$set": ties})
    return topics


async def walk(person: Person, start: str, rel: str) -> list[list[str]]:
    """Every page from `start` on, as far as the pager leads."""
    pages: list[list[str]] = []
    url: str | None = start
    while url and len(pages) < 20:
        page = await person.get(url)
        assert page.status_code == 200
        pages.append(rows(page))
        url = link(page, rel)
    return pages


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("sort", ["active", "new", "hot", "unanswered"])
async def test_paging_there_and_back_shows_every_topic_once(
    board: Board, alice: Person, guest: Person, sort: str
) -> None:
    topics = await shelf(board, alice)
    for path in ("/", f"/boards/{board.oid}", f"/users/{alice.id}"):
        first = f"{path}?sort={sort}"
        there = await walk(guest, first, "next")
        seen = [row for page in there for row in page]
        expected = {str(topic.oid) for i, topic in enumerate(topics) if sort != "unanswered" or i % 2 == 0}
        assert len(seen) == len(set(seen))
        assert set(seen) == expected
        assert all(len(page) == PER_PAGE for page in there[:-1])
        last = first
        while (url := link(await guest.get(last), "next")) is not None:
            last = url
        back = await walk(guest, last, "prev")
        assert back == list(reversed(there))


@pytest.mark.usefixtures("small_pages")
async def test_the_orders_are_what_they_say(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    old, middle, new = await stock.topics(board, alice, 3)
    await bob.says(old, "Awake again")
    await bob.send(f"/comments/{(await stock.comments(middle, alice, 4))[0].oid}/like")
    ids = {str(topic.oid): name for topic, name in ((old, "old"), (middle, "middle"), (new, "new"))}

    async def order(sort: str) -> list[str]:
        return [ids[row] for row in rows(await guest.get(f"/?sort={sort}"))]

    assert await order("active") == ["middle", "old", "new"]
    assert await order("new") == ["new", "middle", "old"]
    assert await order("hot") == ["middle", "old", "new"]
    assert await order("unanswered") == ["new"]
    assert await order("nonsense") == await order("active")


@pytest.mark.usefixtures("small_pages")
async def test_a_topic_that_is_written_in_while_one_pages_is_not_lost(
    board: Board, alice: Person, bob: Person, guest: Person
) -> None:
    topics = await shelf(board, alice)
    first = await guest.get("/")
    following = link(first, "next")
    assert following
    await bob.says(topics[-1], "To the top")
    seen = [row for page in await walk(guest, following, "next") for row in page]
    assert str(topics[-1].oid) == rows(await guest.get("/"))[0]
    assert set(rows(first)) | set(seen) | {str(topics[-1].oid)} == {str(topic.oid) for topic in topics}


async def test_a_list_shows_who_took_part_and_how_many(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board, "Counted", tags="garden, 阳台")
    await stock.comments(topic, bob, 3)
    text = " ".join((await guest.get("/")).text.split())
    assert "3 replies" in text
    assert "1 topic" in " ".join((await guest.get("/boards")).text.split())
    assert "4 comments" in " ".join((await guest.get("/boards")).text.split())
    assert 'href="/tags/garden"' in text
    assert 'href="/tags/%E9%98%B3%E5%8F%B0"' in text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        *(
            ("a, b", ["a", "b"]),
            ("a，b、c", ["a", "b", "c"]),
            ("one two", ["one", "two"]),
            ("#one #two", ["one", "two"]),
        ),
        *(("a b, c", ["a-b", "c"]), ("Ａ,a,A", ["a"]), ("", []), (" , ,", []), ("阳台，花园", ["阳台", "花园"])),
        *(("c++, node.js, .net", ["c++", "node.js", ".net"]), ("a,b,c,d,e", list("abcde")), ("x" * 30, ["x" * 30])),
    ],
)
async def test_tags_are_read_as_people_write_them(board: Board, alice: Person, typed: str, stored: list[str]) -> None:
    topic = await alice.opens(board, tags=typed)
    assert topic.tags == stored
    for tag in stored:
        assert "A topic" in (await alice.get(f"/tags/{tag.upper()}")).text


@pytest.mark.parametrize(
    "typed", ["a,b,c,d,e,f", "x" * 31, "a/b", "..", ".", "--", "😀", "<b>", "a?b", "x" * 301, "a&b"]
)
async def test_what_is_no_tag_is_refused_and_kept(board: Board, alice: Person, typed: str) -> None:
    answer = await alice.send(f"/boards/{board.oid}/topics/new", title="T", body="B", tags=typed)
    assert answer.status_code == 422
    assert f'value="{typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
    assert await Topic.find_all().count() == 0


async def test_a_list_of_comments_skips_what_is_in_deleted_topics(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    stays = await alice.opens(board, "Stays")
    await stock.comments(stays, bob, 25, "Here {}")
    gone = await alice.opens(board, "Gone")
    await stock.comments(gone, bob, 25, "There {}")
    await mod.send(f"/topics/{gone.oid}/delete", reason="")
    first = await guest.get(f"/users/{bob.id}/comments")
    following = link(first, "next")
    assert following
    second = await guest.get(following)
    found = re.findall(r"Here \d+", first.text) + re.findall(r"Here \d+", second.text)
    assert found == [f"Here {i}" for i in reversed(range(25))]
    assert "There" not in first.text + second.text
    assert link(second, "next") is None


async def test_beyond_the_end_of_a_list_is_a_way_back(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, tags="plants")
    await bob.says(topic, "@alice hello")
    await bob.writes("alice", "Lunch", "Friday?")
    key = f"1_{'0' * 24}"
    lists = (
        "/",
        "/?sort=hot",
        f"/boards/{board.oid}",
        "/tags/plants",
        f"/users/{alice.id}",
        f"/users/{bob.id}/comments",
    )
    for path in (*lists, "/messages"):
        page = await alice.get(path + ("&" if "?" in path else "?") + f"after={key}")
        assert "There is nothing more here." in page.text, path
        assert f'href="{path}">First page</a>' in page.text, path
    page = await alice.get("/notifications?before=0")
    assert 'href="/notifications">First page</a>' in page.text
