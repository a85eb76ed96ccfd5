"""What the bell has for somebody, and which part of it they want to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from bson import ObjectId

from app.boards.directory import out_of_sight
from app.viewer import Viewer
from app.web.routing import as_id
from documents.base import Raw
from documents.notification import BELL, Reason

# What one can ask for, and the reasons that are meant by it.
KINDS: Final[Mapping[str, tuple[Reason, ...]]] = {
    "mention": ("mention",),
    "reply": ("reply",),
    "quote": ("quote",),
    "like": ("like",),
    "follow": ("follow",),
    "watch": ("watch", "watch_board"),
    "moderation": ("moderation",),
}
SEQ_DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of the bell: unread ones, those with a reason, those about a topic; from below `before` on."""

    unread: bool = False
    kind: str = ""
    topic: ObjectId | None = None
    grouped: bool = False
    before: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Filter:
        """Out of an address; what makes no sense there is left out."""
        kind, before = args.get("kind", ""), args.get("before", "")
        return cls(
            unread=args.get("show") == "unread",
            kind=kind if kind in KINDS else "",
            topic=as_id(args.get("topic")),
            grouped=args.get("by") == "topic",
            before=int(before) if before.isascii() and before.isdigit() and len(before) <= SEQ_DIGITS_MAX else None,
        )

    def url(self, **changes: str) -> str:
        """The address of this with something else; an empty word leaves that out. It is that of its first page."""
        given = {
            "show": "unread" if self.unread else "",
            "kind": self.kind,
            "topic": str(self.topic or ""),
            "by": "topic" if self.grouped else "",
        }
        wanted = {name: value for name, value in (given | changes).items() if value}
        return "/notifications" + (f"?{urlencode(wanted)}" if wanted else "")

    def query(self) -> Raw:
        """What it adds to the query for the bell, without `before`."""
        query: Raw = {"unread": True} if self.unread else {}
        if self.kind:
            query["reasons"] = {"$in": list(KINDS[self.kind])}
        if self.topic is not None:
            query["topic"] = self.topic
        return query


async def in_bell(viewer: Viewer) -> Raw:
    """Selects what the bell has for this person: what is not there for them is not in it, and is not counted."""
    query: Raw = {"user": viewer.me, "withdrawn_at": None, "kind": {"$in": list(BELL)}, "site": {"$ne": False}}
    query["board"] = {"$nin": list(await out_of_sight(viewer))}
    if viewer.blocks:
        query["$or"] = [{"actor": {"$nin": list(viewer.blocks)}}, {"kind": {"$in": ["like", "moderation"]}}]
    return query
