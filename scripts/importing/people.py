"""Users → users. Nobody knows their passwords: `scripts/admin.py password` gives somebody theirs."""

from collections.abc import Iterator

import click
from bson import ObjectId
from pymongo.errors import BulkWriteError

from app.text.names import skeleton, username_key
from app.text.segment import SEGMENTER_VERSION
from app.text.starts import starts_of
from documents import User
from documents.base import Raw
from scripts.importing.identity import number_in, oid, ours, source
from scripts.importing.naming import candidates, one_line
from scripts.importing.spool import Spool, UserRow
from scripts.importing.tally import Tally

NO_PASSWORD = "!"  # noqa: S105 - no password has this hash
NAME_CHARS_MAX = 80
DUPLICATE_KEY = 11000


async def import_people(spool: Spool, tally: Tally) -> None:
    """Everybody who wrote, the oldest account first: of two whose names look alike it keeps its own."""
    async for raw in User.raw().find({"source": ours()}, {"username": 1, "username_key": 1, "source": 1}):
        spool.name(raw["username_key"], "", number_in(raw["source"]))
        spool.call(number_in(raw["source"]), raw["username"])
    for rows in spool.users():
        tally.found["people"] += len(rows)
        stored = await _stored(rows)
        await _add([row for row in rows if row.id not in stored], spool, tally)
        for row in rows:
            if row.id in stored:
                await _update(row, stored[row.id], tally)


async def _stored(rows: list[UserRow]) -> dict[int, Raw]:
    query: Raw = {"_id": {"$in": [oid("user", row.id) for row in rows]}}
    return {number_in(raw["source"]): raw async for raw in User.raw().find(query)}


async def _add(rows: list[UserRow], spool: Spool, tally: Tally) -> None:
    """All at once; those whose name is taken again under their next one, until nobody is left."""
    names: dict[int, Iterator[str]] = {row.id: candidates(row.username, row.id) for row in rows}
    waiting = rows
    while waiting:
        documents = [_document(row, next(names[row.id])) for row in waiting]
        taken = await _insert(documents)
        for row, document in zip(waiting, documents, strict=True):
            if document["_id"] not in taken:
                _note_name(row, document["username"], spool)
        waiting = [row for row in waiting if oid("user", row.id) in taken]
    tally.new["people"] += len(rows)


def _note_name(row: UserRow, username: str, spool: Spool) -> None:
    spool.call(row.id, username)
    if username != row.username:
        click.echo(f"@{row.username} (user {row.id}) is called @{username} here", err=True)


async def _insert(documents: list[Raw]) -> set[ObjectId]:
    """Gives those whose name, or one that looks like it, is taken."""
    try:
        await User.raw().insert_many(documents, ordered=False)
    except BulkWriteError as error:
        faults = error.details["writeErrors"]
        if any(fault["code"] != DUPLICATE_KEY or "_id" in fault["keyPattern"] for fault in faults):
            raise
        return {documents[fault["index"]]["_id"] for fault in faults}
    return set()


def _document(row: UserRow, username: str) -> Raw:
    return User(
        id=oid("user", row.id),
        username=username,
        username_key=username_key(username),
        skeleton=skeleton(username),
        display_name=_display_name(row),
        starts=starts_of(username, _display_name(row)),
        segmented=SEGMENTER_VERSION,
        email="",
        email_key=None,
        password_hash=NO_PASSWORD,
        created_at=row.since,
        source=source("user", row.id),
        source_mark=row.mark,
    ).as_stored()


def _display_name(row: UserRow) -> str:
    name = one_line(row.name, NAME_CHARS_MAX)
    return "" if name == row.username else name


async def _update(row: UserRow, stored: Raw, tally: Tally) -> None:
    """An earlier beginning, and a newer name unless somebody has made the account their own."""
    fields: Raw = {"created_at": row.since} if row.since < stored["created_at"] else {}
    if row.mark > (stored["source_mark"] or "") and stored["password_hash"] == NO_PASSWORD:
        fields |= {"display_name": _display_name(row), "source_mark": row.mark}
    changes = {name: value for name, value in fields.items() if stored[name] != value}
    if "display_name" in changes:
        changes["starts"] = starts_of(stored["username"], changes["display_name"])
    if changes:
        await User.raw().update_one({"_id": stored["_id"]}, {"$set": changes})
        tally.changed["people"] += changes.keys() != {"source_mark"}
