"""The list of boards. A board itself shows topics and stands with them."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response

from app.boards.directory import readable_boards
from app.boards.views import rows
from app.viewer import Viewer
from app.web.needs import EVERYBODY, declare
from app.web.shared import list_page

blueprint = Blueprint("boards", __name__, url_prefix="/boards")
declare(blueprint, EVERYBODY)


@blueprint.get("")
async def index() -> Response:
    """All boards that the viewer may read."""

    async def load(somebody: Viewer) -> dict[str, Any]:
        return {"boards": await rows(await readable_boards(somebody))}

    return await list_page("boards/index.html", load)
