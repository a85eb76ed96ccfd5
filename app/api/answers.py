"""What programs get: JSON with its ETag, and headers that let pages of other sites read it."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import BaseModel
from quart import Response, request

from app.api.table import Given, Operation
from app.web.context import for_programs

# Who asks is who holds the token, which no browser sends by itself: so pages of any site may read the answer.
CROSS_ORIGIN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Language, ETag, Link, Location, Retry-After",
}
PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, "
    "If-None-Match",
    "Access-Control-Max-Age": "7200",
}
OWN_ANSWERS: Final = ("/api/v1/image_codes/",)


def answered(operation: Operation, found: Given | BaseModel | None) -> Response:
    """The answer of an operation; 304 when the asker has it already."""
    given = found if isinstance(found, Given) else Given(found)
    if given.model is None:
        return Response(b"", status=204)
    body = given.model.model_dump_json().encode()
    response = Response(body, status=given.status or operation.status, content_type="application/json")
    if given.location:
        response.headers["Location"] = given.location
    if given.next is not None:
        response.headers["Link"] = f'<{_here_at(given.next)}>; rel="next"'
    return _conditional(response, _etag(body, given.version))


def _etag(body: bytes, version: int | None) -> str:
    """Weak where it is only the look of a list; with the version where If-Match can name it."""
    look = hashlib.sha256(body).hexdigest()[:24]
    return f'W/"{look}"' if version is None else f'"{version}-{look}"'


def _conditional(response: Response, etag: str) -> Response:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    bare = etag.removeprefix("W/").strip('"')
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(bare):
        kept = {name: response.headers[name] for name in ("ETag", "Cache-Control", "Link") if name in response.headers}
        return Response(b"", status=304, headers=kept)
    return response


def _here_at(cursor: str) -> str:
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'cursor': cursor})}"


async def finish(response: Any) -> Any:
    """After every request: what all answers of the API have, the refusals too."""
    if not for_programs() or request.path.startswith(OWN_ANSWERS):
        return response
    response.headers["Vary"] = "Authorization, Accept-Language"
    response.headers.extend(CROSS_ORIGIN)
    if request.method == "OPTIONS":
        response.headers.extend(PREFLIGHT)
    if response.status_code == 401:
        error = ', error="invalid_token"' if "Authorization" in request.headers else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="quorum"{error}'
    return response
