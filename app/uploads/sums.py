"""What all files take: by kind, whose take most, and everybody's picture."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.people.cards import card_of
from app.uploads.kinds import amount
from app.web.i18n import N_
from app.web.pages import Card
from documents import StoredFile, Upload, User
from documents.base import LIVE, Raw

COUNTED_SECONDS: Final = 60.0
OWNERS: Final = 10
FACES: Final = 24
KINDS: Final[dict[str, tuple[str, str]]] = {
    "picture": (N_("Pictures"), r"^image/"),
    "document": (N_("Documents and texts"), r"^(application/pdf|text/)"),
    "archive": (N_("Archives and office files"), r"^application/(zip|gzip|x-7z-compressed)"),
    "media": (N_("Sound and video"), r"^(audio|video)/"),
}


@dataclass(frozen=True, slots=True)
class KindSum:
    """Files of a kind: how many, and their bytes as people read them."""

    key: str
    title: str
    count: int
    size: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody whose files take much."""

    card: Card
    size: str


_summed: list[tuple[float, tuple[KindSum, ...]]] = []


async def sums() -> tuple[KindSum, ...]:
    """All files by kind, then people's pictures, then what waits in quarantine: added up at most once a minute."""
    if not _summed or _summed[0][0] < time.monotonic():
        _summed[:] = [(time.monotonic() + COUNTED_SECONDS, await _add_up())]
    return _summed[0][1]


async def _add_up() -> tuple[KindSum, ...]:
    group: Raw = {"$group": {"_id": "$type", "n": {"$sum": 1}, "bytes": {"$sum": "$bytes"}}}
    types = await (await Upload.raw().aggregate([group])).to_list()
    found = []
    for key, (title, pattern) in KINDS.items():
        those = [row for row in types if re.match(pattern, row["_id"])]
        found.append(_sum(key, title, those))
    for key, title, which in (
        ("avatars", N_("People’s pictures"), {"kind": "avatar", "references": {"$gt": 0}}),
        ("quarantine", N_("Stored, used by nobody"), {"references": 0}),
    ):
        stored: list[Raw] = [{"$match": which}, group]
        found.append(_sum(key, title, await (await StoredFile.raw().aggregate(stored)).to_list()))
    return tuple(found)


def _sum(key: str, title: str, rows: Sequence[Raw]) -> KindSum:
    return KindSum(key, title, sum(row["n"] for row in rows), amount(sum(row["bytes"] for row in rows)))


async def owners() -> tuple[Owner, ...]:
    """Whose files take most."""
    which: Raw = {"upload_bytes": {"$gt": 0}}
    found = await User.raw().find(which).sort("upload_bytes", -1).limit(OWNERS).to_list()
    return tuple(Owner(card_of(raw), amount(raw["upload_bytes"])) for raw in found)


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody's picture."""

    card: Card
    size: str


async def faces(after: str) -> tuple[tuple[Face, ...], str]:
    """People with a picture, by username; and the key of the next page."""
    which: Raw = {"avatar": {"$gt": ""}, **LIVE}
    if after:
        which["username_key"] = {"$gt": after}
    found = await User.raw().find(which).sort("username_key", 1).limit(FACES + 1).to_list()
    names = {"sha256": {"$in": [raw["avatar"] for raw in found]}, "kind": "avatar"}
    sizes = {raw["sha256"]: raw["bytes"] async for raw in StoredFile.raw().find(names, {"sha256": 1, "bytes": 1})}
    rows = tuple(Face(card_of(raw), amount(sizes.get(raw["avatar"], 0))) for raw in found[:FACES])
    return rows, found[FACES - 1]["username_key"] if len(found) > FACES else ""


def forget() -> None:
    """Add up anew when next asked."""
    _summed.clear()
