"""What the admin pages print."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of a kind, and how many more are soft-deleted."""

    kind: str
    count: int
    deleted: int
