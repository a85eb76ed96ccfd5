"""What the pages about one's own data print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from documents.archive import ArchiveState


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """One archive; `url` is empty until it can be fetched, `megabytes` is its size."""

    state: ArchiveState
    asked_at: datetime
    url: str
    megabytes: str
    until: datetime | None
