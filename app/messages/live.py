"""What has changed in a conversation that somebody has open: the same fragments as the page is made of."""

from __future__ import annotations

from typing import Any, Final

from bson import ObjectId
from quart import Blueprint, Response, jsonify, request

from app.errors import NotFound
from app.messages import service, views
from app.messages.pages import MessageView
from app.viewer import Viewer
from app.web.context import fragment, plumbing, require_login, speak_json
from app.web.needs import MEMBERS, declare
from documents import Conversation, Membership

blueprint = Blueprint("live_messages", __name__, url_prefix="/messages/<oid:conversation_id>")
declare(blueprint, MEMBERS)

# New messages that a page gets at once.
NEW_MAX: Final = 50
MARKS_CHARS_MAX: Final = 10_000
DIGITS_MAX: Final = 9


@blueprint.get("/since")
async def since(conversation_id: ObjectId) -> Response:
    """JSON: messages among `first` to `last` that look otherwise than their `marks` say, and those after `last` for
    a page that shows the end (`tail=1`).

    `marks` has one for each number, empty where the page shows none. 304 when nothing has changed since the version in
    If-None-Match.
    """
    speak_json()
    found = require_login()
    first, last = _number("first"), _number("last")
    marks = request.args.get("marks", "")
    if first > last + 1 or last - first >= views.SHOWN_MAX or len(marks) > MARKS_CHARS_MAX:
        raise NotFound
    conversation, side = await service.visible_conversation(found, conversation_id)
    etag = f'"{conversation.version}"'
    if request.headers.get("If-None-Match") == etag:
        return _unkept(Response(status=304), etag)
    shown = {first + at: mark for at, mark in enumerate(marks.split(".")) if mark}
    return _unkept(jsonify(await _changes(found, conversation, side, shown, first, last)), etag)


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX):
        raise NotFound
    return int(text)


def _unkept(response: Response, etag: str) -> Response:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def _changes(
    viewer: Viewer, conversation: Conversation, side: Membership, shown: dict[int, str], first: int, last: int
) -> dict[str, Any]:
    end = min(side.reach(conversation.last_number), last + (NEW_MAX if request.args.get("tail") == "1" else 0))
    messages = await views.window(viewer, side, first, end, plumbing().settings.message_edit_minutes)
    there = {message.number for message in messages}
    wanted = [message for message in messages if shown.get(message.number) != message.mark]
    seen = await views.seen_in(viewer, conversation, messages) if side.until is None else None
    return {
        "version": conversation.version,
        "last": end,
        "changed": [_entry(conversation, message) for message in wanted if message.number <= last],
        "gone": [number for number in shown if number not in there],
        "new": [_entry(conversation, message) for message in wanted if message.number > last],
        "more": end < side.reach(conversation.last_number),
        "title": conversation.title if side.left_title is None else side.left_title,
        "seen": fragment("messages/_seen.html", seen=seen, group=conversation.group),
        "left": side.until is not None,
    }


def _entry(conversation: Conversation, message: MessageView) -> dict[str, Any]:
    html = fragment("messages/_message.html", message=message, thread_id=str(conversation.oid))
    return {"number": message.number, "html": html, "mine": message.mine}
