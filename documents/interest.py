"""What people keep an eye on: places they watch or have muted, bookmarks, and news still to be told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from documents.base import Due, Id, Record, index

Level = Literal["watch", "mute"]
PlaceKind = Literal["topic", "board"]


class Watch(Record):
    """`user` wants to hear of everything in `place`, or of nothing. Muted places stand in `User.mutes` too."""

    user: Id
    place: Id
    kind: PlaceKind
    level: Level
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "watches"
        indexes: ClassVar = [
            index("user", "place", unique=True),
            index("place", "level", "user"),
            index("user", "level", "-created_at", "-_id"),
        ]


class Bookmark(Record):
    """`user` wants to find this comment again; the opening post stands for its topic."""

    user: Id
    comment: Id
    topic: Id
    number: int
    created_at: datetime

    class Settings:
        """Collection and indexes."""

        name = "bookmarks"
        indexes: ClassVar = [
            index("user", "comment", unique=True),
            index("user", "topic"),
            index("user", "-created_at", "-_id"),
            index("topic"),
            index("comment"),
        ]


class Telling(Due):
    """A comment of which more people have to be told than a reply should wait for; gone when all have been.

    `told` is the id of the last of them who has been, in the order of ids.
    """

    comment: Id
    told: str = ""

    class Settings:
        """Collection and indexes."""

        name = "tellings"
        indexes: ClassVar = [index("comment", unique=True), index("due_at")]
