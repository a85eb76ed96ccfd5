"""Atom feeds, read with a real XML parser: valid whatever people type, and never more than a guest may read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import httpx
import pytest

from documents import Board, Comment, Topic
from tests.people import Forum, Person

ATOM = {"a": "http://www.w3.org/2005/Atom"}
# What XML has no place for, what ends CDATA and elements, letters beyond the BMP, half of a pair, other directions.
HOSTILE = "x\x00\x08\x0b\x1f\ufffe ]]> </content> &amp; <script>alert(1)</script> 𝒳 \u202e “番茄”"


async def read(person: Person, path: str, **options: Any) -> ET.Element:
    answer = await person.get(path, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return ET.fromstring(answer.content)


def said(parent: ET.Element, path: str) -> str:
    return parent.findtext(path, "", ATOM)


def links(parent: ET.Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in parent.findall("a:link", ATOM)}


async def test_each_feed_says_what_its_page_shows(guest: Person, forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board, "Tomatoes 番茄", "The **first** text", tags="plants")
    comment = await alice.says(topic, "An answer")
    paths = {
        "/feeds/topics": "/",
        f"/feeds/boards/{board.oid}": f"/boards/{board.oid}",
        f"/feeds/topics/{topic.oid}": f"/topics/{topic.oid}",
        f"/feeds/users/{alice.id}": f"/users/{alice.id}",
        "/feeds/tags/plants": "/tags/plants",
    }
    names = set()
    for path, page in paths.items():
        feed = await read(guest, path)
        assert links(feed) == {"self": forum.origin + path, "alternate": forum.origin + page}
        assert said(feed, "a:id")
        assert said(feed, "a:updated") == max(e.text or "" for e in feed.iterfind(".//a:entry/a:updated", ATOM))
        (opening,) = [entry for entry in feed.iterfind("a:entry", ATOM) if said(entry, "a:title") == "Tomatoes 番茄"]
        names.add(said(opening, "a:id"))
        assert links(opening) == {"alternate": f"{forum.origin}/topics/{topic.oid}"}
        assert said(opening, "a:content") == "<p>The <strong>first</strong> text</p>\n"
        assert said(opening, "a:author/a:name") == "alice"
        assert [tag.attrib["term"] for tag in opening.findall("a:category", ATOM)] == ["plants"]
        assert (
            f'type="application/atom+xml"\n            title="Atom feed"\n            href="{path}"'
            in (await guest.get(page)).text
        )
    assert len(names) == 1, "a text is the same one in every feed"
    assert names.pop().startswith("urn:uuid:")
    (answer, _) = (await read(guest, f"/feeds/topics/{topic.oid}")).findall("a:entry", ATOM)
    assert links(answer)["alternate"] == f"{forum.origin}/topics/{topic.oid}/n/{comment.number}"


async def test_texts_are_safe_and_lead_back(guest: Person, forum: Forum, board: Board, alice: Person) -> None:
    body = f'[here](/boards) @alice [there](#below) ![p](/files/x.png) `href="/no"` [^1]\n\n[^1]: Note\n\n{HOSTILE}'
    topic = await alice.opens(board, f"Title {HOSTILE}", body)
    feed = await read(guest, "/feeds/topics")
    html = said(feed, "a:entry/a:content")
    assert f'href="{forum.origin}/boards"' in html
    assert f'href="{forum.origin}/users/{alice.id}"' in html
    assert f'href="{forum.origin}/topics/{topic.oid}#' in html
    assert f'src="{forum.origin}/files/x.png"' in html
    assert 'href="/no"' in html.replace("&quot;", '"')
    assert "<script" not in html
    assert "class=" not in html
    assert 'href="/' not in html.replace('<code>href="/no"</code>', "")


async def test_what_was_stored_without_a_form_is_valid_too(guest: Person, board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    await Topic.raw().update_one({"_id": topic.oid}, {"$set": {"title": HOSTILE, "tags": [HOSTILE]}})
    await Comment.raw().update_one({"topic": topic.oid}, {"$set": {"html": f"<p>{HOSTILE}</p>", "excerpt": HOSTILE}})
    for path in ("/feeds/topics", f"/feeds/topics/{topic.oid}", f"/feeds/users/{alice.id}"):
        feed = await read(guest, path)
        assert "\x00" not in said(feed, "a:entry/a:title")


async def test_who_has_it_already_gets_nothing(guest: Person, board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    path = f"/feeds/topics/{topic.oid}"
    first = await guest.get(path)
    assert first.headers["cache-control"] == "public, max-age=60"
    assert "set-cookie" not in first.headers
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for asked in ({"If-None-Match": tag}, {"If-None-Match": f"W/{tag}"}, {"If-Modified-Since": changed}):
        again = await guest.get(path, headers=asked)
        assert (again.status_code, again.content) == (304, b""), asked
    await alice.says(topic, "News")
    later = await guest.get(path, headers={"If-None-Match": tag})
    assert later.status_code == 200
    assert later.headers["etag"] != tag


async def test_what_guests_may_not_read_is_in_no_feed(
    guest: Person, forum: Forum, board: Board, alice: Person, mod: Person, admin: Person
) -> None:
    office = await forum.board("Office", staff_only=True)
    secret = await mod.opens(office, "Secret plan", tags="plan")
    gone = await alice.opens(board, "Gone topic", tags="plan")
    kept = await alice.opens(board, "Kept topic")
    said_there = await mod.says(kept, "Gone comment")
    assert "Gone topic" in (await guest.get("/feeds/topics")).text
    await alice.send(f"/topics/{gone.oid}/delete")
    await mod.send(f"/comments/{said_there.oid}/delete")
    for who in (guest, mod):
        for path in (f"/feeds/boards/{office.oid}", f"/feeds/topics/{secret.oid}", f"/feeds/topics/{gone.oid}"):
            assert (await who.get(path)).status_code == 404
        for path in ("/feeds/topics", "/feeds/tags/plan", f"/feeds/users/{mod.id}", f"/feeds/topics/{kept.oid}"):
            text = (await who.get(path)).text
            assert "Secret plan" not in text, path
            assert "Gone" not in text, path
    for page in (f"/boards/{office.oid}", f"/topics/{secret.oid}"):
        assert "/feeds/" not in (await admin.get(page)).text


@pytest.mark.parametrize(
    "path", ["/feeds/tags/a,b", "/feeds/tags/%20", "/feeds/tags/..%2f", "/feeds/users/x", "/feeds"]
)
async def test_what_names_nothing_is_not_there(guest: Person, path: str) -> None:
    assert (await guest.get(f"/feeds/{path}")).status_code == 404


async def test_a_tag_in_any_script_has_a_feed(guest: Person, forum: Forum, board: Board, alice: Person) -> None:
    await alice.opens(board, "番茄", tags="园艺")
    feed = await read(guest, "/feeds/tags/园艺")
    assert links(feed)["self"].isascii()
    again: httpx.Response = await guest.get(links(feed)["self"])
    assert "番茄" in again.text
