"""Quorum: a forum."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quart import Quart

    from app.settings import Settings


def create_app(settings: Settings) -> Quart:
    """The application with everything in its place. Imported late, so that reading the settings costs no second."""
    from app.assembly import assemble

    return assemble(settings)
