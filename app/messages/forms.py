"""Forms of private messages. There is no sender in them: that is the log-in."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from app.comments.forms import BodyAtMost
from app.drafts.forms import DraftedForm
from app.web.forms import AtMost, Said, clean, one_line

TITLE_CHARS_MAX = 120
NAME_INPUT_MAX = 100


class MessageForm(DraftedForm):
    """A new conversation."""

    to = StringField(filters=[one_line], validators=[Said(), AtMost(NAME_INPUT_MAX)])
    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])


class ReplyForm(DraftedForm):
    """An answer in a conversation."""

    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])
