"""Forms of private messages. There is no sender in them: that is the log-in."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField

from app.comments.forms import BodyAtMost
from app.comments.merging import Clash
from app.drafts.forms import DraftedForm, whole_number
from app.web.forms import AtMost, Form, Said, clean, one_line

TITLE_CHARS_MAX = 120
# For as many names as a group may have.
NAMES_CHARS_MAX = 600


class MessageForm(DraftedForm):
    """A new conversation."""

    to = StringField(filters=[one_line], validators=[Said(), AtMost(NAMES_CHARS_MAX)])
    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])


class ReplyForm(DraftedForm):
    """An answer in a conversation."""

    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])


class EditMessageForm(DraftedForm):
    """A changed message. `seen` is the number of edits the writer had before their eyes, `base` what it was first."""

    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])
    seen = HiddenField(filters=[one_line])
    base = HiddenField(filters=[one_line])

    @property
    def seen_edits(self) -> int | None:
        """The number, when the form says one."""
        return whole_number(self.text("seen"))

    def meet(self, edits: int) -> None:
        """Know of the edits there are, and remember from where this one began."""
        self.base.data = self.text("base") or self.text("seen")
        self.seen.data = str(edits)

    def take(self, choice: str, clash: Clash) -> None:
        """Replace the text by the other one, or by both merged."""
        taken = {"theirs": clash.theirs, "merged": clash.merged}.get(choice)
        if taken is not None:
            self.body.data = taken


class NamesForm(Form):
    """Whom to add to a group."""

    to = StringField(filters=[one_line], validators=[Said(), AtMost(NAMES_CHARS_MAX)])


class TitleForm(Form):
    """What a group is called."""

    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
