"""What waits for somebody or something: jobs by kind, e-mails that have failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.events import LettersWritten
from app.jobs.workshop import OVERDUE_AFTER, OVERDUE_COUNTED, Workshop
from app.viewer import Viewer
from app.web.health import Running, jobs
from app.web.i18n import N_, Text
from app.work import tell
from documents import Letter
from documents.clock import now

AGAIN_MOST: Final = 200

KINDS: Final = {
    "letter": N_("Send an e-mail"),
    "archive": N_("Pack somebody’s data"),
    "telling": N_("Notify watchers"),
    "settling": N_("Update the notifications of a post"),
    "transfer": N_("Move comments to another topic"),
    "recommend": N_("Choose the topics of the day"),
    "day": N_("Count the day’s numbers"),
    "tag": N_("Change a tag everywhere"),
    "removal": N_("Remove what somebody wrote"),
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of job: how many wait now, and how many for too long."""

    name: str
    title: str
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that an administrator should look at."""

    text: str
    url: str


async def kinds(workshop: Workshop) -> tuple[KindRow, ...]:
    """Every kind of job."""
    moment = now()
    rows = []
    for name, kind in workshop.jobs.kinds.items():
        late = len(await kind.waiting(moment - OVERDUE_AFTER, OVERDUE_COUNTED))
        waiting = len(await kind.waiting(moment, OVERDUE_COUNTED))
        rows.append(KindRow(name, str(Text(KINDS[name])) if name in KINDS else name, waiting, late))
    return tuple(rows)


async def failed_letters() -> int:
    """How many e-mails have failed for good."""
    return int(await Letter.raw().count_documents({"state": "failed"}, limit=OVERDUE_COUNTED))


# In the order of `Viewer.waits`.
QUEUES: Final = (
    (N_("Reports to decide: %(count)s"), "/moderation/reports"),
    (N_("Texts to approve: %(count)s"), "/moderation/approval"),
    (N_("Appeals to decide: %(count)s"), "/moderation/appeals"),
)


async def waiting(viewer: Viewer, running: Running | None) -> tuple[Wait, ...]:
    """What should be looked at, the most urgent first; of what waits for moderators, what waits for this one."""
    queues = zip(viewer.waits, QUEUES, strict=True)
    found = [Wait(str(Text(text, count=count)), url) for count, (text, url) in queues if count]
    numbers = await jobs(running)
    late = sum(numbers["overdue"].values()) if numbers else 0
    if late:
        found.append(Wait(str(Text(N_("Jobs that are late: %(count)s"), count=late)), "/admin/jobs"))
    failed = await failed_letters()
    if failed:
        found.append(
            Wait(str(Text(N_("E-mails that have failed: %(count)s"), count=failed)), "/admin/mail?state=failed")
        )
    return tuple(found)


async def try_again(workshop: Workshop) -> int:
    """Hint at all that waits, and send failed e-mails once more; gives how many that are."""
    failed = [raw["_id"] async for raw in Letter.raw().find({"state": "failed"}, {"_id": 1}).limit(AGAIN_MOST)]
    again = tuple([letter for letter in failed if await Letter.again(letter)])
    if again:
        await tell(LettersWritten(again))
    begun = len(again)
    for kind in workshop.jobs.kinds.values():
        for id in await kind.waiting(now(), AGAIN_MOST):
            await workshop.begin(kind.name, id)
            begun += id not in again
    return begun
