"""Forms of private messages. There is no sender in them: that is the log-in."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from app.comments.forms import BodyAtMost
from app.drafts.forms import DraftedForm
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


class NamesForm(Form):
    """Whom to add to a group."""

    to = StringField(filters=[one_line], validators=[Said(), AtMost(NAMES_CHARS_MAX)])


class TitleForm(Form):
    """What a group is called."""

    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
