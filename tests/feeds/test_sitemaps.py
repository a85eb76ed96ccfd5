"""Sitemaps: every topic that guests may read once, in parts; and what pages say to search engines."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from app.feeds import sitemap
from documents import Board, Topic
from tests import stock
from tests.people import Forum, Person

MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


async def listed(person: Person, url: str) -> list[str]:
    answer = await person.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    root = ET.fromstring(answer.content)
    for moment in root.iterfind(".//m:lastmod", MAP):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.text or "")
    return [found.text or "" for found in root.iterfind(".//m:loc", MAP)]


async def test_parts_hold_every_topic_once(
    guest: Person, forum: Forum, board: Board, alice: Person, mod: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "PART_TOPICS", 3)
    office = await forum.board("Office", staff_only=True)
    shown = await stock.topics(board, alice, 7)
    hidden = await mod.opens(office, "Secret")
    await alice.send(f"/topics/{shown[0].oid}/delete")
    sitemap.kept.clear()
    parts = await listed(guest, "/sitemap.xml")
    assert parts[0] == f"{forum.origin}/sitemaps/places.xml"
    found = [url for part in parts[1:] for url in await listed(guest, part)]
    assert sorted(found) == sorted(f"{forum.origin}/topics/{topic.oid}" for topic in shown[1:])
    assert len(parts) == 1 + 3
    places = await listed(guest, parts[0])
    assert f"{forum.origin}/boards/{board.oid}" in places
    assert not any(str(id) in "".join(parts[:1] + places) for id in (office.oid, hidden.oid))
    robots = (await guest.get("/robots.txt")).text
    assert f"Sitemap: {forum.origin}/sitemap.xml" in robots.splitlines()


async def test_a_board_that_closes_leaves_the_sitemaps(
    guest: Person, forum: Forum, board: Board, alice: Person, admin: Person
) -> None:
    topic = await alice.opens(board)
    part = (await listed(guest, "/sitemap.xml"))[1]
    assert await listed(guest, part) == [f"{forum.origin}/topics/{topic.oid}"]
    await admin.send(f"/admin/boards/{board.oid}", name="Garden", staff_only="1")
    assert await listed(guest, part) == []


@pytest.mark.parametrize("path", ["topics-x-y.xml", "topics-.xml", "nothing.xml"])
async def test_other_names_are_no_sitemaps(guest: Person, path: str) -> None:
    assert (await guest.get(f"/sitemaps/{path}")).status_code == 404


def canonical(page: str) -> str:
    found = re.search(r'rel="canonical" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


async def test_each_page_has_one_address(guest: Person, forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board, tags="园艺")
    await stock.comments(topic, alice, 21)
    own = f"/topics/{topic.oid}"
    wanted = {
        "/": "/",
        "/?utm_source=x": "/",
        "/?sort=new": "",
        "/?after=1_" + "0" * 24: "",
        "/boards": "/boards",
        f"/boards/{board.oid}": f"/boards/{board.oid}",
        "/tags/园艺": "/tags/%E5%9B%AD%E8%89%BA",
        own: own,
        f"{own}?page=1": own,
        f"{own}?page=2&x=y": f"{own}?page=2",
        f"/users/{alice.id}/topics": f"/users/{alice.id}",
        f"/users/{alice.id}/likes": "",
        "/login": "",
        "/nowhere": "",
    }
    for path, address in wanted.items():
        page = (await guest.get(path)).text
        assert canonical(page) == (forum.origin + address if address else ""), path
        assert ('name="robots" content="noindex, follow"' in page) == (not address), path
    assert "canonical" not in (await alice.get(own)).text


def posting(page: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


async def test_a_topic_says_what_it_is(guest: Person, forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    hostile = "</script><!--<script>alert(1)//]]>\u2028 & “番茄”"
    topic = await alice.opens(board, f"Tomatoes {hostile}", f"First `{hostile}`", tags="plants")
    comment = await bob.says(topic, f"Answer `{hostile}`")
    gone = await bob.says(topic, "Not any more")
    await bob.send(f"/comments/{gone.oid}/delete")
    await bob.send(f"/comments/{await opening(topic)}/like")
    page = (await guest.get(f"/topics/{topic.oid}")).text
    post, crumbs = posting(page)
    assert (post["@context"], post["@type"]) == ("https://schema.org", "DiscussionForumPosting")
    assert post["url"] == f"{forum.origin}/topics/{topic.oid}"
    assert post["headline"] == topic.title
    assert "</script><!--<script>alert(1)//]]>" in post["text"]
    assert post["author"] == {"@type": "Person", "name": "alice", "url": f"{forum.origin}/users/{alice.id}"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", post["datePublished"])
    counts = {one["interactionType"]: one["userInteractionCount"] for one in post["interactionStatistic"]}
    assert counts["https://schema.org/LikeAction"] == 1
    (answer,) = post["comment"]
    assert answer["url"] == f"{forum.origin}/topics/{topic.oid}/n/{comment.number}"
    assert "Answer" in answer["text"]
    assert crumbs["itemListElement"][0]["item"] == f"{forum.origin}/boards/{board.oid}"
    assert "ld+json" not in (await alice.get(f"/topics/{topic.oid}")).text


async def opening(topic: Topic) -> Any:
    from documents import Comment

    return (await Comment.raw().find_one({"topic": topic.oid, "number": 1}))["_id"]  # type: ignore[index]


async def test_later_pages_belong_to_the_same_posting(guest: Person, forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "Long", "How it began")
    await stock.comments(topic, alice, 20)
    post, _ = posting((await guest.get(f"/topics/{topic.oid}?page=2")).text)
    assert post["url"] == f"{forum.origin}/topics/{topic.oid}"
    assert post["text"] == "How it began"
    assert [one["text"] for one in post["comment"]] == ["Comment 19"]
