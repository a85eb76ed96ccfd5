"""The framework's connection and session, less what pages do not need. Measured by scripts/bench.py."""

from __future__ import annotations

from typing import Any

from quart import Quart
from quart.asgi import ASGIHTTPConnection
from quart.sessions import SecureCookieSession, SecureCookieSessionInterface
from quart.utils import encode_headers
from quart.wrappers import Response
from quart.wrappers.response import DataBody

from app.web import pace
from app.web.context import EXTENSION
from app.web.guards import BoundedRequest
from app.web.uploads import uploads_at

BODILESS = frozenset({"GET", "HEAD"})


class LeanConnection(ASGIHTTPConnection):
    """Reads no body where there is none, and sends one that is complete in one piece."""

    async def __call__(self, receive: Any, send: Any) -> None:
        """Quart starts two tasks for each request, one only to wait for a body that GET does not have."""
        with pace.served():
            if self.scope["method"] not in BODILESS:
                await super().__call__(receive, send)
                return
            request = self._create_request_from_scope(send)
            request.body.set_complete()
            await self.handle_request(request, send)

    def _create_request_from_scope(self, send: Any) -> Any:
        """A request that knows how much it may bring, before any of it is taken."""
        request = super()._create_request_from_scope(send)
        uploads = uploads_at(request.method, request.path)
        if uploads is not None and isinstance(request, BoundedRequest):
            request.expect_files(uploads, self.app.extensions[EXTENSION].settings)
        return request

    async def _send_response(self, send: Any, response: Any) -> None:
        body = response.response if isinstance(response, Response) else None
        if not isinstance(body, DataBody) or (body.begin, body.end) != (0, len(body.data)):
            await super()._send_response(send, response)
            return
        headers = encode_headers(response.headers)
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": body.data, "more_body": False})


class FlashSessions(SecureCookieSessionInterface):
    """Quart's session, which carries only what is said once on the next page: mostly there is no cookie to verify."""

    async def open_session(self, app: Quart, request: Any) -> SecureCookieSession | None:
        """An empty one without a look at keys and signatures, when the browser has sent none."""
        if self.get_cookie_name(app) not in request.cookies:
            return SecureCookieSession()
        return await super().open_session(app, request)
