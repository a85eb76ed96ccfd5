"""What an open topic asks for when something has changed: exactly that, as the page would draw it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from documents import Board, Topic
from tests import stock
from tests.people import Forum, Person

COMMENT = re.compile(r'data-number="(\d+)"\s+data-mark="(\w+)"')
LIST = re.compile(r'<ol class="comments".*?data-version="(\d+)"', re.DOTALL)


async def shown(person: Person, topic: Topic, page: int = 1) -> dict[str, Any]:
    """What the page of somebody has, as its script would say it."""
    text = (await person.get(f"/topics/{topic.oid}?page={page}")).text
    found = {int(number): mark for number, mark in COMMENT.findall(text)}
    version = LIST.search(text)
    assert version
    marks = ".".join(found.get(number, "") for number in range(min(found), max(found) + 1))
    return {"first": min(found), "last": max(found), "marks": marks, "etag": f'"{version[1]}"'}


async def since(person: Person, topic: Topic, has: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    """The changes; None where there are none."""
    params = {**has, **more}
    headers = {"If-None-Match": params.pop("etag")}
    answer = await person.get(f"/topics/{topic.oid}/since", params=params, headers=headers)
    if answer.status_code == 304:
        return None
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_nothing_has_changed(board: Board, alice: Person, bob: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    for person in (bob, guest):
        assert await since(person, topic, await shown(person, topic)) is None


async def test_new_replies_come_as_the_page_draws_them(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    topic = await alice.opens(board)
    has = {person.name: await shown(person, topic) for person in (bob, mod, guest)}
    comment = await alice.says(topic, "**First** answer")
    await bob.says(topic, "Second answer")
    for person in (bob, mod, guest):
        found = await since(person, topic, has[person.name])
        assert found is not None
        assert [new["number"] for new in found["new"]] == [2, 3]
        assert (found["count"], found["changed"], found["more"], found["bar"].strip()) == (
            2,
            [],
            False,
            "2 new replies",
        )
        page = (await person.get(f"/topics/{topic.oid}")).text
        for new in found["new"]:
            assert " ".join(new["html"].split()) in " ".join(page.split())
        html = found["new"][0]["html"]
        assert "<strong>First</strong>" in html
        assert (f"/comments/{comment.oid}/like" in html) == (person is not guest)
        assert (f"/comments/{comment.oid}/delete" in html) == (person is mod)


async def test_edits_deletions_restores_and_likes_arrive(
    board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    topic = await alice.opens(board)
    one, two, three = await stock.comments(topic, alice, 3)
    has = await shown(guest, topic)

    async def changed() -> dict[int, str]:
        nonlocal has
        found = await since(guest, topic, has)
        assert found is not None
        has = await shown(guest, topic)
        assert await since(guest, topic, has) is None
        return {each["number"]: each["html"] for each in found["changed"]}

    await alice.send(f"/comments/{one.oid}/edit", body="Better words")
    html = await changed()
    assert list(html) == [2]
    assert "Better words" in html[2]
    await mod.send(f"/comments/{two.oid}/delete", reason="spam")
    html = await changed()
    assert list(html) == [3]
    assert "comment-gone" in html[3]
    assert "Comment 1" not in html[3]
    await mod.send(f"/comments/{two.oid}/restore")
    assert "Comment 1" in (await changed())[3]
    await bob.send(f"/comments/{three.oid}/like")
    assert list(await changed()) == [4]
    await bob.send(f"/comments/{three.oid}/unlike")
    assert list(await changed()) == [4]


async def test_more_than_fits_says_so(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    has = await shown(bob, topic)
    await stock.comments(topic, alice, 45)
    found = await since(bob, topic, has)
    assert found is not None
    assert [new["number"] for new in found["new"]] == list(range(2, 42))
    assert (found["count"], found["more"]) == (45, True)
    assert "?page=" in found["pager"]


async def test_what_the_page_knew_of_is_not_new(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    await stock.comments(topic, alice, 49)
    has = await shown(bob, topic)
    await alice.says(topic, "New")
    found = await since(bob, topic, has, known=50)
    assert found is not None
    assert [new["number"] for new in found["new"]] == [51]
    assert (found["count"], found["changed"], found["gone"], found["more"]) == (1, [], [], False)


async def test_several_pages_are_compared_at_once(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    comments = await stock.comments(topic, alice, 49)
    one, two = await shown(bob, topic), await shown(bob, topic, 2)
    has = {**one, "last": two["last"], "marks": one["marks"] + "." + two["marks"]}
    await alice.send(f"/comments/{comments[4].oid}/edit", body="Five")
    await alice.send(f"/comments/{comments[29].oid}/edit", body="Thirty")
    found = await since(bob, topic, has)
    assert found is not None
    assert [each["number"] for each in found["changed"]] == [6, 31]


@pytest.mark.parametrize(
    "query",
    [
        *("", "first=0&last=1", "first=2&last=1", "first=1&last=x", "first=1&last=99999", "first=-1&last=1"),
        *("first=1&last=²", "first=1&last=1&version=x", "first=1&last=1&marks=" + "x" * 4_001),
        "first=1&last=" + "9" * 30,
    ],
)
async def test_what_no_page_of_ours_asks_is_not_there(board: Board, alice: Person, bob: Person, query: str) -> None:
    topic = await alice.opens(board)
    answer = await bob.get(f"/topics/{topic.oid}/since?{query}")
    assert answer.status_code == 404


async def test_junk_that_is_bounded_is_no_fault(board: Board, alice: Person, bob: Person) -> None:
    topic = await alice.opens(board)
    for query in ("first=1&last=280", "first=1&last=20&marks=..<b>.%00", "first=1&last=1&version=999999999"):
        answer = await bob.get(f"/topics/{topic.oid}/since?{query}", headers={"If-None-Match": "junk"})
        assert answer.status_code == 200, query


async def test_hidden_and_missing_are_the_same(
    forum: Forum, board: Board, alice: Person, bob: Person, mod: Person, guest: Person
) -> None:
    hidden = await mod.opens(await forum.board("Backstage", staff_only=True, position=2))
    gone = await alice.opens(board)
    await alice.send(f"/topics/{gone.oid}/delete")
    missing = await bob.get(f"/topics/{'0' * 24}/since?first=1&last=1")
    assert missing.status_code == 404
    for topic in (hidden, gone):
        for person in (bob, guest):
            answer = await person.get(f"/topics/{topic.oid}/since?first=1&last=1")
            assert (answer.status_code, answer.json()) == (404, missing.json())


async def test_who_is_blocked_is_folded_here_too(board: Board, alice: Person, bob: Person, charlie: Person) -> None:
    topic = await alice.opens(board)
    await bob.send(f"/users/{alice.id}/block")
    has = await shown(bob, topic)
    await alice.says(topic, "Folded words")
    for person, folded in ((bob, True), (charlie, False)):
        found = await since(person, topic, has)
        assert found is not None
        assert ('class="fold"' in found["new"][0]["html"]) == folded
