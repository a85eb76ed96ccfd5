"""What is asked for below /files/ and is not there: what is there was answered before (`app.files.serving`)."""

from __future__ import annotations

from quart import Blueprint, Response

from app.errors import NotFound
from app.web.needs import EVERYBODY, declare

blueprint = Blueprint("files", __name__)
declare(blueprint, EVERYBODY)


@blueprint.get("/files/<path:name>")
async def file(name: str) -> Response:
    """Nothing: there is no listing, and no other name."""
    raise NotFound
