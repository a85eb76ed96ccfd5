"""The list of boards. A board itself shows topics and stands with them."""

from __future__ import annotations

from quart import Blueprint, Response

from app.boards.directory import readable_boards
from app.boards.views import rows
from app.web.context import page, viewer

blueprint = Blueprint("boards", __name__, url_prefix="/boards")


@blueprint.get("")
async def index() -> Response:
    """All boards that the viewer may read."""
    found = await readable_boards(viewer())
    return await page("boards/index.html", keep=("lists",), boards=await rows(found))
