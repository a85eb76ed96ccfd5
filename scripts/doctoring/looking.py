"""Runs the checks. What people do meanwhile is never a fault: what seems wrong is looked at again, in a snapshot."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.web.batches import in_parts
from app.files.storage import Storage
from app.settings import Settings
from app.work import SNAPSHOT, Work, together
from documents import User
from documents.base import Raw, Record
from scripts.doctoring.check import Check, Fault, Finding, Whole

PAGE: Final = 500
# Mended in one transaction.
MENDED_AT_ONCE: Final = 20
# A repair can bring something to light, such as a counter of what was taken away.
ROUNDS: Final = 4
# Work that no transaction holds together, such as storing a file and then naming it, is over after this time.
SECOND_LOOK_SECONDS: Final = 1.0

Advance = Callable[[str, int], None]


def _quiet(name: str, by: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Examination:
    """One look at a forum. `deep` also reads the contents of every file."""

    settings: Settings
    storage: Storage
    repair: bool = False
    deep: bool = False
    advance: Advance = _quiet
    findings: dict[str, Finding] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How much is still wrong."""
        return sum(finding.left for finding in self.findings.values())

    async def run(self, checks: Sequence[Check | Whole]) -> list[Finding]:
        """Look at everything; gives what was found, in the order of the checks."""
        await self._round(checks)
        rounds = 1
        while self.repair and rounds < ROUNDS and any(found.repaired for found in self.findings.values()):
            before = sum(found.repaired for found in self.findings.values())
            await self._again(checks)
            rounds += 1
            if before == sum(found.repaired for found in self.findings.values()):
                break
        return [self.findings[check.name] for check in checks if check.name in self.findings]

    async def _again(self, checks: Sequence[Check | Whole]) -> None:
        """What a repair has brought to light counts as found too; what stays wrong is counted once."""
        earlier, self.findings = self.findings, {}
        await self._round(checks)
        for name, old in earlier.items():
            new = self.findings.setdefault(name, Finding(old.name, old.says))
            new.count += old.repaired
            new.repaired += old.repaired
            new.examples = old.examples or new.examples

    async def _round(self, checks: Sequence[Check | Whole]) -> None:
        paged: dict[type[Record], list[Check]] = defaultdict(list)
        for check in checks:
            if isinstance(check, Check):
                paged[check.document].append(check)
        walks = [self._walk(document, of_it) for document, of_it in paged.items()]
        walks += [self._whole(check) for check in checks if isinstance(check, Whole)]
        if self.repair:  # one after the other: each sees what the one before has mended
            for walk in walks:
                await walk
        else:
            await asyncio.gather(*walks)

    async def _walk(self, document: type[Record], checks: list[Check]) -> None:
        """A collection by pages of ids, each looked at by all its checks."""
        for which in {repr(check.which): check.which for check in checks}.values():
            fitting = [check for check in checks if check.which == which]
            async for ids in pages(document, which):
                for check, faults in zip(
                    fitting, await asyncio.gather(*(check.look(ids, None) for check in fitting)), strict=True
                ):
                    if faults:
                        await self._suspect(check, faults)
                self.advance(document.Settings.name, len(ids))

    async def _suspect(self, check: Check, faults: list[Fault]) -> None:
        confirmed = await in_snapshot(check, _where(faults))
        if not confirmed:
            return
        self._finding(check).add(confirmed)
        if self.repair:
            await self._mend(check, [fault.at for fault in confirmed if fault.mend is not None])

    def _finding(self, check: Check | Whole) -> Finding:
        return self.findings.setdefault(check.name, Finding(check.name, check.says))

    async def _mend(self, check: Check, ids: list[Any]) -> None:
        for batch in in_parts(dict.fromkeys(ids), MENDED_AT_ONCE):

            async def steps(work: Work, batch: list[Any] = batch) -> int:
                faults = [fault for fault in await check.look(batch, work.session) if fault.mend is not None]
                for fault in faults:
                    assert fault.mend is not None
                    await fault.mend(work)
                return len(faults)

            self._finding(check).repaired += await together(steps)

    async def _whole(self, check: Whole) -> None:
        first = await check.look(self)
        if not first:
            return
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        seen = {(fault.at, fault.note) for fault in first}
        confirmed = [fault for fault in await check.look(self) if (fault.at, fault.note) in seen]
        if not confirmed:
            return
        self._finding(check).add(confirmed)
        if self.repair:
            for fault in confirmed:
                if fault.mend is not None:
                    await together(fault.mend)
            wrong = {(fault.at, fault.note) for fault in await check.look(self)}
            self._finding(check).repaired += sum((fault.at, fault.note) not in wrong for fault in confirmed)


def _where(faults: Iterable[Fault]) -> list[Any]:
    return list(dict.fromkeys(fault.at for fault in faults))


async def in_snapshot(check: Check, ids: list[Any]) -> list[Fault]:
    """What is wrong with these at one moment: everything that belongs together was stored together."""
    async with User.raw().database.client.start_session() as session:
        await session.start_transaction(SNAPSHOT)
        try:
            return await check.look(ids, session)
        finally:
            await session.abort_transaction()


async def pages(document: type[Record], which: Raw) -> AsyncIterator[list[Any]]:
    """The ids of a collection, in pages by key."""
    after: Raw = {}
    while True:
        query = {"$and": [which, after]} if which else after
        found = document.raw().find(query, {"_id": 1}).sort("_id", 1).limit(PAGE)
        ids = [raw["_id"] async for raw in found]
        if ids:
            yield ids
        if len(ids) < PAGE:
            return
        after = {"_id": {"$gt": ids[-1]}}


async def to_look_at(checks: Iterable[Check | Whole]) -> dict[str, int]:
    """By collection how many documents are looked at; those twice that two walks pass by."""
    walks = {(check.document, repr(check.which)): check.which for check in checks if isinstance(check, Check)}
    totals: dict[str, int] = defaultdict(int)
    for (document, _), which in walks.items():
        counted = document.raw().count_documents(which) if which else document.raw().estimated_document_count()
        totals[document.Settings.name] += await counted
    return dict(totals)
