"""Where the request at hand comes from, for what is written down about it; nothing outside a request."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

current_address: Final[ContextVar[str]] = ContextVar("address", default="")
