"""Making a plan of a forum, and carrying one out: from where an earlier run of it ended, and written down once."""

from app.files.storage import Storage
from app.mail.delivery import MAIL_FOLDER
from app.operations.service import SCRIPT, record
from app.realtime.news import News
from app.work import Work, together
from documents import Operation
from documents.base import Raw
from documents.operation import Target
from scripts.cleaning.dead import Dead
from scripts.cleaning.files import find_files
from scripts.cleaning.finding import find_dead
from scripts.cleaning.leavers import erase_leavers, find_leavers, find_mails
from scripts.cleaning.people import find_people
from scripts.cleaning.plan import Plan
from scripts.cleaning.purging import Purge
from scripts.opened import Opened
from scripts.printing import progress

VERB = "forum.cleanup"


async def planned(opened: Opened, plan: Plan) -> None:
    """Find out what is to go, in the order in which one thing can keep another."""
    terms, settings = plan.terms, opened.settings
    dead = Dead(terms.since, terms.left_before)
    with progress() as bars:
        bars.add_task("Looking for what is dead", total=None)
        await find_dead(plan, dead)
        await find_people(plan, dead)
        await find_files(plan, Storage.of(settings), terms.unused_since)
        find_mails(plan, settings.data_dir / MAIL_FOLDER, terms.since)
        await find_leavers(plan, terms.left_before)


async def carried_out(opened: Opened, plan: Plan) -> None:
    """Purge, and have the running processes forget what is gone, also when this is stopped half-way."""
    terms, settings = plan.terms, opened.settings
    dead, storage = Dead(terms.since, terms.left_before), Storage.of(settings)
    purge = Purge(plan, dead, storage, terms.unused_since, settings.data_dir / MAIL_FOLDER)
    again = plan.state == "begun"
    plan.turn("begun")
    with progress() as bars:
        task = bars.add_task("Purging", total=sum(count.count for count in plan.counts().values()))
        try:
            await purge.run(lambda by: bars.advance(task, by))
        finally:
            if again or any(count.count for count in purge.done.values()):
                await opened.publish(News(boards=True, persons=tuple(purge.people)))
    await erase_leavers(plan, terms.left_before, settings)
    await written_down(plan)
    plan.turn("finished")


async def written_down(plan: Plan) -> None:
    """One operation for each plan that purged something, however often it was begun."""
    done: Raw = {kind: count.count for kind, count in plan.counts("purged").items() if count.count}
    erased = len(plan.leavers("purged"))
    done |= {"erased_people": erased} if erased else {}
    size = sum(count.bytes for count in plan.counts("purged").values())
    left = sum(count.count for count in plan.counts("left").values())
    if not done:
        return

    async def steps(work: Work) -> None:
        known = {"verb": VERB, "targets.name": plan.name}
        if await Operation.raw().find_one(known, {"_id": 1}, session=work.session) is None:
            after: Raw = {**done, "bytes": size, **({"left": left} if left else {})}
            await record(work, SCRIPT, VERB, [Target(kind="forum", name=plan.name, after=after)])

    await together(steps)
