"""What every request passes: forgery, other sites, headers, sizes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from bson import ObjectId
from quart import Quart

from app import create_app, work
from app.web.context import EXTENSION
from documents import ALL, Board, Comment, Topic
from tests import stock
from tests.people import Forum, Person

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
SAFE = {"GET", "HEAD", "OPTIONS"}


def unsafe_paths(app: Quart) -> list[str]:
    """Every path that takes a POST, with some id in it."""
    rules = [rule for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE]
    return sorted({re.sub(r"<[^>]+>", str(ObjectId()), rule.rule) for rule in rules})


async def stored() -> list[int]:
    """How many documents there are of each kind."""
    return [await document.raw().count_documents({}) for document in ALL if document not in stock.BY_ITSELF]


async def test_nothing_is_changed_without_a_token(app: Quart, board: Board, alice: Person, guest: Person) -> None:
    topic = await alice.opens(board)
    before = await stored()
    paths = [*unsafe_paths(app), f"/topics/{topic.oid}/comments", f"/boards/{board.oid}/topics/new"]
    assert len(paths) > 20
    for path in paths:
        answers = [await person.browser.post(path, data={"title": "T", "body": "B"}) for person in (alice, guest)]
        by_other_rules = (
            {401, 404, 405} if path.startswith("/api/v1/") else {404} if path.startswith("/unsubscribe/") else None
        )
        assert {answer.status_code for answer in answers} <= (by_other_rules or {403}), path
    assert await stored() == before
    assert (await Topic.get(topic.oid)) == topic


@pytest.mark.parametrize("token", ["", ".", "abc", "abc.", ".abc", "ä.ö", "a.b.c", "x" * 5000])
async def test_what_is_no_token_is_refused(board: Board, alice: Person, token: str) -> None:
    answer = await alice.send(f"/boards/{board.oid}/topics/new", csrf=token, title="T", body="B")
    assert answer.status_code == 403


async def test_the_token_of_another_log_in_is_no_token(forum: Forum, board: Board, alice: Person, bob: Person) -> None:
    assert alice.user is not None
    elsewhere = await forum.logged_in(alice.user)
    topic = await alice.opens(board)
    for token in (await bob.csrf(), await elsewhere.csrf(), await forum.guest().csrf()):
        answer = await alice.send(f"/topics/{topic.oid}/comments", csrf=token, body="Forged?")
        assert answer.status_code == 403
        assert "Forged?" in answer.text
    assert await Comment.find({"topic": topic.oid}).count() == 1


async def test_a_token_in_the_header_counts_like_one_in_the_form(board: Board, alice: Person) -> None:
    topic = await alice.opens(board)
    path = f"/topics/{topic.oid}/comments"
    said = await alice.browser.post(path, data={"body": "By script"}, headers={"X-CSRF-Token": await alice.csrf()})
    assert said.status_code == 303
    odd = await alice.browser.post(path, data={"body": "x"}, headers={b"X-CSRF-Token": "ä.ö".encode()})
    assert odd.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "file://"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_a_form_of_another_site_is_refused(board: Board, alice: Person, headers: dict[str, str]) -> None:
    token = await alice.csrf()
    fields = {"csrf_token": token, "title": "Forged", "body": "Forged"}
    answer = await alice.browser.post(f"/boards/{board.oid}/topics/new", data=fields, headers=headers)
    assert answer.status_code == 403
    assert await Topic.find_all().count() == 0


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("limits", [0.9, 2, 8])
async def test_another_site_that_sends_much_gets_its_answer(
    app: Quart, alice: Person, limits: float, accept: str
) -> None:
    """An answer while the body still arrives would be a reset connection to who sends it."""
    size = int(limits * app.config["MAX_CONTENT_LENGTH"])
    headers = {"Origin": "https://evil.example", "Accept": accept, "Content-Type": "multipart/form-data; boundary=b"}
    for content in (b"a" * size, chunks(20, size // 20)):
        answer = await alice.browser.post("/messages/new", content=content, headers=headers)
        assert answer.status_code == 403
        assert "This request came from another site" in answer.text


async def test_our_own_pages_may_send_forms(forum: Forum, board: Board, alice: Person) -> None:
    for number, headers in enumerate(({"Origin": forum.origin}, {"Sec-Fetch-Site": "same-origin"}, {})):
        fields = {"csrf_token": await alice.csrf(), "title": f"Ours {number}", "body": "Text"}
        answer = await alice.browser.post(f"/boards/{board.oid}/topics/new", data=fields, headers=headers)
        assert answer.status_code == 303


async def test_every_answer_has_the_headers(board: Board, alice: Person, guest: Person, admin: Person) -> None:
    topic = await alice.opens(board)
    paths = ["/", "/login", "/nothing", f"/topics/{topic.oid}", "/messages", "/admin", "/language/zh", "/healthz"]
    for path in paths:
        for person in (guest, alice, admin):
            headers = (await person.get(path)).headers
            assert headers.items() >= HEADERS.items(), path
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert "x-quorum-keep" not in headers
            assert "cache-control" in headers


async def test_no_page_has_inline_script_or_style(board: Board, alice: Person, admin: Person) -> None:
    topic = await alice.opens(board, body="Some `code` and ```py\nprint(1)\n```\n\n| a | b |\n|:-:|--|\n| 1 | 2 |")
    comment = await alice.says(topic, "@ada look")
    await alice.writes("ada")
    paths = [
        *("/", "/boards", f"/boards/{board.oid}", f"/topics/{topic.oid}", f"/topics/{topic.oid}/edit"),
        *(f"/comments/{comment.oid}/edit", f"/comments/{comment.oid}/delete", "/topics/new", "/nothing"),
        *("/messages", "/messages/new", "/notifications", "/settings/account", "/admin", "/admin/boards"),
        *(f"/admin/boards/{board.oid}", f"/users/{alice.id}", f"/users/{alice.id}/comments"),
    ]
    for path in paths:
        text = (await admin.get(path)).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
        assert "<style" not in text, path
        assert not re.search(r"<[^>]+\s(style|on\w+)\s*=", text), path
        assert "javascript:" not in text, path


async def chunks(count: int, size: int) -> AsyncIterator[bytes]:
    yield b"csrf_token=x&body="
    for _ in range(count):
        yield b"a" * size


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
async def test_a_body_over_the_limit_is_refused_however_it_is_sent(app: Quart, alice: Person, kind: str) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    whole = await alice.browser.post("/messages/new", content=b"a" * (2 * limit), headers={"Content-Type": kind})
    pieces = await alice.browser.post("/messages/new", content=chunks(40, limit // 10), headers={"Content-Type": kind})
    for answer in (whole, pieces):
        assert answer.status_code == 413
        assert "Too large" in answer.text


async def test_a_body_of_just_the_limit_is_read(app: Quart, alice: Person) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    fields = f"csrf_token={await alice.csrf()}&to=nobody&title=t&body="
    body = fields + "a" * (limit - len(fields))
    answer = await alice.browser.post(
        "/messages/new", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 422


async def test_what_is_sent_without_end_is_cut_off(forum: Forum, app: Quart, alice: Person) -> None:
    """Not even to give a friendly answer is it read for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", forum.settings.port)
    head = "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
    sent = 0
    try:
        while sent < 64 * app.config["MAX_CONTENT_LENGTH"] and not reader.at_eof():
            writer.write(b"40000\r\n" + b"a" * 0x40000 + b"\r\n")
            await writer.drain()
            sent += 0x40000
    except ConnectionError:
        pass
    finally:
        writer.close()
    assert sent < 48 * app.config["MAX_CONTENT_LENGTH"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
async def test_a_form_of_a_thousand_fields_is_none(alice: Person, kind: str) -> None:
    """Each is cheap to send and dear to read."""
    part = 'Content-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    body = "a=1&" * 1_500 if "url" in kind else "".join(f"--b\r\n{part}" for _ in range(1_500)) + "--b--\r\n"
    answer = await alice.browser.post("/messages/new", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 413


async def test_a_body_where_none_belongs_is_not_read(alice: Person) -> None:
    for method in ("GET", "HEAD"):
        answer = await alice.browser.request(method, "/boards", content=b"a" * 100_000)
        assert answer.status_code == 200


async def test_broken_bodies_are_no_fault_of_ours(alice: Person) -> None:
    token = await alice.csrf()
    part = b'--b\r\nContent-Disposition: form-data; name="body"'
    for kind, body in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", part),
        ("multipart/form-data; boundary=b", part + b"\r\n\r\nnever ends"),
        ("multipart/form-data; boundary=b", part + b'; filename="x"\r\n\r\nfile\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b", b"--b\r\nnonsense\r\n\r\nx\r\n--b--\r\n"),
        ("application/x-www-form-urlencoded", b"body=\xff\xfe%ff%fe%ed%a0%80&%=%&&=&title%5B%24ne%5D=x"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"body=x"),
        ("application/json", b'{"body": "x"'),
        ("nonsense", b"\x00"),
    ):
        headers = {"Content-Type": kind, "X-CSRF-Token": token}
        answer = await alice.browser.post("/messages/new", content=body, headers=headers)
        assert answer.status_code in (403, 413, 422), (kind, body, answer.status_code)


@pytest.fixture
def over_tls(forum: Forum) -> Quart:
    """The same forum as it is set up for https://forum.example."""
    listeners = list(work._listeners)
    app = create_app(forum.settings.model_copy(update={"base_url": "https://forum.example"}))
    work._listeners[:] = listeners
    return app


async def test_over_tls_every_cookie_is_secure(over_tls: Quart, alice: Person) -> None:
    browser = over_tls.test_client()
    page = await browser.get("/login", headers={"Host": "forum.example"})
    assert page.headers["strict-transport-security"]
    token = re.search(r'csrf-token" content="([^"]+)"', await page.get_data(as_text=True))
    assert token
    fields = {"csrf_token": token[1], "login": "alice", "password": "correct horse 电池 staple", "remember": "1"}
    answer = await browser.post("/login", form=fields, headers={"Origin": "https://forum.example"})
    assert answer.status_code == 303
    bye = await browser.post("/logout", form={"csrf_token": "x"})
    language = await browser.get("/language/zh")
    cookies = [cookie for found in (page, answer, bye, language) for cookie in found.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"quorum_visitor", "quorum_session", "quorum_lang"}
    for cookie in cookies:
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie


async def test_over_tls_the_same_name_without_is_another_site(over_tls: Quart, alice: Person) -> None:
    from app.web.csrf import token_for

    token = token_for(over_tls.extensions[EXTENSION].key, "visitor:v")
    for origin, status in (("http://forum.example", 403), ("https://forum.example", 422)):
        headers = {"Origin": origin, "Cookie": "quorum_visitor=v", "Host": "forum.example"}
        answer = await over_tls.test_client().post("/login", form={"csrf_token": token}, headers=headers)
        assert answer.status_code == status
