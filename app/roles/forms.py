"""Forms of roles."""

from __future__ import annotations

from typing import ClassVar, Final

from wtforms import StringField

from app.errors import Invalid
from app.permissions.allowances import MOST
from app.permissions.catalogue import ALLOWANCES
from app.roles.fields import ManyField
from app.web.forms import AtMost, Form, Said, one_line
from app.web.i18n import N_, Text

DIGITS_MAX: Final = 9


class LimitsForm(Form):
    """How often the people with a role may do things; nothing leaves a thing to their other roles."""

    NAMES: ClassVar[tuple[str, ...]] = tuple(f"limit_{name}" for name in ALLOWANCES)

    def limits(self) -> dict[str, int]:
        """Those that were given; `Invalid` names the fields with anything but a number from 1 on."""
        given = {name: self.text(f"limit_{name}") for name in ALLOWANCES if f"limit_{name}" in self._fields}
        wrong = [name for name, text in given.items() if text and not _fits(text)]
        if wrong:
            said = Text(N_("Please write a number from 1 to %(most)s."), most=f"{MOST:,}")
            raise Invalid(fields=dict.fromkeys((f"limit_{name}" for name in wrong), said))
        return {name: int(text) for name, text in given.items() if text}


def _fits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX and 1 <= int(text) <= MOST


for _name in LimitsForm.NAMES:
    setattr(LimitsForm, _name, StringField(filters=[one_line]))


class RoleForm(LimitsForm):
    """An own role."""

    name = StringField(filters=[one_line], validators=[Said(), AtMost(40)])
    description = StringField(filters=[one_line], validators=[AtMost(200)])
    permissions = ManyField()
    seen = StringField()


class BuiltInForm(LimitsForm):
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
