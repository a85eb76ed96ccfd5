"""The websocket."""

from __future__ import annotations

from typing import cast

from quart import Blueprint, Response, current_app, websocket

from app.realtime.hub import Hub
from app.realtime.socket import Socket
from app.web import csrf
from app.web.context import own_origins, plumbing
from app.web.needs import MEMBERS, declare

blueprint = Blueprint("realtime", __name__)
declare(blueprint, MEMBERS)
HUB = "quorum.hub"


def hub() -> Hub:
    """The hub of this process."""
    return cast(Hub, current_app.extensions[HUB])


@blueprint.websocket("/ws")
async def live() -> Response | None:
    """One tab's line: the cookie says who. A browser names the page that opens it, and only ours may."""
    origin = websocket.headers.get("Origin")
    if origin is not None and not csrf.is_own(origin, own_origins()):
        return Response(status=403)
    viewer = await plumbing().load_viewer()
    if not viewer.known:
        return Response(status=401)
    if not hub().has_room(viewer.me):
        return Response(status=429)
    await websocket.accept()
    socket = Socket(viewer, hub().feed, websocket.send, websocket.receive)
    with hub().joined(socket):
        code = await socket.serve()
    await websocket.close(code)
    return None
