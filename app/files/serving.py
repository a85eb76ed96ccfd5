"""Serving what everybody may see: people's pictures. Before Quart, as a page asks for thirty of them at once.

A URL names the hash of what it shows, so whoever has it may keep it for ever. Small contents stay in memory for a
moment; others are streamed. Files that not everybody may see need a look at who asks, and do not go this way.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import structlog

from app.files.storage import Missing, Storage, StorageFailed
from app.web.fragments import Bounded
from app.web.pages import FILES_PREFIX
from documents import StoredFile
from documents.file import Variant, key_of

log = structlog.get_logger()

NAME: Final = re.compile(r"([0-9a-f]{64})-([0-9]{2,4}\.webp)")
KEPT_BYTES: Final = 16 * 1024 * 1024
SMALL_BYTES: Final = 64 * 1024
# How long one that was deleted may still be served by a process that has it.
KEPT_SECONDS: Final = 60.0
HEADERS: Final = [
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
]

Scope = dict[str, Any]
Kept = tuple[bytes, str, float]


class Sendfile:
    """Whether nginx sends what is in the storage's folder, once the forum has said that it may be read.

    https://www.nginx.com/resources/wiki/start/topics/examples/x-accel/
    """

    def __init__(self, storage: Storage, prefix: str) -> None:
        self._prefix = prefix if storage.folder is not None else ""

    def header(self, key: str) -> list[tuple[bytes, bytes]]:
        """The header that has it send a content, or nothing where it does not."""
        return [(b"x-accel-redirect", f"{self._prefix}/{key}".encode())] if self._prefix else []


class PublicFiles:
    """Answers GET and HEAD below /files/."""

    def __init__(self, storage: Storage, prefix: str = "") -> None:
        """`prefix`: where nginx serves the folder of the storage, so that it sends the contents itself."""
        self._storage = storage
        self._sendfile = Sendfile(storage, prefix)
        self._kept: Bounded[str, Kept] = Bounded(KEPT_BYTES)

    async def __call__(self, scope: Scope, send: Any) -> bool:
        """Answer; False when there is no such file, and nothing was sent."""
        asked = NAME.fullmatch(scope["path"].removeprefix(FILES_PREFIX))
        if asked is None:
            return False
        headers = [*HEADERS, (b"etag", f'"{asked[0]}"'.encode())]
        if _knows(scope, asked[0]):
            await _answer(send, 304, headers, b"")
            return True
        kept = self._kept.get(asked[0])
        if kept is None or kept[2] < time.monotonic():
            return await self._fetch(scope, send, asked, headers)
        await _answer(send, 200, _described(headers, kept[1], len(kept[0])), _unless_head(scope, kept[0]))
        return True

    async def _fetch(self, scope: Scope, send: Any, asked: re.Match[str], headers: list[tuple[bytes, bytes]]) -> bool:
        file = await StoredFile.named(asked[1], "avatar")
        variant = file.variant(asked[2]) if file else None
        if file is None or variant is None:
            return False
        key = key_of(file.sha256, file.generation, variant.name)
        elsewhere = self._sendfile.header(key)
        if elsewhere:
            await _answer(send, 200, [*headers, (b"content-type", variant.type.encode()), *elsewhere], b"")
            return True
        headers = _described(headers, variant.type, variant.bytes)
        if scope["method"] == "HEAD":
            await _answer(send, 200, headers, b"")
            return True
        try:
            if variant.bytes <= SMALL_BYTES:
                await self._send_small(send, asked[0], key, variant, headers)
            else:
                await _stream(send, headers, self._storage.stream(key))
        except Missing:
            log.error("file.missing", key=key)
            return False
        return True

    async def _send_small(
        self, send: Any, name: str, key: str, variant: Variant, headers: list[tuple[bytes, bytes]]
    ) -> None:
        content = await self._storage.get(key)
        self._kept.put(name, (content, variant.type, time.monotonic() + KEPT_SECONDS), len(content))
        await _answer(send, 200, headers, content)


def _knows(scope: Scope, name: str) -> bool:
    """Whether the browser has it: the same name is the same content."""
    found = next((value for key, value in scope["headers"] if key == b"if-none-match"), b"")
    return bool(found) and (found.strip() == b"*" or f'"{name}"'.encode() in found)


def _described(headers: list[tuple[bytes, bytes]], mimetype: str, length: int) -> list[tuple[bytes, bytes]]:
    return [*headers, (b"content-type", mimetype.encode()), (b"content-length", str(length).encode())]


def _unless_head(scope: Scope, content: bytes) -> bytes:
    return b"" if scope["method"] == "HEAD" else content


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _stream(send: Any, headers: list[tuple[bytes, bytes]], pieces: AsyncIterator[bytes]) -> None:
    first = await anext(pieces, b"")
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": first, "more_body": True})
    async for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


__all__ = ["NAME", "PublicFiles", "Sendfile", "StorageFailed"]
