"""Whatever is in the address line or the headers: a page, a refusal, but no fault."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from documents import Board
from tests.people import Forum, Person

SECONDS = 5
ID = "a" * 24

PATHS = (
    *("/%ff", "/%", "/%zz", "/tags/%00", "/@%00", "/@%ED%A0%80", "/tags/%F0%9F%98%80", "/\\evil", "/.", "//boards//x"),
    *(
        "/static/../app/settings.py",
        "/static/%2e%2e/app/settings.py",
        "/static/",
        "/admin/",
        "/topics/new/",
        "/tags/..",
    ),
    *("/" + "a" * 30_000, "/@" + "a" * 5_000, "/tags/" + "b" * 5_000, "/users/" + "0" * 25, "/language/xx"),
    *("/theme/%3Cscript%3E", "/comments/" + "0" * 24, "/files/x", "/api/v1/x", "/boards/%24ne", "/topics/1"),
)
QUERIES = (
    *("x=%ff", "sort=%00", "sort=active&sort=new", "after=x", "after=_", f"after=1_{'z' * 24}", "&&&==="),
    *(f"sort=hot&after={value}_{ID}" for value in ("nan", "inf", "1e999", "-1", "")),
    *(f"sort=new&before={value}_{ID}" for value in ("9" * 30, "-62135596800001", "9" * 5_000, "0x1", "%D9%A1", "")),
    *("title[$ne]=x", "sort[$gt]=", "after=" + "a" * 20_000),
)
PAGES = ("0", "-1", "2", "99999999999", "abc", "", "1.0", "%00", "9" * 5_000, "1_0", "+1", "%D9%A3")
NUMBERS = ("0", "2", "9" * 30, "9" * 5_000, "-1", "x", "1.0", "%D9%A3")
HEADERS = (
    *("Host: exa mple", "Host: a..b", "Host: " + "x" * 300, "Host: [::1", 'Host: a"b<script>', "Host: é", "Host:"),
    *("Cookie: quorum_session=é", "Cookie: =;=;;", "Cookie: quorum_lang=<script>", "Cookie: quorum_flash=é"),
    *("Cookie: quorum_session=a.b.c; quorum_visitor=\x81", "Cookie: " + "a" * 20_000, "Range: bytes=9-1"),
    *("Accept-Language: " + "zh," * 5_000, "Accept-Language: zh;q=x, \xff;;;,,", "Accept: application/json;q=x"),
    *("X-Forwarded-For: " + "1," * 5_000, "Authorization: \xe9", "Origin: http://[", "If-None-Match: \xe9"),
    *("Referer: http://[", "Referer: \xff", "Sec-Purpose: \xff"),
)


async def ask(forum: Forum, line: str, *headers: str) -> tuple[int, str]:
    """Send a request as it stands; gives the status and what follows the headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", forum.settings.port)
    host = () if any(header.startswith("Host") for header in headers) else ("Host: localhost",)
    last = () if any(header.startswith("Connection") for header in headers) else ("Connection: close",)
    writer.write("\r\n".join([f"{line} HTTP/1.1", *host, *headers, *last, "", ""]).encode("latin-1"))
    async with asyncio.timeout(SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.read(-1) if last else b""
    writer.close()
    return int(head.split(b" ", 2)[1]), body.decode()


async def wrong(forum: Forum, lines: Iterable[str], allowed: set[int]) -> dict[str, int]:
    """Those of these requests that are answered with another status."""
    found = {line[:60]: (await ask(forum, line))[0] for line in lines}
    return {line: status for line, status in found.items() if status not in allowed}


async def test_an_odd_path_is_just_not_there(forum: Forum) -> None:
    assert await wrong(forum, (f"GET {path}" for path in PATHS), {400, 403, 404}) == {}


async def test_an_odd_query_shows_the_list(forum: Forum, board: Board, alice: Person) -> None:
    await alice.opens(board)
    for path in ("/", f"/boards/{board.oid}", f"/users/{alice.id}/comments", "/tags/x"):
        assert await wrong(forum, (f"GET {path}?{query}" for query in QUERIES), {200}) == {}


async def test_a_page_or_number_that_is_not_there_is_not_there(forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    assert await wrong(forum, (f"GET /topics/{topic.oid}?page={page}" for page in PAGES), {404}) == {}
    assert await wrong(forum, (f"GET /topics/{topic.oid}/n/{number}" for number in NUMBERS), {404}) == {}


async def test_odd_headers_are_no_fault_of_ours(forum: Forum, board: Board) -> None:
    for path in ("/", "/login", "/nothing", "/language/zh"):
        for header in HEADERS:
            status, body = await ask(forum, f"GET {path}", header)
            assert status in (200, 303, 400, 404), (path, header[:60])
            assert "<script>" not in body


async def test_an_odd_host_opens_no_websocket_and_is_no_fault_of_ours(forum: Forum) -> None:
    upgrade = ("Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
    for header in HEADERS:
        if header.startswith(("Host", "Origin", "Cookie")):
            status, _ = await ask(forum, "GET /ws", header, "Connection: Upgrade", *upgrade)
            assert status in (400, 401, 403), header[:60]


async def test_other_methods_get_an_answer(forum: Forum, board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    for path in ("/", "/login", f"/topics/{topic.oid}", "/nothing", "/static/css/app.css", "/healthz"):
        for method in ("OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "FOO"):
            status, _ = await ask(forum, f"{method} {path}", "Content-Length: 0")
            assert status in (200, 403, 404, 405), (method, path)


async def test_a_method_that_a_page_does_not_take_is_named(alice: Person, board: Board) -> None:
    topic = await alice.opens(board)
    answer = await alice.send(f"/topics/{topic.oid}")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS"}
    assert "This page does not accept that kind of request." in answer.text


async def test_head_is_get_without_the_body(forum: Forum, board: Board) -> None:
    for path in ("/", f"/boards/{board.oid}", "/static/css/app.css"):
        assert await ask(forum, f"HEAD {path}") == await ask(forum, f"HEAD {path}") == (200, "")
        assert len((await ask(forum, f"GET {path}"))[1]) > 100
