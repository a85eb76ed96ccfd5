"""Forms in which people write."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField

from app.comments.editing import Why
from app.comments.merging import Clash
from app.drafts.forms import DraftedForm, whole_number
from app.web.context import plumbing
from app.web.forms import AtMost, Form, Said, clean, one_line

REASON_CHARS_MAX = 300


class BodyAtMost(AtMost):
    """No longer than the settings allow a text to be."""

    def __init__(self) -> None:
        super().__init__(0)

    def __call__(self, form: object, field: object) -> None:
        """Refuse a longer text."""
        self.limit = plumbing().settings.max_body_chars
        super().__call__(form, field)  # type: ignore[arg-type]


class CommentForm(DraftedForm):
    """A comment. `known` is the last number of the topic that the writer had before their eyes."""

    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])
    reply_to = HiddenField(filters=[one_line])
    known = HiddenField(filters=[one_line])

    @property
    def known_number(self) -> int | None:
        """The number, when the form says one."""
        return whole_number(self.text("known"))


class TextEditForm(DraftedForm):
    """A changed text. `seen` is the number of edits the writer had before their eyes.

    `base` is what `seen` was before somebody else's edit came between: from there both texts can be merged.
    """

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


class EditForm(TextEditForm):
    """A changed comment, with why."""

    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS_MAX)])

    @property
    def why(self) -> Why:
        """What the writer says of the edit."""
        return Why(self.text("reason"))


class ReasonForm(Form):
    """Why something is deleted."""

    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS_MAX)])
