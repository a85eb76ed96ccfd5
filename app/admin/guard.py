"""Who the administration is there for."""

from __future__ import annotations

from app.errors import NotFound
from app.web.context import require_login


async def administrators_only() -> None:
    """For everybody else there is no such page."""
    if not require_login().administers:
        raise NotFound
