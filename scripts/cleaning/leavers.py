"""People who have deleted their accounts and whose time to regret it is over, and e-mails kept for a while only."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from bson import ObjectId

from app.mydata import erasing
from app.settings import Settings
from documents import User
from scripts.cleaning.plan import LEAVERS, Plan


async def find_leavers(plan: Plan, left_before: datetime) -> None:
    """Those who are to be erased and are not purged altogether."""
    found = await erasing.due(left_before)
    plan.add_leavers(str(leaver.id) for leaver in found if not plan.has("users", leaver.id))


async def erase_leavers(plan: Plan, left_before: datetime, settings: Settings) -> None:
    """Erase them, one after the other. Who has come back is left; who is half erased is finished."""
    due = {str(leaver.id): leaver for leaver in await erasing.due(left_before)}
    for id in sorted(plan.leavers("") | plan.leavers("trying")):
        tried = plan.tried(LEAVERS, [id])
        plan.settle(LEAVERS, [id], "trying")
        erased = id in due and await erasing.erase(due[id], settings)
        plan.settle(LEAVERS, [id], "purged" if erased or (tried and await _is_erased(id)) else "left")


async def _is_erased(id: str) -> bool:
    raw = await User.raw().find_one({"_id": ObjectId(id)}, {"erased_at": 1})
    return raw is None or raw.get("erased_at") is not None


def find_mails(plan: Plan, folder: Path, before: datetime) -> None:
    """E-mails in the folder that are older."""
    for path in folder.glob("*.eml"):
        found = path.stat()
        if found.st_mtime < before.timestamp():
            plan.add("mails", "mails", [(path.name, path.name, found.st_size)])


def remove_mails(folder: Path | None, names: Iterable[str]) -> list[str]:
    """Delete these; gives those that were there."""
    gone = [name for name in names if folder is not None and (folder / name).is_file()]
    for name in gone:
        (folder / name).unlink(missing_ok=True) if folder else None
    return gone
