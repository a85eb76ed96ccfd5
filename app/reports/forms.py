"""The forms of reports."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from app.comments.forms import REASON_CHARS_MAX
from app.drafts.forms import whole_number
from app.reports.words import WORDS_MAX
from app.web.forms import AtMost, Form, Said, clean, one_line

APPEAL_CHARS_MAX = 2_000
NOTE_CHARS_MAX = 500


class ReportForm(Form):
    """Why somebody reports something."""

    reason = StringField(filters=[one_line])
    words = StringField(filters=[clean, str.strip], validators=[AtMost(WORDS_MAX)])


class DecisionForm(Form):
    """Why something is deleted or kept; the author of what is deleted reads it. `seen` stands for the text as read."""

    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS_MAX)])
    seen = HiddenField(filters=[one_line])

    @property
    def seen_edits(self) -> int | None:
        """How often the text that was read had been changed, when the form says it."""
        return whole_number(self.text("seen"))


class NoteForm(Form):
    """What moderators tell each other."""

    words = StringField(filters=[clean, str.strip], validators=[Said(), AtMost(NOTE_CHARS_MAX)])


class AppealForm(Form):
    """Why a decision was wrong."""

    words = StringField(filters=[clean, str.strip], validators=[Said(), AtMost(APPEAL_CHARS_MAX)])


class AnswerForm(Form):
    """What is said to who has appealed."""

    answer = StringField(filters=[one_line], validators=[Said(), AtMost(REASON_CHARS_MAX)])
