"""Forms of moderation."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from app.topics.forms import TITLE_CHARS_MAX
from app.web.forms import AtMost, Form, Said, one_line

REASON_CHARS_MAX = 300
NUMBERS_CHARS_MAX = 1_000


class ActForm(Form):
    """What every act has: why."""

    reason = StringField(filters=[one_line], validators=[AtMost(REASON_CHARS_MAX)])


class RetitleForm(ActForm):
    """Another title."""

    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])


class MoveForm(ActForm):
    """Another board."""

    board = HiddenField(filters=[one_line])


class MergeForm(ActForm):
    """The topic to be merged into: its address, or its id."""

    into = StringField(filters=[one_line], validators=[Said(), AtMost(300)])


class SplitForm(ActForm):
    """Comments that become a topic of their own."""

    title = StringField(filters=[one_line], validators=[Said(), AtMost(TITLE_CHARS_MAX)])
    board = HiddenField(filters=[one_line])
    numbers = StringField(filters=[one_line], validators=[AtMost(NUMBERS_CHARS_MAX)])


class SlowForm(ActForm):
    """The pace of a topic, in seconds."""

    seconds = HiddenField(filters=[one_line])
