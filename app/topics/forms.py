"""The form of a topic."""

from __future__ import annotations

from wtforms import HiddenField, StringField, TextAreaField

from app.comments.forms import BodyAtMost, EditForm
from app.drafts.forms import DraftedForm
from app.web.forms import AtMost, Said, clean, one_line

TITLE_CHARS_MAX = 200
TAGS_INPUT_MAX = 300


class TopicForm(DraftedForm):
    """A new topic."""

    board = HiddenField(filters=[one_line])
    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
    body = TextAreaField(filters=[clean], validators=[Said(), BodyAtMost()])
    tags = StringField(filters=[one_line], validators=[AtMost(TAGS_INPUT_MAX)])


class TopicEditForm(EditForm):
    """A changed topic."""

    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
    tags = StringField(filters=[one_line], validators=[AtMost(TAGS_INPUT_MAX)])
