"""Headers that are made of ids and addresses: one word each, which is never broken or encoded, however long it is.

Python's own policy makes `=?utf-8?q?…?=` of a word that is longer than a line, and no mail program finds the address.
"""

from __future__ import annotations

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import Policy
from typing import Final

NAMES: Final = ("message-id", "in-reply-to", "references", "list-id", "list-unsubscribe")
LINE_CHARS: Final = 78


class IdHeader(UnstructuredHeader, BaseHeader):
    """One of them; its value is ASCII."""

    def fold(self, *, policy: Policy) -> str:
        """On the line of its name, or on one of its own."""
        line = f"{self.name}: {self}"
        return (line if len(line) <= LINE_CHARS else f"{self.name}:{policy.linesep} {self}") + policy.linesep


def with_ids() -> HeaderRegistry:
    """Python's headers with these."""
    registry = HeaderRegistry()
    for name in NAMES:
        registry.map_to_type(name, IdHeader)
    return registry
