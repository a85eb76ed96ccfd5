"""Places of honour: pinned in its board, announced to all, featured by editors; and what is locked."""

from __future__ import annotations

from typing import Any, Final

from bson import ObjectId

from app.boards.access import visible_topic
from app.errors import Forbidden
from app.events import TopicChanged
from app.operations.service import record, target
from app.topics import policy
from app.viewer import Viewer
from app.web.recent import Recent
from app.work import Work, together
from documents import Topic
from documents.base import LIVE, Raw

# Each verb and what it sets; with "un" before it, the contrary.
VERBS: Final[dict[str, str]] = {"pin": "pinned", "announce": "announced", "feature": "featured", "lock": "locked"}
PLACED_MAX: Final = 200
HONOURS: Final = ("pinned", "announced", "featured")

# All topics that have such a place: there are few, and every list asks. Any change of a topic drops them.
recent_placed: Recent[str, list[Raw]] = Recent(1)


async def put(viewer: Viewer, id: ObjectId, verb: str, *, wanted: bool) -> None:
    """Give a topic such a place, or take it away; nothing is done, or written down, where it is so already."""
    topic, board = await visible_topic(viewer, id)
    if not policy.may_place(viewer, topic, verb, board):
        raise Forbidden

    async def steps(work: Work) -> None:
        field = VERBS[verb]
        known = await Topic.raw().find_one({"_id": id, **LIVE}, {field: 1}, session=work.session)
        if known is None or known.get(field, False) == wanted:
            return
        fields: dict[str, Any] = {field: wanted}
        await Topic.change(id, work.session, **fields)
        done = target("topic", id, {field: not wanted}, fields)
        await record(work, viewer, f"topic.{'' if wanted else 'un'}{verb}", [done], concerns=[topic.author])
        work.record(TopicChanged(id, topic.board))

    await together(steps, hot=(id,))


async def placed(honour: str, board: ObjectId | None = None) -> list[ObjectId]:
    """The topics that have this place, in a board or everywhere, newest first."""
    kept = await recent_placed.get("all", _read)
    rows = await _read() if kept is None else kept
    return [row["_id"] for row in rows if row.get(honour) and board in (None, row["board"])]


async def _read() -> list[Raw]:
    fields: Raw = dict.fromkeys((*HONOURS, "board"), 1)
    either: list[Raw] = [{honour: True, **LIVE} for honour in HONOURS]
    return await Topic.raw().find({"$or": either}, fields).sort("_id", -1).limit(PLACED_MAX).to_list()
