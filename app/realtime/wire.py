"""The messages of the websocket, as JSON texts. `seq` numbers a person's feed, `unread` is absolute."""

from __future__ import annotations

import json
from typing import Any, Final

from app.web.pages import Unread

# What a client sends is small; more is an attack.
CLIENT_FRAME_MAX: Final = 4_096


def ready(seq: int, unread: Unread) -> str:
    """First message: where the feed stands."""
    return json.dumps({"type": "ready", "seq": seq, "unread": unread.as_json()})


def numbers(seq: int, unread: Unread) -> str:
    """The unread numbers have changed, here or in another tab."""
    return json.dumps({"type": "unread", "seq": seq, "unread": unread.as_json()})


def event(notice: dict[str, Any], unread: Unread) -> str:
    """One event of the feed."""
    return json.dumps({**notice, "unread": unread.as_json()}, ensure_ascii=False)


def resync(seq: int, unread: Unread) -> str:
    """Too much has happened to tell it one by one: load the page anew."""
    return json.dumps({"type": "resync", "seq": seq, "unread": unread.as_json()})


PING: Final = json.dumps({"type": "ping"})


def hello_seq(frame: Any) -> int | None:
    """The number in a client's `hello`, or None for any other frame. ValueError for what is no message at all."""
    if not isinstance(frame, str) or len(frame) > CLIENT_FRAME_MAX:
        raise ValueError("not a message")
    found = json.loads(frame)
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise ValueError("not a message")
    seq = found.get("seq")
    if found["type"] != "hello" or isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
        return None
    return seq
