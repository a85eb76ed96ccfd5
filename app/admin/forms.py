"""Forms of the administration."""

from __future__ import annotations

from wtforms import BooleanField, StringField

from app.web.forms import AtMost, Form, Said, one_line


class BoardForm(Form):
    """A board."""

    name = StringField(filters=[one_line], validators=[Said(), AtMost(60)])
    description = StringField(filters=[one_line], validators=[AtMost(300)])
    staff_only = BooleanField()
    parent = StringField()
