"""The form of a personal token."""

from __future__ import annotations

from typing import Any, cast

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput

from app.api.scopes import SCOPES
from app.api.tokens import DAYS, NAME_CHARS_MAX
from app.web.forms import AtMost, Form, Said, one_line


class TokenForm(Form):
    """What it is for, what it may, and for how many days."""

    name = StringField(filters=[one_line], validators=[Said(), AtMost(NAME_CHARS_MAX)])
    scopes = SelectMultipleField(choices=cast(Any, list(SCOPES)), option_widget=CheckboxInput())
    days = RadioField(choices=cast(Any, [str(days) for days in DAYS]), default=str(DAYS[1]))
