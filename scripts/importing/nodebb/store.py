"""NodeBB's database, read only: one collection `objects`, in which `_key` says what a document is.

A hash is one document with its fields (`user:1`), a set one with `members`, a list one with `array`; a sorted set is as
many documents as it has members, `{_key, value, score}`. Members are strings.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, Final

from pymongo import AsyncMongoClient, ReadPreference
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import ConfigurationError, InvalidName, InvalidURI, PyMongoError

from documents.base import Raw
from scripts.importing.nodebb.values import whole
from scripts.opened import Failure, Misuse
from scripts.servers.given import reason

COLLECTION: Final = "objects"
PATIENCE_MILLISECONDS: Final = 5_000
BATCH: Final = 500


class NodeBB:
    """The hashes and sets of a NodeBB."""

    def __init__(self, client: AsyncMongoClient[Raw], database: str) -> None:
        self._client = client
        found = client.get_database(database, read_preference=ReadPreference.SECONDARY_PREFERRED)
        self._objects: AsyncCollection[Raw] = found[COLLECTION]

    @classmethod
    async def open(cls, uri: str, database: str | None) -> "NodeBB":
        """The one in this database, else in the one that the address names, else in `nodebb`."""
        try:
            client: AsyncMongoClient[Raw] = AsyncMongoClient(uri, serverSelectionTimeoutMS=PATIENCE_MILLISECONDS)
            name = database or client.get_default_database("nodebb").name
            opened = cls(client, name)
        except (ConfigurationError, InvalidName, InvalidURI, ValueError) as error:
            raise Misuse(f"This is not the address of a MongoDB: {reason(error)}") from None
        try:
            there = await opened._objects.find_one({"_key": "global"}, {"_id": 1})
        except PyMongoError as error:
            await opened.close()
            raise Failure(f"NodeBB's MongoDB does not answer: {reason(error)}") from None
        if there is None:
            await opened.close()
            raise Misuse(f"There is no NodeBB in the database {name}")
        return opened

    async def close(self) -> None:
        """Let go of it."""
        await self._client.close()

    async def each(self, kind: str, fields: Iterable[str] = ()) -> AsyncIterator[tuple[int, Raw]]:
        """All hashes `kind:<number>` with their numbers; those of other servers have addresses in their place."""
        shown = dict.fromkeys(("_key", *fields), 1) if fields else None
        which = {"_key": {"$regex": rf"^{re.escape(kind)}:\d+$"}}
        async for raw in self._objects.find(which, shown, batch_size=BATCH, no_cursor_timeout=False):
            yield whole(raw["_key"].rpartition(":")[2]), raw

    async def count(self, kind: str, ending: str = r"\d+$") -> int:
        """How many there are."""
        return await self._objects.count_documents({"_key": {"$regex": rf"^{re.escape(kind)}:{ending}"}})

    async def hashes(self, keys: Sequence[str], fields: Iterable[str] = ()) -> dict[str, Raw]:
        """Those of these hashes that there are, by their keys."""
        shown = dict.fromkeys(("_key", *fields), 1) if fields else None
        return {raw["_key"]: raw async for raw in self._objects.find({"_key": {"$in": list(keys)}}, shown)}

    async def scored(self, keys: Sequence[str], values: Sequence[str] | None = None) -> dict[str, dict[str, float]]:
        """The members of sorted sets with their scores, in their order; only `values` when they are given."""
        which: Raw = {"_key": {"$in": list(keys)}} | ({} if values is None else {"value": {"$in": list(values)}})
        found: dict[str, dict[str, float]] = defaultdict(dict)
        order = [("_key", 1), ("score", 1), ("value", 1)]
        rows = self._objects.find(which, {"_key": 1, "value": 1, "score": 1}).sort(order).allow_disk_use(True)
        async for raw in rows:
            found[raw["_key"]][str(raw.get("value"))] = whole(raw.get("score"))
        return found

    async def members(self, keys: Sequence[str], field: str = "members") -> dict[str, list[str]]:
        """The members of sets; of lists with `field` "array"."""
        found = await self.hashes(keys, (field,))
        return {key: _strings(raw.get(field)) for key, raw in found.items()}

    async def total(self, ending: str) -> int:
        """How many members the sets `pid:<number>:<ending>` have together."""
        stages: list[Raw] = [
            {"$match": {"_key": {"$regex": rf"^pid:\d+:{ending}$"}}},
            {"$group": {"_id": None, "n": {"$sum": {"$size": {"$ifNull": ["$members", []]}}}}},
        ]
        rows = await (await self._objects.aggregate(stages)).to_list()
        return int(rows[0]["n"]) if rows else 0


def _strings(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
