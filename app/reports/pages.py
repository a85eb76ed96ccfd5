"""What templates print of reports and appeals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.boards.pages import BoardRef
from app.web.pages import Card


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """What one person finds wrong."""

    who: Card
    reason: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """What a moderator has noted."""

    who: Card
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Quarrel:
    """A decision on the person or text of an appeal. `what` is the verb of the operation, `ends` when it is over."""

    what: str
    label: str
    reason: str
    at: datetime
    ends: datetime | None = None
    by: Card | None = None


@dataclass(frozen=True, slots=True)
class ExhibitFile:
    """A file that something is about; `url` only for who judges, `width` and `height` of a picture, in pixels."""

    name: str
    size: str
    url: str = ""
    width: int = 0
    height: int = 0

    @property
    def picture(self) -> bool:
        """Whether there is something to look at."""
        return self.width > 0


@dataclass(frozen=True, slots=True)
class Exhibit:
    """The text, person or files that something is about. `html` is empty for what is not there any more."""

    kind: str
    title: str
    url: str
    author: Card
    at: datetime | None = None
    html: Markup | None = None
    plain: str = ""
    lang: str = ""
    board: BoardRef | None = None
    deleted: bool = False
    files: tuple[ExhibitFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in the queue. `earlier` is how often the same was reported and decided before."""

    id: str
    state: str
    exhibit: Exhibit
    complaints: tuple[ComplaintView, ...]
    notes: tuple[NoteView, ...]
    attached: tuple[NoteView, ...]
    first_at: datetime
    assignee: Card | None = None
    mine: bool = False
    earlier: int = 0
    decided_by: Card | None = None
    decided_at: datetime | None = None
    reason: str = ""
    may_delete: bool = False
    may_sanction: bool = False


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A text that waits for approval. `edits` is how often it was changed: a decision names what it has seen.

    `why` says why it waits, where it looked like a flood.
    """

    id: str
    kind: str
    exhibit: Exhibit
    edits: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal in the queue; `may_judge` is not for who has decided."""

    id: str
    exhibit: Exhibit
    who: Card
    text: str
    at: datetime
    state: str
    quarrel: Quarrel
    decided_by: Card | None = None
    decided_at: datetime | None = None
    may_judge: bool = False
