"""Does what the plan says: children first, their root last, so that a run that was killed is finished by the next.

Before each batch of roots the database is asked again whether they are still dead: what was restored since stays.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bson import ObjectId

from app.files.storage import Storage
from app.uploads.service import delete_unused
from app.work import Work, together
from scripts.cleaning import files, people
from scripts.cleaning.dead import DOCUMENTS, Dead
from scripts.cleaning.plan import KINDS, Count, Kind, Plan
from scripts.cleaning.removing import (
    remove,
    remove_comments,
    remove_follows,
    remove_notices,
    remove_people,
    remove_topics,
    unmute,
)

# For each kind of root, in the order in which they go: what goes with it, the root itself last.
FAMILIES: Final[dict[Kind, tuple[Kind, ...]]] = {
    "topics": ("revisions", "reactions", "notifications", "comments", "markers", "watches", "bookmarks", "topics"),
    "comments": ("revisions", "reactions", "notifications", "bookmarks", "comments"),
    "boards": ("markers", "watches", "boards"),
    "messages": ("notifications", "earlier_messages", "messages"),
    "conversations": ("earlier_messages", "notifications", "memberships", "conversations"),
    "sessions": ("sessions",),
    "drafts": ("drafts",),
    "letters": ("letters",),
    "users": (
        "notifications",
        "sessions",
        "letters",
        "archives",
        "factors",
        "passkeys",
        "pending",
        "tokens",
        "attempts",
        "follows",
        "blocks",
        "drafts",
        "memberships",
        "markers",
        "watches",
        "bookmarks",
        "rescued",
        "users",
    ),
    "uploads": ("uploads",),
    "files": ("files",),
    "orphans": ("orphans",),
}

# What something else counts: removed in one transaction with that.
COUNTED: Final[dict[Kind, Callable[[Work, list[ObjectId]], Awaitable[list[ObjectId]]]]] = {
    "topics": remove_topics,
    "follows": remove_follows,
    "notifications": remove_notices,
    "users": remove_people,
}


class Purge:
    """One run. `done` counts what is gone; `people` are those whose cards have to be forgotten."""

    def __init__(self, plan: Plan, dead: Dead, storage: Storage, unused_since: datetime) -> None:
        self._plan = plan
        self._dead = dead
        self._storage = storage
        self._unused_since = unused_since
        self.done: dict[Kind, Count] = {kind: Count() for kind in KINDS}
        self.people: list[ObjectId] = []

    async def run(self, advance: Callable[[int], None]) -> None:
        """Everything that is planned; `advance` hears how much was dealt with."""
        for family, kinds in FAMILIES.items():
            for planned in self._plan.roots(family):
                roots = await self._still_dead(family, planned)
                for kind in kinds:
                    for batch in self._plan.below(family, kind, roots):
                        await self._purge(family, kind, batch)
                        advance(len(batch))

    async def _purge(self, family: Kind, kind: Kind, batch: dict[str, int]) -> None:
        gone = await self._remove(family, kind, list(batch))
        self.done[kind].count += len(gone)
        self.done[kind].bytes += sum(batch[id] for id in gone)

    async def _remove(self, family: Kind, kind: Kind, ids: list[str]) -> list[str]:
        """Remove these; gives the ones that were there."""
        if kind == "orphans":
            return await files.remove_orphans(self._storage, ids)
        oids = [ObjectId(id) for id in ids]
        if kind == "uploads":
            gone = [oid for oid in oids if await delete_unused(oid, self._unused_since)]
        elif kind == "files":
            gone = await files.remove_files(self._storage, oids, self._unused_since)
        elif kind == "comments":
            gone = await together(lambda work: remove_comments(work, oids, with_topics=family == "topics"))
        elif kind in COUNTED:
            gone = await together(lambda work: COUNTED[kind](work, oids))
        else:
            gone = await remove(DOCUMENTS[kind], oids)
            await unmute(gone if kind == "boards" else [])
        self.people += gone if kind == "users" else []
        return [str(id) for id in gone]

    async def _still_dead(self, family: Kind, ids: list[str]) -> list[str]:
        if family in ("uploads", "files", "orphans"):  # checked when they are removed
            return ids
        dead = await self._dead.among(family, ids)
        if family != "users":
            return dead
        named = await people.still_named([ObjectId(id) for id in dead])
        return [id for id in dead if ObjectId(id) not in named]
