"""What waits for moderators, as programs get it, and what they send to decide it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from app.api.shapes import BoardName, Cursor, Id, Line, Page, Person, Prose, Sent, Shape
from app.reports.pages import AppealRow, Exhibit, ReportRow


class ExhibitOut(Shape):
    """The text or person that something is about; `html` is null for what is not there any more."""

    kind: str
    title: str
    url: str
    author: Person
    at: datetime | None
    html: str | None
    board: BoardName | None
    deleted: bool

    @classmethod
    def of(cls, shown: Exhibit) -> Self:
        """Out of what pages show."""
        return cls(
            kind=shown.kind,
            title=shown.title,
            url=shown.url,
            author=Person.of(shown.author),
            at=shown.at,
            html=None if shown.html is None else str(shown.html),
            board=BoardName.of(shown.board) if shown.board else None,
            deleted=shown.deleted,
        )


class Complaint(Shape):
    """What one person finds wrong, or what a moderator has noted."""

    who: Person
    reason: str = ""
    words: str
    at: datetime


class ReportOut(Shape):
    """All that was reported of one thing. `earlier` is how often the same was decided before."""

    id: Id
    state: str
    about: ExhibitOut
    complaints: list[Complaint]
    notes: list[Complaint]
    first_at: datetime
    assignee: Person | None
    earlier: int
    decided_by: Person | None
    decided_at: datetime | None
    reason: str

    @classmethod
    def of(cls, row: ReportRow) -> Self:
        """Out of what the queue shows."""
        told = [Complaint(who=Person.of(c.who), reason=c.reason, words=c.words, at=c.at) for c in row.complaints]
        return cls(
            id=row.id,
            state=row.state,
            about=ExhibitOut.of(row.exhibit),
            complaints=told,
            notes=[Complaint(who=Person.of(note.who), words=note.text, at=note.at) for note in row.notes],
            first_at=row.first_at,
            assignee=Person.of(row.assignee) if row.assignee else None,
            earlier=row.earlier,
            decided_by=Person.of(row.decided_by) if row.decided_by else None,
            decided_at=row.decided_at,
            reason=row.reason,
        )


class Reports(Page[ReportOut]):
    """One page of the reports that are for you."""


class ReportsQuery(Cursor):
    """Which of them."""

    state: Literal["open", "deferred", "settled"] = "open"


class Verdict(Sent):
    """What is decided: it was right to report it (the text is deleted), nothing is wrong, or later."""

    verdict: Literal["accept", "keep", "defer"]
    reason: Line = ""


class NoteIn(Sent):
    """What the other moderators should know."""

    words: Prose


class HeldOut(Shape):
    """A text that waits for approval."""

    id: Id
    kind: str
    about: ExhibitOut


class HeldTexts(Page[HeldOut]):
    """One page of them, the oldest first."""


class Approval(Sent):
    """Whether a text may appear; its author reads the reason when it may not."""

    kind: Literal["topic", "comment"]
    id: Id
    verdict: Literal["approve", "reject"]
    reason: Line = ""


class AppealOut(Shape):
    """Somebody who thinks that a decision about their text was wrong; `may_judge`: you may decide it."""

    id: Id
    about: ExhibitOut
    who: Person
    text: str
    at: datetime
    state: str
    reason: str
    may_judge: bool

    @classmethod
    def of(cls, row: AppealRow) -> Self:
        """Out of what the queue shows."""
        about, who = ExhibitOut.of(row.exhibit), Person.of(row.who)
        plain = {name: getattr(row, name) for name in ("id", "text", "at", "state", "may_judge")}
        return cls(about=about, who=who, reason=row.quarrel.reason, **plain)


class Appeals(Page[AppealOut]):
    """One page of the appeals that are for you."""


class AppealsQuery(Cursor):
    """Which of them."""

    state: Literal["open", "settled"] = "open"


class Judgement(Sent):
    """Whether the text comes back, and what is said to who has appealed."""

    granted: bool
    answer: Line = Field("", description="Needed when it is refused.")
