"""Forms of private messages. There is no sender in them: that is the log-in."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from app.comments.forms import BodyAtMost
from app.web.forms import AtMost, Form, Said, clean, one_line

TITLE_CHARS_MAX = 120
NAME_INPUT_MAX = 100


class MessageForm(Form):
    """A new conversation."""

    to = StringField(filters=[one_line], validators=[Said(), AtMost(NAME_INPUT_MAX)])
    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])


class ReplyForm(Form):
    """An answer in a conversation."""

    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])
