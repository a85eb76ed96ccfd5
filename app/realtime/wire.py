"""The messages of the websocket, as JSON texts. `seq` numbers a person's feed, `unread` is absolute."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

from bson import ObjectId

from app.web.pages import Unread
from app.web.routing import as_id

# What a client sends is small; more is an attack.
CLIENT_FRAME_MAX: Final = 4_096
COUNT_MAX: Final = 2**53


def ready(seq: int, unread: Unread, turn: int) -> str:
    """First message: where the feed stands."""
    return json.dumps({"type": "ready", "seq": seq, "unread": unread.as_json(), "turn": turn})


def numbers(seq: int, unread: Unread, turn: int) -> str:
    """The unread numbers have changed, here or in another tab, or notices look otherwise."""
    return json.dumps({"type": "unread", "seq": seq, "unread": unread.as_json(), "turn": turn})


def event(notice: dict[str, Any], unread: Unread) -> str:
    """One event of the feed."""
    return json.dumps({**notice, "unread": unread.as_json()}, ensure_ascii=False)


def resync(seq: int, unread: Unread, turn: int) -> str:
    """Too much has happened to tell it one by one: read the feed."""
    return json.dumps({"type": "resync", "seq": seq, "unread": unread.as_json(), "turn": turn})


Place = Literal["topic", "conversation"]
PLACES: Final[tuple[Place, ...]] = ("topic", "conversation")


def glance(place: Place, id: ObjectId, version: int | None, last: int | None) -> str:
    """What this tab has open has another version; None: it is not there any more."""
    return json.dumps({"type": place, place: str(id), "version": version, "last": last})


PING: Final = json.dumps({"type": "ping"})


def said(frame: Any) -> dict[str, Any]:
    """A client's message. ValueError for what is none."""
    if not isinstance(frame, str) or len(frame) > CLIENT_FRAME_MAX:
        raise ValueError("not a message")
    found = json.loads(frame)
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise ValueError("not a message")
    return found


def hello_seq(message: dict[str, Any]) -> int | None:
    """The number in a client's `hello`; None for any other message."""
    return _count(message.get("seq")) if message["type"] == "hello" else None


def watched(message: dict[str, Any]) -> tuple[Place, ObjectId | None, int] | None:
    """The topic or conversation and its version that a `watch` names, no id where it names none; None for any other
    message.
    """
    if message["type"] != "watch":
        return None
    place = next((place for place in PLACES if message.get(place)), PLACES[0])
    return place, as_id(message.get(place)), _count(message.get("version")) or 0


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < COUNT_MAX else None
