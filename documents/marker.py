"""How far people have read: one number for each person and topic, and moments before which all counts as read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from bson import ObjectId
from pymongo import WriteConcern
from pymongo.errors import DuplicateKeyError

from documents.base import Id, Raw, Record, Session, index

# A marker that is lost with a primary is made again by reading on; nobody waits for two disks because of it.
QUICKLY = WriteConcern(1)


class Marker(Record):
    """`number` is the highest one that `user` has read in the topic `place`.

    Where `place` is a board, or the person for everywhere, all that was written up to `until` counts as read.
    Both only ever grow.
    """

    user: Id
    place: Id
    number: int = 0
    until: datetime | None = None
    at: datetime

    class Settings:
        """Collection and indexes."""

        name = "markers"
        indexes: ClassVar = [index("user", "place", unique=True), index("place")]

    @classmethod
    async def grow(cls, user: ObjectId, place: ObjectId, at: datetime, session: Session = None, **most: object) -> None:
        """Raise `number` or `until` to what `most` says; lower values change nothing."""
        change: Raw = {"$max": {**most, "at": at}}
        markers = cls.raw() if session else cls.raw().with_options(write_concern=QUICKLY)
        try:
            await markers.update_one({"user": user, "place": place}, change, upsert=True, session=session)
        except DuplicateKeyError:
            if session:
                raise  # never seen: within a transaction it is a conflict, after which the steps run again
            await markers.update_one({"user": user, "place": place}, change)

    @classmethod
    async def of(cls, user: ObjectId, places: Iterable[ObjectId]) -> Mapping[ObjectId, Raw]:
        """The markers of a person at these places."""
        wanted = {"user": user, "place": {"$in": list(places)}}
        fields = {"_id": 0, "place": 1, "number": 1, "until": 1, "at": 1}
        return {raw["place"]: raw async for raw in cls.raw().find(wanted, fields)}
