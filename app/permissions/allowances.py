"""How often somebody may do something: what their roles allow, the most generous of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.permissions.book import Book, book
from app.permissions.catalogue import ALLOWANCES, GUEST, Allowance
from app.permissions.rules import Holder

MOST: Final = 100_000
# What a permission to do something goes with.
OF_PERMISSION: Final[Mapping[str, tuple[str, ...]]] = {
    "read": ("search",),
    "post": ("topic",),
    "reply": ("comment",),
    "upload": ("upload",),
    "like": ("like",),
    "message": ("message", "stranger"),
    "edit_own": ("edit",),
    "edit_others": ("edit",),
    "reach_anyone": ("stranger",),
}


@dataclass(frozen=True, slots=True)
class Allowed:
    """So many times in the time of the allowance, by this role."""

    allowance: Allowance
    most: int
    role: str


def allowed(holder: Holder, name: str, now: Book | None = None) -> Allowed | None:
    """What somebody may; what no role of theirs says anything of, as a guest may. None for what no role carries."""
    allowance = ALLOWANCES.get(name)
    if allowance is None:
        return None
    roles = (now or book()).roles
    said = [(roles[key].limits[name], key) for key in holder.held if key in roles and name in roles[key].limits]
    most, role = max(said, default=(roles[GUEST].limits.get(name, allowance.guest or allowance.new), GUEST))
    return Allowed(allowance, most, role)
