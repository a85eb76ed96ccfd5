"""The first thing that a request meets, before Quart: static files and guests' pages, answered from memory.

Both cost a tenth of a request that goes through the framework. Whatever is not there goes on to Quart.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from pymongo.errors import PyMongoError

from app.errors import Refusal
from app.web.assets import PREFIX, Assets
from app.web.numbers import from_memory
from app.web.pages import FILES_PREFIX

Scope = dict[str, Any]
App = Callable[[Scope, Any, Any], Any]
Headers = list[tuple[bytes, bytes]]

# Cookies that do not change what a guest sees, beside those that are part of the key.
HARMLESS: Final = frozenset({"quorum_visitor", "quorum_device", "quorum_js"})
LOCALE_COOKIE: Final = "quorum_lang"
THEME_COOKIE: Final = "quorum_theme"
# Which announcement this browser has put away.
ANNOUNCEMENT_COOKIE: Final = "quorum_announcement"
KEEP_HEADER: Final = b"x-quorum-keep"
# Used only while the line to the other processes is up; without it nobody says when a page has changed.
FRESH_SECONDS: Final = 60.0
FRESH_SECONDS_ALONE: Final = 1.0
PACK_LEVEL: Final = 6
# A millisecond. Larger ones are packed in a thread, beside the loop.
PACK_HERE_BYTES: Final = 64 * 1024
DROPS_REMEMBERED: Final = 10_000
# Longer ones are nobody's browser: such a request is answered, but not from memory.
LANGUAGES_MAX: Final = 100
PREFERENCES_MAX: Final = 80

Key = tuple[bytes, bytes, str]


@dataclass(slots=True)
class Page:
    """A whole answer to a guest, plain and compressed, and the topic whose view it is."""

    headers: Headers
    body: bytes
    packed: bytes
    tags: frozenset[str]
    until: float
    topic: str | None


class GuestPages:
    """Guests' pages by path, query and languages; dropped by tag when an event says that they changed."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._drops = 0
        self._dropped: dict[str, int] = {}
        self._all_dropped = 0
        self.connected = False

    def moment(self) -> int:
        """A mark to hand to `put`, taken before a page is made."""
        return self._drops

    def get(self, key: Key) -> Page | None:
        """A page that is still good."""
        page = self._pages.get(key)
        if page is None:
            return None
        if page.until < time.monotonic():
            self._forget(key)
            return None
        self._pages.move_to_end(key)
        return page

    def put(
        self,
        key: Key,
        headers: Headers,
        body: bytes,
        tags: frozenset[str],
        topic: str | None,
        began: int,
        packed: bytes | None = None,
    ) -> None:
        """Keep a page; `tags` say what it shows. One that changed while it was made, since `began`, is not kept."""
        if self._all_dropped > began or any(self._dropped.get(tag, 0) > began for tag in tags):
            return
        fresh = FRESH_SECONDS if self.connected else FRESH_SECONDS_ALONE
        self._forget(key)
        page = Page(headers, body, packed or pack(body), tags, time.monotonic() + fresh, topic)
        self._pages[key] = page
        self._size += _weight(page)
        while self._size > self._limit and self._pages:
            self._forget(next(iter(self._pages)))

    def drop(self, *tags: str) -> None:
        """Forget the pages that show any of these."""
        if len(self._dropped) > DROPS_REMEMBERED:
            self.clear()
        self._drops += 1
        self._dropped.update(dict.fromkeys(tags, self._drops))
        gone = [key for key, page in self._pages.items() if not page.tags.isdisjoint(tags)]
        for key in gone:
            self._forget(key)

    def clear(self) -> None:
        """Forget everything."""
        self._drops += 1
        self._all_dropped = self._drops
        self._dropped.clear()
        self._pages.clear()
        self._size = 0

    def _forget(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._size -= _weight(page)


def pack(body: bytes) -> bytes:
    """A body as browsers get it."""
    return gzip.compress(body, PACK_LEVEL, mtime=0)


def _weight(page: Page) -> int:
    return len(page.body) + len(page.packed) + 512


class Front:
    """The ASGI application around Quart's."""

    def __init__(
        self,
        inner: App,
        assets: Assets,
        pages: GuestPages,
        seen: Callable[[str, Scope], None],
        files: Callable[[Scope, Any], Awaitable[bool]],
    ) -> None:
        """`files` answers what is below /files/, or says False."""
        self._inner = inner
        self._assets = assets
        self._pages = pages
        self._seen = seen
        self._files = files

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer from memory, or pass on."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._inner(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._send_asset(scope, receive, send)
        elif scope["path"].startswith(FILES_PREFIX):
            await self._send_file(scope, receive, send)
        else:
            await self._send_page(scope, receive, send)

    async def _send_asset(self, scope: Scope, receive: Any, send: Any) -> None:
        asset = self._assets.get(scope["path"][len(PREFIX) :])
        if asset is None:
            await self._inner(scope, receive, send)
            return
        from_memory["asset"].inc()
        packed = asset.packed if asset.packed is not None and _takes_gzip(scope) else None
        immutable = scope["query_string"] == b"v=" + asset.version.encode()
        headers = asset.headers(packed=packed is not None, immutable=immutable)
        if _header(scope, b"if-none-match") == f'"{asset.version}"'.encode():
            await _answer(send, scope, 304, headers, b"")
        else:
            await _answer(send, scope, 200, headers, asset.body if packed is None else packed)

    async def _send_file(self, scope: Scope, receive: Any, send: Any) -> None:
        try:
            answered = await self._files(scope, send)
        except (Refusal, PyMongoError):  # the storage or the database does not answer
            await _answer(send, scope, 503, [(b"retry-after", b"5"), (b"cache-control", b"no-store")], b"")
            return
        if not answered:
            await self._inner(scope, receive, send)

    async def _send_page(self, scope: Scope, receive: Any, send: Any) -> None:
        key = self._key(scope)
        page = self._pages.get(key) if key is not None else None
        if page is None:
            await self._inner(scope, receive, Keeper(key, self._pages, send))
            return
        from_memory["page"].inc()
        if page.topic is not None:
            self._seen(page.topic, scope)
        if _takes_gzip(scope):
            await _answer(send, scope, 200, [*page.headers, (b"content-encoding", b"gzip")], page.packed)
        else:
            await _answer(send, scope, 200, page.headers, page.body)

    def _key(self, scope: Scope) -> Key | None:
        """What a guest's page depends on; None when the request is not plainly a guest's."""
        languages = cookies = b""
        host = b""
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookies = cookies + b";" + value if cookies else value
            elif name == b"accept-language":
                languages = languages + b"," + value if languages else value
            elif name == b"host":
                host = value
            elif name in (b"authorization", b"hx-request", b"range"):
                return None
        preferences = _preferences(cookies) if cookies else ""
        if preferences is None or len(languages) > LANGUAGES_MAX:
            return None
        return scope["raw_path"] + b"?" + scope["query_string"], host + b"|" + languages, preferences


def _preferences(cookies: bytes) -> str | None:
    """Language, theme and what was put away, out of a guest's cookies; None when there is one that makes it more
    than a guest.
    """
    found = []
    for pair in cookies.split(b";"):
        name = pair.strip().partition(b"=")[0].decode("latin-1")
        if name in (LOCALE_COOKIE, THEME_COOKIE, ANNOUNCEMENT_COOKIE):
            found.append(pair.strip().decode("latin-1"))
        elif name and name not in HARMLESS:
            return None
    preferences = ";".join(found)
    return preferences if len(preferences) <= PREFERENCES_MAX else None


class Keeper:
    """Passes an answer on and keeps it when the page has said that it may be kept."""

    def __init__(self, key: Key | None, pages: GuestPages, send: Any) -> None:
        """`key` is None when the answer is not to be kept: then only the note that it could be is taken off."""
        self._key = key
        self._moment = pages.moment()
        self._pages = pages
        self._send = send
        self._start: dict[str, Any] | None = None
        self._tags: frozenset[str] = frozenset()
        self._topic: str | None = None
        self._body = bytearray()

    async def __call__(self, message: dict[str, Any]) -> None:
        """Pass a part of the answer on."""
        if message["type"] == "http.response.start":
            message = self._began(message)
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._keep()
        await self._send(message)

    async def _keep(self) -> None:
        assert self._key is not None
        body, headers = bytes(self._body), self._kept_headers()
        packed = await asyncio.to_thread(pack, body) if len(body) > PACK_HERE_BYTES else None
        self._pages.put(self._key, headers, body, self._tags, self._topic, self._moment, packed)

    def _began(self, message: dict[str, Any]) -> dict[str, Any]:
        keep = next((value for name, value in message["headers"] if name == KEEP_HEADER), None)
        if keep is None:
            return message
        headers = [pair for pair in message["headers"] if pair[0] != KEEP_HEADER]
        if self._key and message["status"] == 200 and not any(name == b"set-cookie" for name, _ in headers):
            self._tags = frozenset(keep.decode().split())
            self._topic = next((tag[6:] for tag in self._tags if tag.startswith("topic:")), None)
            self._start = {**message, "headers": headers}
        return {**message, "headers": headers}

    def _kept_headers(self) -> Headers:
        start = self._start or {"headers": []}
        return [pair for pair in start["headers"] if pair[0] not in (b"content-length", b"date", b"content-encoding")]


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((bytes(value) for name, value in scope["headers"] if name == wanted), b"")


def _takes_gzip(scope: Scope) -> bool:
    return b"gzip" in _header(scope, b"accept-encoding")


async def _answer(send: Any, scope: Scope, status: int, headers: Headers, body: bytes) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body, "more_body": False})
