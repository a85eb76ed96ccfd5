"""Stored files that no document names."""

import os
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from scripts.cleaning.plan import BATCH, Plan
from scripts.cleaning.registry import FILES

# A file is stored before the document that names it.
YOUNG_SECONDS: Final = 24 * 3600


async def find_files(plan: Plan, folder: Path) -> None:
    """Files below `folder` that are older than a day and named nowhere."""
    found = old_files(folder)
    while batch := list(islice(found, BATCH)):
        named = await still_named([name for name, _ in batch])
        plan.add("files", "files", ((name, name, size) for name, size in batch if name not in named))


def old_files(folder: Path) -> Iterator[tuple[str, int]]:
    """Path below `folder`, with slashes, and size; links are not followed."""
    latest = time.time() - YOUNG_SECONDS
    for at, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(at, name)
            stat = path.lstat()
            if stat.st_mtime < latest:
                yield path.relative_to(folder).as_posix(), stat.st_size


async def still_named(names: Sequence[str]) -> set[str]:
    """Those of these files that some document names."""
    found: set[str] = set()
    for document, field in FILES:
        found.update(await document.raw().distinct(field, {field: {"$in": list(names)}}))
    return found


async def remove_files(folder: Path, names: Sequence[str]) -> list[str]:
    """Remove those that are still old and named nowhere; gives the ones that were there."""
    named, latest = await still_named(names), time.time() - YOUNG_SECONDS
    return [name for name in names if name not in named and _removed(folder / name, latest)]


def _removed(path: Path, latest: float) -> bool:
    try:
        if path.lstat().st_mtime >= latest:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True
