"""Which boards are closed to whom, as NodeBB says it. Before the first topic is there; later people here decide."""

from typing import Any, Final

from app.permissions.catalogue import GUEST
from documents import Board, Topic
from documents.base import Raw
from scripts.importing.identity import oid
from scripts.importing.naming import one_line
from scripts.importing.nodebb.places import Places
from scripts.importing.nodebb.store import NodeBB
from scripts.importing.nodebb.values import is_set, said
from scripts.importing.tally import Tally

DESCRIPTION_CHARS_MAX: Final = 500
MEMBERS_GROUP: Final = "registered-users"
GUESTS_GROUP: Final = "guests"
READING: Final = ("read", "topics:read")


async def close_boards(nodebb: NodeBB, spool: Places, tally: Tally) -> None:
    """What members may not read there is closed here; what guests may not read is not for guests."""
    for cid in spool.categories():
        board = await Board.load(oid("category", cid))
        if board is None or await Topic.raw().find_one({"board": board.oid}, {"_id": 1}) is not None:
            continue
        raw = (await nodebb.hashes([f"category:{cid}"])).get(f"category:{cid}", {})
        fields = _described(raw) | await _closed(nodebb, cid, raw)
        tally.aside["closed boards"] += fields["staff_only"]
        if any(getattr(board, name) != value for name, value in fields.items()):
            await Board.raw().update_one({"_id": board.oid}, {"$set": fields})


def _described(raw: Raw) -> Raw:
    return {"description": one_line(said(raw.get("description")), DESCRIPTION_CHARS_MAX)}


async def _closed(nodebb: NodeBB, cid: int, raw: Raw) -> dict[str, Any]:
    keys = [f"group:cid:{cid}:privileges:groups:{what}:members" for what in READING]
    found = await nodebb.scored(keys)
    may = set.intersection(*(set(found.get(key, {})) for key in keys))
    # A topic whose category is gone, or one of another server, is for nobody to see without somebody's decision.
    members = MEMBERS_GROUP in may and bool(raw) and not is_set(raw.get("disabled"))
    overrides = {} if GUESTS_GROUP in may or not members else {GUEST: {"read": False}}
    return {"staff_only": not members, "overrides": overrides}
