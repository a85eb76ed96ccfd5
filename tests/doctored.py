"""The doctor, as tests call it after what they did: in this process, with everything that scripts/doctor.py checks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from app.files.storage import Storage
from app.settings import Settings
from scripts.doctoring.check import Finding
from scripts.doctoring.looking import Examination
from scripts.doctoring.registry import CHECKS

Doctor = Callable[[], Awaitable[None]]


async def examine(settings: Settings, *names: str, repair: bool = False) -> list[Finding]:
    """What is wrong with the forum that this process is connected to; of the checks named, or of all."""
    checks = [check for check in CHECKS if not names or check.name in names]
    return await Examination(settings, Storage.of(settings), repair=repair).run(checks)


def sentences(found: list[Finding]) -> str:
    """What was found, to be read."""
    return "\n".join(f"{finding.count} {finding.says}: {finding.examples}" for finding in found)
