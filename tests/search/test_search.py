"""Search from outside: what was written is found by who may read it, marked, in order, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from bson import ObjectId

from app.search import catching_up, routes, scanning
from app.search.catching_up import catch_up
from app.text.segment import SEGMENTER_VERSION, not_yet, words_of
from app.text.starts import starts_of
from app.web.context import EXTENSION
from documents import Board, Comment, Topic, User
from documents.base import Raw
from documents.clock import now
from tests import stock
from tests.people import Forum, Person
from tests.search.meanwhile import catch_up_while

RESULT = re.compile(r'class="result-title">\s*<a href="/topics/(\w{24})(?:/n/(\d+))?"')
NEXT = re.compile(r'<a class="button pager-next"\s+href="([^"]+)"')


@pytest.fixture(autouse=True)
def unlimited(forum: Forum, request: pytest.FixtureRequest) -> Iterator[None]:
    """More searches than one person makes in a minute, but for the test of just that."""
    limits = forum.app.extensions[EXTENSION].limits
    limits.enabled = "limited" in request.keywords
    yield
    limits.enabled = True


async def asked(person: Person, q: str = "", **fields: str) -> httpx.Response:
    """The page of a search."""
    page = await person.get("/search", params={"q": q, **fields})
    assert page.status_code == 200, page.text
    return page


async def found(person: Person, q: str = "", **fields: str) -> list[tuple[str, int]]:
    """The topics and numbers that a search brings, in order."""
    return results(await asked(person, q, **fields))


def results(page: httpx.Response) -> list[tuple[str, int]]:
    return [(topic, int(number or 1)) for topic, number in RESULT.findall(page.text)]


def at(thing: Topic | Comment) -> tuple[str, int]:
    """Where a topic or comment stands, as `found` says it."""
    return (str(thing.topic), thing.number) if isinstance(thing, Comment) else (str(thing.oid), 1)


async def test_what_was_just_written_is_found_by_everyone(
    board: Board, alice: Person, bob: Person, guest: Person
) -> None:
    topic = await alice.opens(board, "Growing quinoa", "It needs a long summer", tags="grain")
    reply = await bob.says(topic, "Mine was eaten by pigeons")
    for person in (alice, bob, guest):
        assert await found(person, "quinoa") == [at(topic)]
        assert await found(person, "grain") == [at(topic)]
        assert await found(person, "quinoa summer") == [at(topic)]
        assert await found(person, "pigeon") == [at(reply)]
        assert await found(person, "quinoa pigeon volcano") == []


async def test_an_edit_is_found_by_its_new_words_alone(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Old title", "old body", tags="oldtag")
    reply = await bob.says(topic, "first words")
    await bob.send(f"/comments/{reply.oid}/edit", body="second 词语")
    fields = {"title": "Renamed heading", "body": "changed text", "tags": "newtag", "seen": "0"}
    assert (await alice.send(f"/topics/{topic.oid}/edit", **fields)).status_code == 303
    for gone in ("first words", "old", "oldtag"):
        assert await found(alice, f'"{gone}"') == [], gone
    assert await found(alice, "词语") == [at(reply)]
    for there in ("renamed", "changed", "newtag", "renamed changed", "in:title heading"):
        assert await found(alice, there) == [at(topic)], there
    opening = await Comment.find_one({"topic": topic.oid, "number": 1})
    assert opening is not None
    await alice.send(f"/comments/{opening.oid}/edit", body="through the comment's own page")
    assert await found(alice, "renamed own page") == [at(topic)]


async def test_what_is_deleted_is_not_found_until_it_is_restored(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Kohlrabi", "in rows")
    reply = await bob.says(topic, "and celeriac")
    await bob.send(f"/comments/{reply.oid}/delete", reason="")
    assert await found(alice, "celeriac") == []
    await bob.send(f"/comments/{reply.oid}/restore")
    assert await found(alice, "celeriac") == [at(reply)]
    mod = await stock_delete(topic)
    for order in ("relevance", "newest"):
        assert await found(alice, "celeriac", sort=order) == []
        assert await found(alice, "kohlrabi", sort=order) == []
        assert await found(alice, "in:title kohlrabi", sort=order) == []
    await mod(None)
    assert await found(alice, "celeriac") == [at(reply)]


async def stock_delete(topic: Topic) -> Any:
    """Delete a topic past the policy; gives how to undo it."""

    async def mark(when: datetime | None) -> None:
        await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"deleted_at": when}})

    await mark(now())
    return mark


async def test_hidden_boards_are_as_if_they_were_not(
    forum: Forum, board: Board, alice: Person, mod: Person, guest: Person
) -> None:
    hidden = await forum.board("Back room", staff_only=True)
    topic = await mod.opens(hidden, "Rutabaga plans", "in secret", tags="hushhush")
    for who in (alice, guest):
        for query in ("rutabaga", "author:mod_mira", "hushhush", f"rutabaga author:{mod.name}"):
            page = await asked(who, query)
            assert results(page) == [], query
            assert "Rutabaga plans" not in page.text
            assert "Back room" not in page.text
            assert "/tags/hushhush" not in page.text
        assert "/tags/hushhush" not in (await asked(who, "hush", type="tags")).text
        same = [(await asked(who, f'rutabaga board:"{name}"')).text for name in ("Back room", "Bank room")]
        shown, missing = (re.sub(r'(content|value)="[\w.-]+"|Bank|Back', "", text) for text in same)
        assert shown == missing
        by_id = await asked(who, "rutabaga", board=str(hidden.oid))
        assert results(by_id) == []
        assert "There is no board" in by_id.text
    assert await found(mod, "rutabaga") == [at(topic)]
    assert await found(mod, 'rutabaga board:"back room"') == [at(topic)]
    assert "hushhush" in (await asked(mod, "hush", type="tags")).text


async def test_filters_in_the_query_and_in_the_form_do_the_same(forum: Forum, alice: Person, xiaoming: Person) -> None:
    garden, kitchen = await forum.board("Garden", position=1), await forum.board("厨房", position=2)
    first = await alice.opens(garden, "Basil in pots", "water it")
    second = await xiaoming.opens(kitchen, "Basil pesto", "用罗勒做青酱")
    third = await alice.says(second, "more basil please")
    for thing, day in ((first, "2024-02-29"), (second, "2025-06-01"), (third, "2025-06-30")):
        which = {"topic": thing.oid, "number": 1} if isinstance(thing, Topic) else {"_id": thing.oid}
        moment = datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC)
        await Comment.raw().update_one(which, {"$set": {"created_at": moment}})
        if isinstance(thing, Topic):
            await Topic.raw().update_one({"_id": thing.oid}, {"$set": {"created_at": moment}})

    async def those(query: str, **fields: str) -> set[tuple[str, int]]:
        return set(await found(alice, query, sort="newest", **fields))

    one, two, three = at(first), at(second), at(third)
    cases: list[tuple[str, dict[str, str], set[tuple[str, int]]]] = [
        ("basil board:garden", {"board": str(garden.oid)}, {one}),
        ("basil board：厨房", {"board": "厨房"}, {two, three}),
        ("basil 板块：厨房", {"board": str(kitchen.oid)}, {two, three}),
        ("basil author:alice", {"author": "alice"}, {one, three}),
        ("basil @author:ALICE", {"author": "@alice"}, {one, three}),
        ("basil 作者:@小明", {"author": "小明"}, {two}),
        ("basil before:2025", {"to": "2024-12-31"}, {one}),
        ("basil after:2025", {"from": "2025-01-01"}, {two, three}),
        ("basil after:2025-06-02 before:2025-07", {"from": "2025-06-02", "to": "2025-06"}, {three}),
        ("basil 早于：2024年3月", {"to": "2024/2/29"}, {one}),
        ("basil author:alice after:2025 board:厨房", {"author": "alice", "from": "2025", "board": "厨房"}, {three}),
        ("author:alice", {"author": "alice"}, {one, three}),
        ("basil in:title", {}, {one, two}),
        ("in:标题 pesto", {}, {two}),
    ]
    for query, fields, expected in cases:
        assert await those(query) == expected, query
        if fields:
            words = "basil" if "basil" in query else ""
            assert await those(words, **fields) == expected, fields
    assert await those("basil", type="topics") == {one, two}
    assert await those("basil", type="comments") == {three}


@pytest.mark.parametrize("wrong", ["2025-13", "2025-02-30", "yesterday", "0000", "99999", "-1", "2025-1-1-1", "٢٠٢٥x"])
async def test_dates_that_are_none_are_named_and_left_out(board: Board, alice: Person, wrong: str) -> None:
    topic = await alice.opens(board, "Chervil")
    for fields in ({"q": f"chervil before:{wrong}"}, {"q": "chervil", "from": wrong}):
        page = await alice.get("/search", params=fields)
        assert page.status_code == 200
        assert "is not a date" in page.text
        assert results(page) == [at(topic)]


async def test_people_and_tags_are_found_by_how_they_begin(
    forum: Forum, board: Board, alice: Person, xiaoming: Person
) -> None:
    await forum.person("alina")
    await alice.opens(board, "Tagged", tags="阳台, garden, gardening-tools")
    people = (await asked(alice, "ALI", type="people")).text
    assert ">alice<" in people
    assert ">alina<" in people
    assert "小明" not in people
    assert "小明" in (await asked(alice, "@小", type="people")).text
    tags = (await asked(alice, "gard", type="tags")).text
    assert 'href="/tags/garden"' in tags
    assert 'href="/tags/gardening-tools"' in tags
    assert "阳台" in (await asked(alice, "阳", type="tags")).text
    everything = (await asked(alice, "ali")).text
    assert f'href="/users/{alice.id}"' in everything


async def test_people_are_found_by_each_word_of_either_name(
    forum: Forum, alice: Person, bob: Person, xiaoming: Person
) -> None:
    for person, name in ((alice, "Müller Ada"), (xiaoming, "陳曉明")):
        await person.send("/settings/profile", display_name=name, signature="", bio="", website="", place="")

    async def people(q: str, kind: str = "people") -> set[str]:
        page = (await asked(bob, q, type=kind)).text
        listed = page[page.find('class="found-people') :] if 'class="found-people' in page else ""
        return {person.name for person in (alice, bob, xiaoming) if f'href="/users/{person.id}"' in listed}

    for query in ("ada", "MULL", "Müller  ada", "@ada", "al"):
        assert await people(query) == {"alice"}, query
    for query in ("陳曉", "晓明", "陈晓明", "明", "小明"):
        assert await people(query) == {"小明"}, query
    assert await people("muller ada", "all") == {"alice"}
    assert await people("uller") == await people("ada muller") == set()
    await User.raw().update_one({"_id": alice.id}, {"$set": {"starts": [], "segmented": 0}})
    assert await people("ada") == set()
    await catch_up()
    assert await people("ada") == {"alice"}


async def test_people_go_on_on_the_next_page_each_once(forum: Forum, alice: Person) -> None:
    """By username, whichever of their names it is."""
    for number in range(25):
        username, name = (f"maya{number:02}", "") if number % 2 else (f"x{number:02}", f"Maya N{number}")
        fields = {"display_name": name, "starts": starts_of(username, name), "segmented": SEGMENTER_VERSION}
        await User.raw().update_one({"_id": (await forum.person(username)).id}, {"$set": fields})
    first = (await asked(alice, "maya", type="people")).text
    following = NEXT.search(first)
    assert following is not None
    second = (await alice.get(unescape(following[1]))).text
    seen = [re.findall(r"@?((?:maya|x)\d\d)<", page) for page in (first, second)]
    assert sorted([*seen[0], *seen[1]]) == sorted(f"{'maya' if n % 2 else 'x'}{n:02}" for n in range(25))
    assert [len(each) for each in seen] == [20, 5]


async def test_matches_are_marked_and_nothing_else_is_markup(board: Board, alice: Person) -> None:
    body = "Before <img src=x onerror=alert(1)> we say `tomato & <b>` and 阳台的番茄, Tomatoes!"
    await alice.opens(board, "A <script>tomato</script> title", body)
    for query, mark in (("tomato", "<mark>tomato</mark>"), ("番茄", "阳台的<mark>番茄</mark>")):
        page = (await asked(alice, query)).text
        assert mark in page
        assert "<img src=x" not in page
        assert "<script>tomato" not in page
    page = (await asked(alice, "tomato")).text
    assert "<mark>Tomatoes</mark>" in page
    assert "&lt;script&gt;<mark>tomato</mark>&lt;/script&gt;" in page


async def test_phrases_stand_as_they_are_typed(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Errors", "It says **connection** refused, never refused connection handling")
    other = await bob.says(topic, "my connection was slow and then refused")
    zh = await bob.says(topic, "我们在南京市长江大桥上")
    assert set(await found(alice, "connection refused", sort="newest")) == {at(topic), at(other)}
    for query in ('"connection refused"', "“Connection Refused”", "「connection refused」"):
        assert await found(alice, query, sort="newest") == [at(topic)], query
    assert await found(alice, '"onnection refuse"') == []
    for query in ("“市长江大”", "市长江", "桥", "南京市长江大桥", "“江大桥上”"):
        assert await found(alice, query) == [at(zh)], query
    assert await found(alice, "“大桥长江”") == []


async def page_through(person: Person, q: str, **fields: str) -> list[list[tuple[str, int]]]:
    pages: list[list[tuple[str, int]]] = []
    url = "/search?" + str(httpx.QueryParams({"q": q, **fields}))
    while url and len(pages) < 30:
        page = await person.get(url)
        assert page.status_code == 200
        pages.append(results(page))
        link = NEXT.search(page.text)
        url = unescape(link[1]) if link else ""
        if url:
            kept = httpx.URL(url).params
            assert kept["q"] == q
            assert all(kept.get(name, value) == value for name, value in fields.items())
    return pages


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("kind", ["comments", "all"])
async def test_pages_show_everything_once_also_what_was_written_in_one_moment(
    board: Board, alice: Person, bob: Person, order: str, kind: str
) -> None:
    topic = await alice.opens(board, "Parsley")
    comments = await stock.comments(topic, bob, 55, "parsley {}")
    start = now()
    for i, comment in enumerate(comments):
        same = {"created_at": start - timedelta(minutes=i // 25)}
        await Comment.raw().update_one({"_id": comment.oid}, {"$set": same})
    if kind == "all" and order == "relevance":
        (only,) = await page_through(bob, "parsley", type=kind, sort=order)
        assert [number for _, number in only] == [1]
        return
    pages = await page_through(bob, "parsley", type=kind, sort=order)
    seen = [row for page in pages for row in page]
    assert len(seen) == len(set(seen))
    assert set(seen) == {at(comment) for comment in comments} | ({at(topic)} if kind == "all" else set())
    assert all(len(page) == routes.ROWS for page in pages[:-1])


async def test_a_search_that_looks_too_long_goes_on_where_it_stopped(
    board: Board, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = await alice.opens(board, "Common")
    rare = await stock.comments(topic, alice, 1, "common needle")
    await stock.comments(topic, alice, 40, "common straw {}")
    await stock.comments(topic, alice, 40, "needle alone {}")
    monkeypatch.setattr(scanning, "BATCH", 10)
    monkeypatch.setattr(scanning, "LOOKED_AT_MAX", 20)
    first = await asked(alice, "common needle", sort="newest", type="comments")
    assert results(first) == []
    assert "looked for back to" in first.text
    pages = await page_through(alice, "common needle", sort="newest", type="comments")
    assert [row for page in pages for row in page] == [at(rare[0])]


async def test_many_boards_are_searched_as_one(forum: Forum, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    boards = [await forum.board(f"Board {i}", position=i) for i in range(5)]
    comments: list[tuple[str, int]] = []
    for i in range(45):
        if i < len(boards):
            await alice.opens(boards[i], f"Place {i}")
        topic = await Topic.find_one({"board": boards[i % 5].oid})
        assert topic is not None
        comments += [at(comment) for comment in await stock.comments(topic, alice, 1, "sorghum")]
    monkeypatch.setattr(scanning, "BOARDS_MERGED", 2)
    monkeypatch.setattr(scanning, "BATCH", 7)
    pages = await page_through(alice, "sorghum", sort="newest")
    assert [row for page in pages for row in page] == comments[::-1]


async def test_what_has_only_some_of_the_words_is_shown_as_that(board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "Espalier pear trees", "prune in winter")
    page = await asked(alice, "espalier pears zanzibar")
    assert results(page) == [at(topic)]
    assert "Nothing has all of these words" in page.text
    assert results(await asked(alice, "zanzibar kilimanjaro")) == []


async def test_what_the_title_says_comes_first(board: Board, alice: Person, bob: Person) -> None:
    titled = await alice.opens(board, "Pruning roses", "in March")
    other = await alice.opens(board, "Spring", "I was pruning the roses and everything")
    newest = await bob.says(other, "roses, pruning, what else, roses")
    ranked = await found(bob, "pruning roses")
    assert ranked[0] == at(titled)
    assert {topic for topic, _ in ranked} == {str(titled.oid), str(other.oid)}
    assert (await found(bob, "pruning roses", sort="newest"))[0] == at(newest)


HOSTILE = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "%",
        "\\",
        "$where",
        "{$gt:1}",
    ),
    *(
        ".*",
        "(a+)+$",
        "[",
        "^",
        "'",
        '"',
        '""',
        '"" ""',
        "“",
        "“”",
        ":",
        "board:",
        'board:""',
        "author:",
        "@",
        "@author:@",
    ),
    *(
        "before:",
        "after: before:",
        "in:",
        "in:body",
        "board:board:board:",
        "-",
        "+++",
        "#",
        "。",
        "，，，",
        "😀",
        "👩‍👩‍👧",
        "\u202e",
    ),
    *(
        "a " * 5_000,
        "的" * 5_000,
        "x" * 10_000,
        '"' + "ab " * 3_000,
        "q" + "\u0301" * 5_000,
        "一二三四五六七八九十" * 30,
    ),
    *(
        "ا" * 400,
        "नमस्ते दुनिया",
        "Łódź ǆ ﬁ ß İ",
        "กขค",
        "ㅎㅏㄴ",
        "<script>",
        "&amp;",
        "../../etc/passwd",
        "board:$ne author:$gt",
    ),
]


@pytest.mark.parametrize("kind", ["all", "topics", "people", "tags"])
async def test_hostile_queries_are_searches_like_any_other(board: Board, alice: Person, kind: str) -> None:
    await alice.opens(board, "A title", "的 一 and x", tags="tag")
    for query in HOSTILE:
        for order in ("relevance", "newest"):
            page = await alice.get("/search", params={"q": query, "type": kind, "sort": order})
            assert page.status_code == 200, query[:40]
            assert "<script>" not in page.text.replace("<script src", "")


async def test_wrong_fields_are_as_if_they_were_not_there(board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "Sorrel")
    nonsense = [
        "x",
        "0",
        "_",
        "1_2",
        f"1_{ObjectId()}_x_y",
        f"{10**30}_{ObjectId()}",
        "9" * 5_000,
        f"-1_{ObjectId()}_1_1",
    ]
    for text in nonsense:
        for name in ("type", "sort", "page"):
            assert (await alice.get("/search", params={"q": "sorrel", name: text})).status_code == 200
    assert await found(alice, "sorrel", type="nonsense", sort="nonsense") == [at(topic)]
    assert (await alice.get(f"/search?q=sorrel&q=other&page=1_{ObjectId()}")).status_code == 200
    assert (await alice.get("/search?q=%ff%fe%00")).status_code == 200


@pytest.mark.limited
async def test_too_many_searches_wait_and_keep_what_was_typed(board: Board, alice: Person) -> None:
    statuses = [(await alice.get("/search", params={"q": f"word {i}"})).status_code for i in range(61)]
    assert statuses == [200] * 60 + [429]
    refused = await alice.get("/search", params={"q": "kept words", "author": "bob"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert 'value="kept words"' in refused.text
    assert (await alice.get("/search")).status_code == 200


async def test_nothing_found_and_nothing_asked_help(alice: Person, xiaoming: Person) -> None:
    for path in ("/search", "/search?q=nothinglikethis"):
        assert "How to find it" in (await alice.get(path)).text
        assert "怎样搜索" in (await xiaoming.get(path)).text
    assert "Nothing was found" in (await alice.get("/search?q=nothinglikethis")).text
    assert 'action="/search"' in (await alice.get("/")).text
    assert 'href="/search"' in (await alice.get("/")).text


async def test_related_topics_appear_while_a_title_is_written(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    near = await alice.opens(board, "Tomato leaves turning yellow")
    zh = await alice.opens(board, "番茄叶子发黄")
    await alice.opens(board, "Sharpening knives")
    hidden = await mod.opens(await forum.board("Staff", staff_only=True), "Yellow tomato leaves again")

    async def related(person: Person, title: str) -> str:
        answer = await person.get("/topics/related", params={"title": title})
        assert answer.status_code == 200
        return answer.text

    assert f"/topics/{near.oid}" in await related(bob, "Why do the leaves of my tomatoes turn yellow?")
    assert f"/topics/{zh.oid}" in await related(bob, "我的番茄叶子为什么发黄")
    assert str(hidden.oid) not in await related(bob, "yellow tomato leaves")
    assert str(hidden.oid) in await related(mod, "yellow tomato leaves")
    for nothing in ("", "Bicycle", "the of and", "\x00", "。", "x" * 5_000):
        assert "/topics/" not in await related(bob, nothing)
    assert (await guest.get("/topics/related?title=tomato")).status_code == 403
    fields = {"title": "Yellow tomato leaves", "body": "words", "preview": "1"}
    preview = await bob.send(f"/boards/{board.oid}/topics/new", **fields)
    assert f"/topics/{near.oid}" in preview.text
    assert str(hidden.oid) not in preview.text


async def test_a_forum_from_before_is_caught_up_and_says_so(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board, "Lovage", "tall plant", tags="herb")
    reply = await bob.says(topic, "smells of celery")
    for documents in (Topic, Comment):
        await documents.raw().update_many({}, {"$unset": {"words": "", "segmented": ""}})
    catching_up._sure_until[0] = 0
    page = await asked(alice, "lovage")
    assert results(page) == []
    assert "3 older texts are still being prepared" in page.text
    assert (await alice.get(f"/topics/{topic.oid}")).status_code == 200
    assert await catch_up() == 3
    assert await catch_up() == 0
    assert await found(alice, "lovage plant herb") == [at(topic)]
    assert await found(alice, "celery") == [at(reply)]
    assert "being prepared" not in (await asked(alice, "lovage")).text


async def test_who_is_caught_up_while_the_text_changes_is_found_by_the_new_text(
    board: Board, alice: Person, bob: Person
) -> None:
    topic = await alice.opens(board, "Herbs", "tall plant")
    reply = await bob.says(topic, "smells of celery")
    await Comment.raw().update_one({"_id": reply.oid}, {"$set": {"words": [], "segmented": not_yet()}})
    another: Raw = {"html": "<p>tastes of aniseed</p>", "segmented": not_yet()}
    await catch_up_while(Comment, lambda: Comment.raw().update_one({"_id": reply.oid}, {"$set": another}))
    assert await found(alice, "celery") == []
    assert await found(alice, "aniseed") == [at(reply)]


@pytest.mark.parametrize("stage", [Topic, Comment])
@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("/topics/{}/retitle", {"title": "Lovage"}),
        ("/topics/{}/edit", {"title": "Lovage", "body": "tall plant", "tags": ""}),
        ("/admin/tags/celery/rename", {"to": "lovage"}),
    ],
)
async def test_what_people_change_meanwhile_is_not_overwritten(
    board: Board, admin: Person, stage: Any, way: str, fields: dict[str, str]
) -> None:
    """Words that were made of what was read before."""
    topic = await admin.opens(board, "Celery", "tall plant", tags="celery")
    for documents in (Topic, Comment):
        await documents.raw().update_many({}, {"$set": {"words": [], "segmented": not_yet()}})

    async def changed() -> None:
        assert (await admin.send(way.format(topic.oid), **fields)).status_code == 303

    await catch_up_while(stage, changed)
    assert await found(admin, "lovage plant") == [at(topic)]
    stored = await Topic.load(topic.oid)
    assert stored is not None
    assert set(words_of("lovage")) <= set(stored.words)


async def test_what_is_split_off_before_its_words_are_made_is_found_by_them_and_its_title(
    board: Board, alice: Person, bob: Person, mod: Person
) -> None:
    topic = await alice.opens(board, "Herbs", "tall plant")
    reply = await bob.says(topic, "smells of celery")
    await Comment.raw().update_one({"_id": reply.oid}, {"$set": {"words": [], "segmented": not_yet()}})
    split = await mod.send(f"/topics/{topic.oid}/split", number="2", title="Lovage", board=str(board.oid))
    assert split.status_code == 303
    assert await found(alice, "celery") == []
    assert await catch_up() == 1
    assert await found(alice, "celery lovage") == [(split.headers["location"].rpartition("/")[2], 1)]
