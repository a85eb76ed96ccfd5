"""Indexes that are missing, differ, or are not the forum's."""

import asyncio
from typing import Any, Final

from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from app.work import Work
from documents import ALL
from documents.base import Raw, Record
from scripts.doctoring.check import Fault, Mend, Whole
from scripts.doctoring.looking import Examination

SAME: Final = ("key", "unique", "partialFilterExpression", "expireAfterSeconds")


async def look_at_indexes(examination: Examination) -> list[Fault]:
    """Those of every collection. Nothing is ever dropped: an index that somebody added may be wanted."""
    found = await asyncio.gather(*(_look(document) for document in ALL))
    return [fault for faults in found for fault in faults]


async def _look(document: type[Record]) -> list[Fault]:
    name: str = document.Settings.name
    there = await _there(document)
    ours = {index.document["name"]: index for index in document.Settings.indexes}
    faults = [
        Fault(f"{name}.{key}", "is missing", _making(document, index))
        for key, index in ours.items()
        if key not in there
    ]
    faults += [
        Fault(f"{name}.{key}", "is another one than it should be")
        for key, index in ours.items()
        if key in there and _essence(there[key]) != _essence(index.document)
    ]
    return faults + [Fault(f"{name}.{key}", "is none of the forum's") for key in there if key not in {*ours, "_id_"}]


async def _there(document: type[Record]) -> dict[str, Raw]:
    try:
        listed = await document.raw().list_indexes()
        return {index["name"]: dict(index) async for index in listed}
    except OperationFailure:  # nothing was ever stored there
        return {}


def _essence(index: Any) -> Raw:
    """What an index does, without its version and name; false is the same as not said."""
    found = {name: index.get(name) for name in SAME if index.get(name)}
    return found | {"key": list(dict(index["key"]).items())}


def _making(document: type[Record], index: IndexModel) -> Mend:
    async def mend(work: Work) -> None:
        try:
            await document.raw().create_indexes([index])
        except (OperationFailure, CollectionInvalid):
            return  # what is there twice has to go first; it is still found, and said

    return mend


CHECKS: Final = (Whole("indexes", "indexes are missing or not the forum's", look_at_indexes),)
