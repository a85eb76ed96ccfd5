"""Who is behind a request to the API: whoever's token it carries. Cookies are never looked at here."""

from __future__ import annotations

from typing import Final

from quart import g, request

from app.api import tokens
from app.api.errors import TooNarrow, Unauthorized
from app.api.table import operation_at
from app.errors import Forbidden
from app.viewer import GUEST, Viewer
from app.web.context import shows_nothing_new
from app.web.i18n import N_, Text

SCHEME: Final = "bearer"
SECRET_CHARS_MAX: Final = 100


async def bearer_here() -> Viewer:
    """Who the token of this request stands for; a guest without one. Refuses what it may not do."""
    shows_nothing_new()
    header = request.headers.get("Authorization")
    if header is None:
        return GUEST
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != SCHEME or not secret.isascii() or len(secret) > SECRET_CHARS_MAX:
        raise Unauthorized
    found = await tokens.bearer_of(secret)
    if found is None:
        raise Unauthorized
    _require_allowed(found)
    g.api_token = found.token
    g.api_scopes = found.scopes
    return found.viewer


def _require_allowed(found: tokens.Bearer) -> None:
    if not found.viewer.may("use_api"):
        raise Forbidden(Text(N_("You cannot use the API.")))
    operation = operation_at(request.endpoint)
    if operation is not None and operation.scope not in found.scopes:
        raise TooNarrow(operation.scope)
