"""What the pages of roles print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    key: str
    label: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """A group of such a list."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role in the list. `people` is how many were given it; None where it comes by itself."""

    key: str
    name: str
    description: str
    built_in: bool
    permissions: int
    people: int | None

    @property
    def url(self) -> str:
        """Its page."""
        return f"/admin/roles/{self.key}"


@dataclass(frozen=True, slots=True)
class LimitRow:
    """How often something may be done in a `window` of time; `value` as it was typed, `usual` as it is at the start."""

    field: str
    label: str
    window: str
    value: str
    usual: str
    error: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a board says of a role in one area: `said` is "", "allow" or "deny"; None where nothing can be said."""

    area: str
    said: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A role in the table of a board."""

    key: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the list of people, with the names of the roles they were given."""

    card: Card
    roles: tuple[str, ...]
    since: datetime
    states: tuple[str, ...]
    seen: datetime | None = None
    texts: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What one role of somebody says to a question."""

    role: str
    answer: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Why somebody can or cannot do something: one sentence, and what each of their roles says.

    `limits` say how often; `waits`: they have done it so often that they have to wait.
    """

    allowed: bool
    text: str
    roles: tuple[Said, ...]
    beside: str = ""
    limits: tuple[str, ...] = ()
    waits: bool = False
