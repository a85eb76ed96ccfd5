"""Letters whose contents are looked up only as they are sent: what they say may have changed since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.mail.delivery import Undelivered
from app.work import Work
from documents import Letter
from documents.letter import LetterState

# What is noted beside the letter, in the same transaction, when it is sent, dropped or failed for the reason given.
After = Callable[[Work, LetterState, Undelivered | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter as it is to be sent now; without `facts` there is nothing to send, for the `reason`."""

    after: After
    facts: Mapping[str, Any] | None = None
    to: str = ""
    locale: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    def filled(self, letter: Letter) -> Letter:
        """The letter with what it says."""
        changes: dict[str, Any] = {"facts": dict(self.facts or {}), "to": self.to, "locale": self.locale}
        filled: Letter = letter.model_copy(update=changes)
        return filled


class Errand(Protocol):
    """Knows what letters of one kind say."""

    async def prepare(self, letter: Letter) -> Prepared:
        """Look it up; the letter was claimed a moment ago."""
