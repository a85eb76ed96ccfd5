"""What a forum shows of itself elsewhere: in a shared link and on a home screen."""

from __future__ import annotations

import html
import json
import re
from io import BytesIO
from urllib.parse import quote

from PIL import Image

from documents import Board
from tests.avatars.pictures import quarters, saved
from tests.people import Forum, Person
from tests.uploads.sending import sent


def said(page: str) -> dict[str, str]:
    """The page's properties for those who show a link to it."""
    found = re.findall(r'property="(og:[a-z:_]+)"\s+content="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


async def test_a_shared_topic_shows_title_text_and_picture(guest: Person, board: Board, alice: Person) -> None:
    text = "番茄红了，<b>真的</b> & 很甜。" * 30
    topic = await alice.opens(board, "“Tomatoes” & <more>", text)
    shown = said((await guest.get(f"/topics/{topic.oid}")).text)
    assert (shown["og:type"], shown["og:title"]) == ("article", "“Tomatoes” & <more>")
    assert shown["og:description"].startswith("番茄红了，真的 & 很甜。")
    assert 170 < len(shown["og:description"]) <= 180, "a text without spaces is cut where it is long enough"
    picture = await guest.get(shown["og:image"])
    assert shown["og:image"].startswith("http")
    assert picture.headers["content-type"] == "image/png"
    size = int(shown["og:image:width"]), int(shown["og:image:height"])
    assert Image.open(BytesIO(picture.content)).size == size


async def test_a_picture_in_its_text_stands_for_a_topic(guest: Person, board: Board, alice: Person) -> None:
    files = [
        await sent(alice, saved(quarters(*size)), name)
        for size, name in (((90, 400), "i.jpg"), ((500, 300), "番茄.jpg"))
    ]
    topic = await alice.opens(board, body="\n\n".join(each["markdown"] for each in files))
    page = (await guest.get(f"/topics/{topic.oid}")).text
    shown = said(page)
    assert shown["og:image"].endswith(quote(files[1]["url"]))
    assert (shown["og:image:width"], shown["og:image:height"]) == ("500", "300")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1])[0]["image"] == shown["og:image"]
    assert (await guest.get(shown["og:image"])).headers["content-type"] == "image/webp"
    printed = (await guest.get(f"/topics/{topic.oid}/print")).text
    assert re.findall(r'rel="canonical" href="(http[^"]+)"', printed) == [f"{topic_origin(shown)}/topics/{topic.oid}"]


def topic_origin(shown: dict[str, str]) -> str:
    return shown["og:url"].partition("/topics/")[0]


async def test_other_pages_say_what_they_are(guest: Person, forum: Forum, board: Board, alice: Person) -> None:
    await alice.opens(board, "Tomatoes", tags="plants")
    wanted = {
        "/": "Quorum",
        f"/boards/{board.oid}": board.name,
        "/tags/plants": "plants",
        f"/users/{alice.id}": "alice",
        "/boards": "Boards · Quorum",
        "/login": "Log in · Quorum",
        "/nowhere": "Not found · Quorum",
    }
    for path, title in wanted.items():
        shown = said((await guest.get(path)).text)
        assert shown["og:title"] == title, path
        assert shown["og:description"], path


async def test_what_only_members_see_is_not_for_sharing(board: Board, alice: Person) -> None:
    assert said((await alice.get(f"/boards/{board.oid}")).text) == {}


async def test_a_home_screen_gets_a_name_and_pictures(guest: Person, alice: Person) -> None:
    for who in (guest, alice):
        page = (await who.get("/")).text
        answer = await who.get(re.findall(r'rel="manifest"\s+href="([^"]+)"', page)[0])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/manifest+json")
        about = answer.json()
        assert (about["name"], about["start_url"]) == ("Quorum", "/")
        touch = re.findall(r'rel="apple-touch-icon"\s+href="([^"]+)"', page)[0]
        for url, size in [(touch, "180x180"), *((icon["src"], icon["sizes"]) for icon in about["icons"])]:
            picture = await who.get(url)
            assert picture.headers["content-type"] == "image/png"
            assert "{}x{}".format(*Image.open(BytesIO(picture.content)).size) == size
