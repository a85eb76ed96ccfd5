"""Forms of roles."""

from __future__ import annotations

from wtforms import StringField

from app.roles.fields import ManyField
from app.web.forms import AtMost, Form, Said, one_line


class RoleForm(Form):
    """An own role."""

    name = StringField(filters=[one_line], validators=[Said(), AtMost(40)])
    description = StringField(filters=[one_line], validators=[AtMost(200)])
    permissions = ManyField()
    seen = StringField()


class BuiltInForm(Form):
    """A built-in role, whose name and description are ours."""

    permissions = ManyField()
    seen = StringField()


class GivingForm(Form):
    """The roles of a person."""

    roles = ManyField()
    seen = StringField()


class ManyForm(Form):
    """People who were ticked, what is to be done with them, and why."""

    person = ManyField()
    act = StringField()
    role = StringField(filters=[one_line])
    hours = StringField(filters=[one_line])
    reason = StringField(filters=[one_line], validators=[AtMost(300)])


class DeletingForm(Form):
    """Who takes over from a role."""

    to = StringField(filters=[one_line])
