"""What boards say of roles."""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId

from app.errors import Invalid, NotFound
from app.events import RolesChanged
from app.operations.service import record, target
from app.permissions.book import fresh
from app.permissions.catalogue import ADMINISTRATOR, AREAS, GUEST
from app.roles.limits import changed_meanwhile, require, require_area
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import Board

Overrides = dict[str, dict[str, bool]]


async def set_overrides(viewer: Viewer, id: ObjectId, wanted: Mapping[str, Mapping[str, bool]], *, seen: str) -> None:
    """Let a board allow and deny exactly this. `seen` is the mark of what it said before."""
    require(viewer, "manage_roles")
    now = await fresh()
    after = {role: dict(areas) for role, areas in wanted.items() if areas}
    if not after.keys() <= now.roles.keys() - {ADMINISTRATOR} or not _fits(after):
        raise Invalid(Text(N_("A role is not there any more. Please open the page again.")))

    async def steps(work: Work) -> None:
        board = await Board.find_one({"_id": id}, session=work.session)
        if board is None:
            raise NotFound
        if mark(board.overrides) != seen:
            raise changed_meanwhile()
        if board.overrides == after:
            return
        for area in AREAS:
            if _column(board.overrides, area) != _column(after, area):
                require_area(viewer, area, board)
        await Board.raw().update_one({"_id": id}, {"$set": {"overrides": after}}, session=work.session)
        done = target("board", id, {"overrides": board.overrides}, {"overrides": after})
        await record(work, viewer, "board.roles", [done])
        work.record(RolesChanged())

    await together(steps, hot=(id,))


def _fits(overrides: Overrides) -> bool:
    """Guests can be allowed or denied to read, nothing else."""
    return all(area in AREAS for areas in overrides.values() for area in areas) and overrides.get(GUEST, {}).keys() <= {
        "read"
    }


def _column(overrides: Overrides, area: str) -> dict[str, bool]:
    return {role: areas[area] for role, areas in overrides.items() if area in areas}


def mark(overrides: Overrides) -> str:
    """A short text that is the same for the same overrides, for a form to say which it was made from."""
    rows = [f"{role}.{area}{'+' if said else '-'}" for role, areas in overrides.items() for area, said in areas.items()]
    return " ".join(sorted(rows))
