"""deploy/nginx as it is, for real: TLS, two application processes, a worker, and nginx in front of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.async_api import Page, async_playwright, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from documents.clock import now
from tests.browser.conftest import FLAGS
from tests.browser.test_live import HEARD
from tests.people import PASSWORD, TOKEN
from tests.scripts.processes import ROOT, Script, descendants, eventually, free_port, started

CONF = ROOT / "deploy" / "nginx"
READY = "Quorum is ready"
# As deploy/nginx says for one address.
LINES_MAX = 50
# Fewer than somebody may send in a minute.
MESSAGES_MAX = 15
# What the light of a page has said, in order.
STATES = """
window.states = [];
document.addEventListener("DOMContentLoaded", () => {
  const light = document.getElementById("live");
  const note = () => { if (window.states.at(-1) !== light.dataset.state) window.states.push(light.dataset.state); };
  new MutationObserver(note).observe(light, { attributeFilter: ["data-state"] });
  note();
});
"""


@dataclass
class Site:
    """The whole of it."""

    script: Script
    https: int
    http: int
    app: int
    data: Path

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.https}"

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.origin, verify=False, trust_env=False, timeout=60)


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    moment = now()
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = made.not_valid_before(moment).not_valid_after(moment + timedelta(days=1)).sign(key, hashes.SHA256())
    pem, private = folder / "fullchain.pem", folder / "privkey.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return pem, private


def configured(folder: Path, data: Path, app: int, http: int, https: int) -> Path:
    """The configuration of deploy/ with other ports and folders, and nothing else changed."""
    pem, key = certificate(folder)
    text = (CONF / "quorum-upstream.conf").read_text() + (CONF / "quorum.conf").read_text()
    changes = {
        "server 127.0.0.1:5000": f"server 127.0.0.1:{app}",
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen [::]:80;": "",
        "listen 443 ssl": f"listen 127.0.0.1:{https} ssl",
        "listen [::]:443 ssl http2;": "",
        "server_name forum.example;": "server_name localhost;",
        "/etc/letsencrypt/live/forum.example/fullchain.pem": str(pem),
        "/etc/letsencrypt/live/forum.example/privkey.pem": str(key),
        "root /opt/quorum;": f"root {ROOT};",
        "alias /var/lib/quorum/files/;": f"alias {data / 'files'}/;",
        "$host$request_uri": f"$host:{https}$request_uri",
        "proxy_set_header Host $host;": f"proxy_set_header Host $host:{https};",
    }
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    path = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    path.write_text(
        f"{user}daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\ninclude {mime_types(folder)};\naccess_log off;\n{temporary}{text}\n}}\n"
    )
    return path


def mime_types(folder: Path) -> Path:
    """nginx's own where it is installed as usual."""
    usual = Path("/etc/nginx/mime.types")
    if usual.exists():
        return usual
    (folder / "mime.types").write_text("types { text/css css; text/javascript js; image/svg+xml svg; }")
    return folder / "mime.types"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All processes, started once."""
    nginx = os.environ.get("QUORUM_TEST_NGINX")
    if not nginx:
        pytest.skip("no nginx: run scripts/test.py, or set QUORUM_TEST_NGINX")
    folder = tmp_path_factory.mktemp("site")
    data, app, http, https = folder / "var", free_port(), free_port(), free_port()
    env = {
        "QUORUM_BASE_URL": f"https://localhost:{https}",
        "QUORUM_TRUSTED_PROXIES": "1",
        "QUORUM_SENDFILE_PREFIX": "/_files",
        "QUORUM_JOBS": "apart",
        "QUORUM_DATA_DIR": str(data),
    }
    path = configured(folder, data, app, http, https)
    arguments = ("--processes", "2", "--bind", f"127.0.0.1:{app}")
    with contextlib.ExitStack() as running:
        script = running.enter_context(started("run", *arguments, log=folder / "log", **env))
        script.wait_for(READY)
        worker = running.enter_context(started("worker", log=folder / "worker.log", **env))
        worker.wait_for("Waiting for jobs")
        server = subprocess.Popen([nginx, "-p", str(folder), "-c", str(path)], stderr=subprocess.PIPE)
        running.callback(server.wait)
        running.callback(server.terminate)
        found = Site(script, https, http, app, data)
        eventually(lambda: _answers(found) or server.poll() is not None)
        assert server.poll() is None, server.stderr and server.stderr.read()
        yield found
        script.signal(signal.SIGTERM)


def _answers(site: Site) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{site.origin}/healthz", verify=False, trust_env=False).status_code == 200
    return False


@pytest.fixture
async def guest(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.browser() as browser:
        yield browser


@pytest.fixture
async def member(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.browser() as browser:
        await register(browser, f"member{free_port()}")
        yield browser


async def register(browser: httpx.AsyncClient, name: str) -> None:
    await post(browser, "/register", username=name, email=f"{name}@example.org", password=PASSWORD, confirm=PASSWORD)
    browser.headers["X-CSRF-Token"] = await token(browser)


async def token(browser: httpx.AsyncClient) -> str:
    page = await browser.get("/login", follow_redirects=True)
    found = TOKEN.search(page.text)
    assert found, page.text
    return found[1]


async def post(browser: httpx.AsyncClient, path: str, **fields: Any) -> httpx.Response:
    """A form, as the page that it is on sends it."""
    sent = {"csrf_token": browser.headers.get("X-CSRF-Token") or await token(browser), **fields}
    answer = await browser.post(path, data=sent, headers={"Origin": str(browser.base_url).rstrip("/")})
    assert answer.status_code == 303, answer.text
    return answer


async def test_plain_http_leads_to_tls_and_cookies_are_secure(site: Site, guest: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(trust_env=False) as browser:
        plain = await browser.get(f"http://localhost:{site.http}/boards")
    assert (plain.status_code, plain.headers["location"]) == (301, f"{site.origin}/boards")
    page = await guest.get("/login")
    assert page.headers["strict-transport-security"]
    assert "Secure" in page.headers["set-cookie"]
    assert "gzip" in page.headers["content-encoding"]


async def test_nginx_serves_the_folder_and_the_forum_what_it_joins(guest: httpx.AsyncClient) -> None:
    page = (await guest.get("/login")).text
    script = re.search(r'src="(/static/js/[\w.]+\?v=\w+)"', page)
    sheet = re.search(r'href="(/static/css/app.css\?v=\w+)"', page)
    assert script
    assert sheet
    served = await guest.get(script[1])
    assert "last-modified" in served.headers  # the forum sends none
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert served.headers["content-type"].partition(";")[0] in ("text/javascript", "application/javascript")
    assert served.text == (ROOT / script[1].lstrip("/").partition("?")[0]).read_text()
    joined = await guest.get(sheet[1])
    assert (joined.status_code, "last-modified" in joined.headers) == (200, False)
    assert (await guest.get("/static/../pyproject.toml")).status_code == 404


async def test_nginx_sends_what_the_forum_lets_be_read(
    site: Site, member: httpx.AsyncClient, guest: httpx.AsyncClient
) -> None:
    content = b"only mine, until it is in a text"
    files = {"file": ("mine.txt", content, "text/plain")}
    sent = await member.post("/uploads", files=files, headers={"Origin": site.origin})
    assert sent.status_code == 201, sent.text
    got = await member.get(sent.json()["url"])
    assert (got.status_code, got.content) == (200, content)
    assert "last-modified" in got.headers
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert "sandbox" in got.headers["content-security-policy"]
    assert "accel" not in str(got.headers).lower()
    again = await member.get(sent.json()["url"], headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 304
    assert (await guest.get(sent.json()["url"])).status_code == 404
    (stored,) = (path for path in (site.data / "files").rglob("*-*") if path.is_file())
    assert (await guest.get(f"/_files/{stored.relative_to(site.data / 'files')}")).status_code == 404


async def test_websockets_pass_and_nothing_else_is_upgraded(site: Site, member: httpx.AsyncClient) -> None:
    trusting = ssl._create_unverified_context()
    cookies = "; ".join(f"{name}={value}" for name, value in member.cookies.items())
    where = f"wss://localhost:{site.https}/ws"
    async with connect(
        where, ssl=trusting, additional_headers={"Cookie": cookies, "Origin": site.origin}, proxy=None
    ) as line:
        assert json.loads(await asyncio.wait_for(line.recv(), 20))["type"] == "ready"
    reader, writer = await asyncio.open_connection("localhost", site.https, ssl=trusting)
    writer.write(
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"
    )
    assert b" 200 " in await asyncio.wait_for(reader.readline(), 20)
    writer.close()


async def test_a_claimed_address_reaches_nobody(member: httpx.AsyncClient) -> None:
    await member.get("/", headers={"X-Forwarded-For": "6.6.6.6"})
    page = await member.get("/settings/logins")
    assert "127.0.0.1" in page.text
    assert "6.6.6.6" not in page.text


async def test_bodies_are_bounded_before_they_arrive(site: Site, member: httpx.AsyncClient) -> None:
    form = await member.post("/drafts", content=b"x" * (3 << 20), headers={"Origin": site.origin})
    assert form.status_code == 413
    assert "内容太大了" in form.text
    files = {"file": ("large.txt", b"words\n" * (1 << 19), "text/plain")}
    sent = await member.post("/uploads", files=files, headers={"Origin": site.origin})
    assert sent.status_code == 201, sent.text


async def test_the_worker_sends_the_letters(site: Site, member: httpx.AsyncClient) -> None:
    def found() -> list[Path]:
        return list((site.data / "mail").glob("*.eml"))

    assert await asyncio.to_thread(eventually, found)


async def test_metrics_are_of_all_processes_and_for_this_machine_alone(site: Site, guest: httpx.AsyncClient) -> None:
    assert (await guest.get("/metrics")).status_code == 404
    async with httpx.AsyncClient(trust_env=False) as here:
        where = f"http://127.0.0.1:{site.app}/metrics"
        claimed = await here.get(where, headers={"X-Forwarded-For": "127.0.0.1"})
        assert claimed.status_code == 404
        text = (await here.get(where)).text
    assert 'quorum_answers{service="mongodb"} 1.0' in text
    assert re.search(r'quorum_requests_total\{method="GET",route="/login",status="200"\} [1-9]', text)
    processes = set(re.findall(r'quorum_process_resident_bytes\{pid="(\d+)"\}', text))
    assert len(processes) == 2
    assert {int(pid) for pid in processes} <= descendants(site.script.process.pid)


@pytest.fixture
async def watched(site: Site, member: httpx.AsyncClient) -> AsyncIterator[tuple[str, Page | None]]:
    """The name of somebody who hears from the member, and their open page where there is a browser."""
    async with site.browser() as theirs:
        name = f"reader{free_port()}"
        await register(theirs, name)
        me = re.search(r'data-user="([0-9a-f]{24})"', (await member.get("/boards")).text)
        assert me
        await post(theirs, f"/users/{me[1]}/follow")
        path = os.environ.get("QUORUM_TEST_BROWSER")
        if not path:
            yield name, None
            return
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
            context = await browser.new_context(base_url=site.origin, ignore_https_errors=True)
            kept = [{"name": key, "value": value, "url": site.origin} for key, value in theirs.cookies.items()]
            await context.add_cookies(kept)  # type: ignore[arg-type]
            await context.add_init_script(HEARD + STATES)
            page = await context.new_page()
            await page.goto("/boards")
            await expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
            yield name, page
            await browser.close()


async def test_a_rolling_restart_drops_no_request_and_no_event(
    site: Site, member: httpx.AsyncClient, watched: tuple[str, Page | None]
) -> None:
    """Reads, writes and messages go on while every process is replaced; a page that is open misses nothing."""
    done = asyncio.Event()
    name, page = watched

    async def read() -> int:
        count = 0
        async with site.browser() as browser:
            while not done.is_set():
                assert (await browser.get("/healthz")).status_code == 200
                count += 1
                await asyncio.sleep(0.05)
        return count

    async def write() -> int:
        count = 0
        while not done.is_set():
            await post(member, "/drafts/discard", place="topic:")
            count += 1
            await asyncio.sleep(0.1)
        return count

    before = site.script.output.count("Replacing the application's processes")
    tasks = [asyncio.create_task(read()), asyncio.create_task(write()), asyncio.create_task(talk(member, name, done))]
    site.script.process.send_signal(signal.SIGHUP)

    def replaced() -> bool:
        line = site.script.output.rpartition("Replacing the application's processes")[2]
        return site.script.output.count("Replacing the application's processes") > before and "done" in line

    await asyncio.to_thread(eventually, replaced)
    done.set()
    counts = await asyncio.gather(*tasks)
    assert all(count > 0 for count in counts)
    if page is not None:
        await missed_nothing(page, counts[-1])


async def talk(member: httpx.AsyncClient, name: str, done: asyncio.Event) -> int:
    """Messages to somebody until it is done; gives how many."""
    count = 0
    while not done.is_set() and count < MESSAGES_MAX:
        count += 1
        await post(member, "/messages/new", to=name, title=f"Number {count}", body="While it is replaced")
        await asyncio.sleep(0.4)
    return count


async def missed_nothing(page: Page, count: int) -> None:
    """Each event once and in order; the light has said that it catches up, and is live again."""
    await page.wait_for_function("(count) => window.heard.length >= count", arg=count, timeout=30_000)
    assert await page.evaluate("window.heard") == list(range(1, count + 1))
    await expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=30_000)
    states = await page.evaluate("window.states")
    assert states[-2:] == ["catching-up", "live"], states
    assert len(states) > 2


async def test_one_address_has_so_many_lines(site: Site, member: httpx.AsyncClient) -> None:
    """As many websockets as nginx lets one address have; the next is refused with 429, and one that goes makes room."""
    cookies = "; ".join(f"{name}={value}" for name, value in member.cookies.items())

    def one() -> connect:
        headers = {"Cookie": cookies, "Origin": site.origin}
        context = ssl._create_unverified_context()
        where = f"wss://localhost:{site.https}/ws"
        return connect(where, ssl=context, additional_headers=headers, proxy=None, open_timeout=60)

    lines = [await one() for _ in range(LINES_MAX)]
    with pytest.raises(InvalidStatus) as refused:
        await one()
    assert refused.value.response.status_code == 429
    await lines.pop().close()
    async with asyncio.timeout(20):
        while len(lines) < LINES_MAX:
            with contextlib.suppress(InvalidStatus):
                lines.append(await one())
    await asyncio.gather(*(line.close() for line in lines))


async def test_one_address_cannot_ask_without_end(site: Site) -> None:
    """Last, as it leaves this address with nothing."""
    async with site.browser() as browser:
        answers = await asyncio.gather(*(browser.get("/healthz") for _ in range(300)))
    assert {answer.status_code for answer in answers} == {200, 429}
    assert all("请慢一点" in answer.text for answer in answers if answer.status_code == 429)


def test_while_nobody_serves_it_says_so(site: Site) -> None:
    """Last of all, as nobody serves any more: that there was too much before only delays it."""
    site.script.signal(signal.SIGTERM)
    eventually(lambda: _said(site) == 502)


def _said(site: Site) -> int:
    answer = httpx.get(f"{site.origin}/boards", verify=False, trust_env=False)
    assert answer.status_code in (429, 502)
    assert answer.status_code == 429 or "请稍等片刻" in answer.text
    return answer.status_code
