"""What every request passes before its view, and every answer after it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import Any, cast

import structlog
from quart import Quart, Request, Response, Websocket, g, request
from quart.formparser import FormDataParser
from quart.wrappers.base import BaseRequestWebsocket
from quart.wrappers.request import Body
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.errors import Expired, Forbidden, NeedsLogin
from app.settings import Settings
from app.web import csrf, numbers, tally
from app.web.bearing import bears_its_right
from app.web.context import (
    DEVICE_COOKIE,
    FRESH_COOKIE,
    FRESH_COOKIE_SECONDS,
    VISITOR_COOKIE,
    address,
    choose_locale,
    csrf_subject,
    find_viewer,
    for_programs,
    own_origins,
    path_for_log,
    plumbing,
    set_cookie,
    spend,
)
from app.web.i18n import N_, Text, current_locale, current_zone
from app.web.limits import Limit
from app.web.needs import refuse_unmet
from app.web.read_only import refuse_while_read_only
from app.web.uploads import PATIENCE_SECONDS, Arriving, Uploads
from app.web.whence import current_address
from app.web.withheld import refuse_unconfirmed

log = structlog.get_logger()

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: http:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


def csp(*, images: str = "") -> str:
    """The policy of a page that shows pictures from one more kind of source."""
    return CSP.replace("img-src ", f"img-src {images} ") if images else CSP


# A body over the limit is read on and dropped, up to this many limits and this long.
LINGER_FACTOR = 16
LINGER_SECONDS = 5.0
URLENCODED = ("application/x-www-form-urlencoded", "application/x-url-encoded")
HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?|\[[0-9A-Fa-f:.]+\])(?::\d+)?")
SLOW_SECONDS = 1.0
DEVICE_SECONDS = 400 * 24 * 3600
VISITOR_SECONDS = 30 * 24 * 3600


class CountedBody(Body):
    """A request body that counts what arrives. Quart's own forgets what was read already, so that chunks escape it."""

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(expected_content_length, max_content_length)
        self._arrived = 0
        self._ended = asyncio.Event()

    def append(self, data: bytes) -> None:
        """Take a chunk; over the limit the request ends with 413."""
        self._arrived += len(data)
        if self._max_content_length is not None and self._arrived > self._max_content_length:
            self._must_raise = RequestEntityTooLarge()
            self._data.clear()
            super().set_complete()
            if self._arrived > LINGER_FACTOR * self._max_content_length:
                self._ended.set()
            return
        super().append(data)

    async def __anext__(self) -> bytes:
        """The next chunk. Quart's own takes a body that grew too large while it waited for one that has ended."""
        try:
            return await super().__anext__()
        except StopAsyncIteration:
            if self._must_raise is not None:
                raise self._must_raise from None
            raise

    def set_complete(self) -> None:
        """All has arrived."""
        self._ended.set()
        super().set_complete()

    def refuse(self) -> None:
        """Take no more of it: what still arrives is dropped."""
        self._must_raise = RequestEntityTooLarge()
        self._data.clear()

    async def linger(self) -> None:
        """Let the rest arrive, within bounds, and drop it: who is still sending sees a reset instead of an answer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), LINGER_SECONDS)


class BoundedForm(FormDataParser):
    """Reads forms of so many fields only: half a million of them in a megabyte would hold up everybody for seconds."""

    async def parse(
        self, body: Body, mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[MultiDict[str, str], MultiDict[str, str]]:
        """The fields and files. Quart bounds the parts of multipart forms alone."""
        most = self.max_form_parts
        if mimetype in URLENCODED and most is not None and (await body).count(b"&") >= most:
            raise RequestEntityTooLarge
        return await super().parse(body, mimetype, content_length, options)


class NamedHost(BaseRequestWebsocket):
    """Asks for a host. One that cannot be a name would be an error before any of our code runs."""

    @property
    def host(self) -> str:
        """The name that was asked for."""
        found = str(super().host)
        return found if HOST.fullmatch(found) else "invalid"


class NamedWebsocket(NamedHost, Websocket):
    """A websocket to a host."""


class BoundedRequest(NamedHost, Request):
    """A request whose body is counted. Routes that take files have bounds of their own."""

    body_class = CountedBody
    form_data_parser_class = BoundedForm

    uploads: Uploads | None = None
    _arriving: Arriving | None = None

    def expect_files(self, uploads: Uploads, settings: Settings) -> None:
        """Be larger and take longer than forms may. Before anything of the body has arrived."""
        self.uploads = uploads
        self.max_content_length = uploads.body_max(settings)
        self.body_timeout = PATIENCE_SECONDS
        self.body = self.body_class(self.content_length, self.max_content_length)

    def let_files_go(self) -> None:
        """Close what arrived, which is all it takes to be rid of it."""
        if self._arriving is not None:
            self._arriving.close()

    def make_form_data_parser(self) -> FormDataParser:
        """One whose files wait outside memory."""
        parser = super().make_form_data_parser()
        self._arriving = Arriving()
        parser.stream_factory = self._arriving.open
        return parser

    @property
    def is_secure(self) -> bool:
        """Whether the browser speaks TLS: what the settings say, as it usually ends at a proxy before us."""
        return plumbing().settings.secure or super().is_secure


def install(app: Quart) -> None:
    """Put the guards around every view of `app`."""
    app.request_class = BoundedRequest
    app.websocket_class = NamedWebsocket
    app.before_request(_begin)
    app.before_request(_refuse_forgery)
    app.before_request(_count)
    app.before_request(refuse_while_read_only)
    app.before_request(refuse_unconfirmed)
    app.before_request(refuse_unmet)
    app.after_request(_finish)
    app.teardown_request(_let_files_go)


async def _begin() -> None:
    g.started = time.perf_counter()
    current_locale.set(choose_locale() if for_programs() else plumbing().settings.default_locale)
    g.viewer = await find_viewer()
    current_locale.set(choose_locale())
    current_zone.set(g.viewer.time_zone)
    if request.method not in csrf.SAFE_METHODS:
        current_address.set(address())
    asked = cast(BoundedRequest, request)
    if asked.uploads is not None and not g.viewer.known:
        cast(CountedBody, asked.body).refuse()
        raise NeedsLogin


async def _count() -> None:
    """Whatever is sent counts, so that there is nothing that writes without a limit."""
    if request.method not in csrf.SAFE_METHODS:
        await spend(Limit.SEND)


async def _let_files_go(_: BaseException | None) -> None:
    cast(BoundedRequest, request).let_files_go()


async def _refuse_forgery() -> None:
    if request.method in csrf.SAFE_METHODS or for_programs() or bears_its_right():
        return  # no page of another site can send a token that it does not have
    if not csrf.from_here(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), own_origins()):
        cast(CountedBody, request.body).refuse()
        raise Forbidden(Text(N_("This request came from another site and was not carried out.")))
    token = request.headers.get("X-CSRF-Token") or (await request.form).get("csrf_token", "")
    if not csrf.is_token_of(plumbing().key, csrf_subject(), token):
        raise Expired


async def _finish(response: Response) -> Response:
    if request.method not in csrf.SAFE_METHODS:
        await cast(CountedBody, request.body).linger()
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cache-Control", "no-store")
    if plumbing().settings.secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.method not in csrf.SAFE_METHODS and not g.get("shows_nothing_new"):
        set_cookie(response, FRESH_COOKIE, "1", FRESH_COOKIE_SECONDS)
    if response.status_code == 429 and "retry_after" in g:
        headers["Retry-After"] = str(g.retry_after)
    if "device" in g:
        set_cookie(response, DEVICE_COOKIE, g.device, DEVICE_SECONDS)
    visitor = g.get("new_visitor")
    if visitor:
        set_cookie(response, VISITOR_COOKIE, visitor, VISITOR_SECONDS)
    _note(response)
    return response


def _note(response: Response) -> None:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    rule = request.url_rule.rule if request.url_rule is not None else None
    numbers.answered(rule, request.method, response.status_code, seconds)
    if response.status_code == 500:
        tally.count("errors")
    facts: dict[str, Any] = {"method": request.method, "path": path_for_log(), "status": response.status_code}
    if seconds > SLOW_SECONDS:
        tally.slow(rule)
        log.warning("request.slow", seconds=round(seconds, 3), **facts)
    else:
        log.debug("request", ms=round(seconds * 1000, 1), **facts)


__all__ = ["BoundedRequest", "HTTPException", "install"]
