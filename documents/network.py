"""Networks from which nobody signs up, logs in or writes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from documents.base import Id, Record, index


class BannedNetwork(Record):
    """`network` in CIDR notation, IPv4 or IPv6, until `until` or for good; lifted by setting `lifted_at`."""

    network: str
    reason: str = ""
    by: Id
    created_at: datetime
    until: datetime | None = None
    lifted_at: datetime | None = None

    class Settings:
        """Collection and indexes."""

        name = "networks"
        indexes: ClassVar = [index("network", unique=True, where={"lifted_at": None}), index("-created_at", "-_id")]
