"""Does what the plan says: children first, their root last, so that a run that was killed is finished by the next.

Before each batch of roots the database is asked again whether they are still dead: what was restored since stays.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from bson import ObjectId

from app.files.storage import Storage
from app.uploads.service import delete_unused
from app.work import Work, together
from documents import StoredFile
from scripts.cleaning import files, leavers, people
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
    "removed": ("removed",),
    "users": (
        "notifications",
        "sessions",
        "letters",
        "archives",
        "factors",
        "passkeys",
        "api_tokens",
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
        "said",
        "users",
    ),
    "uploads": ("uploads",),
    "files": ("files",),
    "orphans": ("orphans",),
    "mails": ("mails",),
}

# What something else counts: removed in one transaction with that.
COUNTED: Final[dict[Kind, Callable[[Work, list[ObjectId]], Awaitable[list[ObjectId]]]]] = {
    "topics": remove_topics,
    "follows": remove_follows,
    "notifications": remove_notices,
    "users": remove_people,
}


class Purge:
    """One run of a plan, from where the last one ended. `done` counts what this one has removed.

    `people` are those whose cards have to be forgotten; `mails` is the folder of e-mails.
    """

    def __init__(
        self, plan: Plan, dead: Dead, storage: Storage, unused_since: datetime, mails: Path | None = None
    ) -> None:
        self._mails = mails
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
                roots = await self._to_go(family, planned)
                for kind in kinds:
                    for batch in self._plan.below(family, kind, roots):
                        await self._purge(family, kind, batch)
                        advance(len(batch))

    async def _to_go(self, family: Kind, planned: list[str]) -> list[str]:
        """Those that are still dead, or not there any more, so that what hangs on them goes; the others are left."""
        dead = await self._still_dead(family, planned)
        alive = set(planned) - set(dead)
        there = await self._there(family, sorted(alive)) if alive else set()
        self._plan.leave(family, sorted(there))
        return [id for id in planned if id not in there]

    async def _there(self, kind: Kind, ids: list[str]) -> set[str]:
        """Those of these that are still in the database."""
        document = StoredFile if kind == "files" else DOCUMENTS[kind]
        found = await document.raw().distinct("_id", {"_id": {"$in": [ObjectId(id) for id in ids]}})
        return {str(id) for id in found}

    async def _purge(self, family: Kind, kind: Kind, batch: dict[str, int]) -> None:
        """Note what is about to go, have it go, and note what became of it: whenever this ends, the next run knows."""
        tried = self._plan.tried(kind, list(batch))
        self._plan.settle(kind, batch, "trying")
        gone = await self._remove(family, kind, list(batch))
        missed = sorted(set(batch) - set(gone))
        stays = await self._stays(kind, missed)
        absent = set(missed) - stays
        self._plan.settle(kind, {*gone, *(absent & tried)}, "purged")
        self._plan.settle(kind, absent - tried, "gone")
        self._plan.settle(kind, stays, "left")
        self.done[kind].count += len(gone)
        self.done[kind].bytes += sum(batch[id] for id in gone)

    async def _stays(self, kind: Kind, missed: list[str]) -> set[str]:
        """Of what was not removed, what somebody uses again; the rest was not there."""
        if not missed:
            return set()
        if kind == "orphans":
            return await files.still_named(missed)
        return await self._there(kind, missed) if kind in ("uploads", "files") else set()

    async def _remove(self, family: Kind, kind: Kind, ids: list[str]) -> list[str]:
        """Remove these; gives the ones that were there."""
        if kind == "orphans":
            return await files.remove_orphans(self._storage, ids)
        if kind == "mails":
            return leavers.remove_mails(self._mails, ids)
        gone = await self._remove_documents(family, kind, [ObjectId(id) for id in ids])
        self.people += gone if kind == "users" else []
        return [str(id) for id in gone]

    async def _remove_documents(self, family: Kind, kind: Kind, oids: list[ObjectId]) -> list[ObjectId]:
        if kind == "uploads":
            return [oid for oid in oids if await delete_unused(oid, self._unused_since)]
        if kind == "files":
            return await files.remove_files(self._storage, oids, self._unused_since)
        if kind == "comments":
            return await together(lambda work: remove_comments(work, oids, with_topics=family == "topics"))
        if kind in COUNTED:
            return await together(lambda work: COUNTED[kind](work, oids))
        # Not only those that are there: a run that was killed has removed them, and not said so to those who mute them.
        await unmute(oids if kind == "boards" else [])
        return await remove(DOCUMENTS[kind], oids)

    async def _still_dead(self, family: Kind, ids: list[str]) -> list[str]:
        if family in ("uploads", "files", "orphans", "mails"):  # checked when they are removed
            return ids
        dead = await self._dead.among(family, ids)
        if family != "users":
            return dead
        named = await people.still_named([ObjectId(id) for id in dead])
        return [id for id in dead if ObjectId(id) not in named]
