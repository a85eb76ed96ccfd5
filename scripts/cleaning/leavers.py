"""People who have deleted their accounts and whose time to regret it is over, and what is kept for a while only."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from app.mail.delivery import MAIL_FOLDER
from app.mydata import archives, erasing
from app.mydata.erasing import Leaver
from app.settings import Settings
from documents.clock import now
from scripts.cleaning.plan import Plan

DAY_SECONDS: Final = 24 * 3600


async def find_leavers(plan: Plan, settings: Settings) -> list[Leaver]:
    """Those who are to be erased and are not purged altogether."""
    found = await erasing.due(now() - timedelta(days=settings.account_grace_days))
    return [leaver for leaver in found if not plan.has("users", leaver.id)]


async def erase_leavers(found: list[Leaver], settings: Settings) -> int:
    """Erase them, one after the other; gives how many."""
    return sum([await erasing.erase(leaver, settings) for leaver in found])


async def expire(settings: Settings, days: int) -> None:
    """Archives that are over, and e-mails in the folder that are older than `days`."""
    await archives.expire()
    old = time.time() - days * DAY_SECONDS
    for path in Path(settings.data_dir / MAIL_FOLDER).glob("*.eml"):  # noqa: ASYNC240 - nobody else waits for us
        if path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
