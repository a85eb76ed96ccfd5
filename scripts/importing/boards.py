"""Categories → boards."""

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.text.names import username_key
from documents import Board
from documents.clock import now
from scripts.importing.identity import oid, source
from scripts.importing.naming import one_line
from scripts.importing.spool import Spool
from scripts.importing.tally import Tally
from scripts.opened import Misuse

NAME_CHARS_MAX = 60


async def import_boards(
    spool: Spool, tally: Tally, *, given: dict[int, str], prefix: str, closed: bool = False
) -> None:
    """A board for each category: under the name that was given, else the archive's, else a number.

    `closed`: for nobody until it is known whom it is for.
    """
    for category, known in spool.categories().items():
        tally.found["boards"] += 1
        stored = await Board.load(oid("category", category))
        name = one_line(given.get(category) or prefix + (known or f"Category {category}"), NAME_CHARS_MAX)
        if stored is None:
            await _add(category, name, closed=closed)
            tally.new["boards"] += 1
        elif category in given and stored.name != name:
            await _rename(stored.oid, name)
            tally.changed["boards"] += 1


async def _add(category: int, name: str, *, closed: bool) -> None:
    last = await Board.find_all().sort("-position").limit(1).to_list()
    board = Board(
        id=oid("category", category),
        name=name,
        name_key=username_key(name),
        position=last[0].position + 1 if last else 1,
        staff_only=closed,
        created_at=now(),
        source=source("category", category),
    )
    try:
        await Board.raw().insert_one(board.as_stored())
    except DuplicateKeyError:  # a board of that name is there already
        board.name = f"{name} ({category})"
        board.name_key = username_key(board.name)
        await Board.raw().insert_one(board.as_stored())


async def _rename(board: ObjectId, name: str) -> None:
    try:
        await Board.raw().update_one({"_id": board}, {"$set": {"name": name, "name_key": username_key(name)}})
    except DuplicateKeyError:
        raise Misuse(f"There is another board named {name} already") from None
