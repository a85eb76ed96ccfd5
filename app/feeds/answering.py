"""Answers for machines: the same for everybody, and none when nothing has changed since they last asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import Final

from quart import Response, request

from app.web.recent import Recent

# By address: feeds as they were a moment ago. Every change of a topic, a board or a person drops them all.
recent_feeds: Recent[tuple[str, str], tuple[bytes, datetime]] = Recent(500)

CSP: Final = "default-src 'none'; frame-ancestors 'none'"


async def feed_answer(
    key: tuple[str, str], make: Callable[[], Awaitable[tuple[bytes, datetime]]], content_type: str
) -> Response:
    """A feed, made anew when it is not kept."""
    kept = await recent_feeds.get(key, make)
    body, changed = kept if kept is not None else await make()
    return await whole(body, content_type, seconds=60, changed=changed)


async def whole(body: bytes, content_type: str, *, seconds: int, changed: datetime | None = None) -> Response:
    """The answer, or 304 for who has it already. Proxies may keep it for so many `seconds`."""
    response = Response(body, content_type=content_type)
    response.set_etag(sha256(body).hexdigest()[:32])
    response.last_modified = changed
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Content-Security-Policy"] = CSP
    await response.make_conditional(request)
    return response
