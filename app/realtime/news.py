"""What processes tell each other through Redis: hints that something durable is there, never the thing itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from bson import ObjectId

IDS: Final = ("people", "logins", "topics", "conversations", "persons", "profiles")


@dataclass(frozen=True, slots=True)
class News:
    """One hint. Empty fields say nothing; `boards`, `picks` (what is recommended), `site` (its settings), `queue`
    (what waits for moderators) and `tags` (in many topics at once) concern everybody.
    """

    people: tuple[ObjectId, ...] = ()
    logins: tuple[ObjectId, ...] = ()
    topics: tuple[ObjectId, ...] = ()
    conversations: tuple[ObjectId, ...] = ()
    persons: tuple[ObjectId, ...] = ()
    profiles: tuple[ObjectId, ...] = ()
    boards: bool = False
    picks: bool = False
    site: bool = False
    queue: bool = False
    tags: bool = False
    sender: str = ""

    def pack(self) -> str:
        """As it goes through Redis; `sender` is the process, which has told its own already."""
        ids = {name: [str(id) for id in getattr(self, name)] for name in IDS}
        named: dict[str, Any] = {name: found for name, found in ids.items() if found}
        flags = {name: getattr(self, name) for name in ("boards", "picks", "site", "queue", "tags")}
        return json.dumps(named | flags | {"sender": self.sender})

    @classmethod
    def unpack(cls, text: str | bytes) -> News:
        """Out of Redis; ValueError for anything else that somebody published there."""
        found: Any = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return cls(
            people=_ids(found, "people"),
            logins=_ids(found, "logins"),
            topics=_ids(found, "topics"),
            conversations=_ids(found, "conversations"),
            persons=_ids(found, "persons"),
            profiles=_ids(found, "profiles"),
            boards=found.get("boards") is True,
            picks=found.get("picks") is True,
            site=found.get("site") is True,
            queue=found.get("queue") is True,
            tags=found.get("tags") is True,
            sender=str(found.get("sender", "")),
        )


def _ids(found: dict[str, Any], name: str) -> tuple[ObjectId, ...]:
    listed = found.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(id, str) and ObjectId.is_valid(id) for id in listed):
        raise ValueError(f"{name} is not a list of ids")
    return tuple(ObjectId(id) for id in listed)
