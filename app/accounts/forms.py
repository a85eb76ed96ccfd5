"""The forms of accounts. Lengths are bounded here; what names and passwords have to be is said by the service."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired

from app.accounts.passwords import MAX_CHARS
from app.accounts.service import EMAIL_MAX_CHARS
from app.web.forms import AtMost, Form, one_line
from app.web.i18n import N_, Text

NAME_INPUT_MAX = 100


class LoginForm(Form):
    """Name or address, and password."""

    login = StringField(filters=[one_line], validators=[InputRequired(), AtMost(EMAIL_MAX_CHARS)])
    password = PasswordField(validators=[InputRequired()])
    remember = BooleanField()


class RegisterForm(Form):
    """A new account."""

    username = StringField(filters=[one_line], validators=[InputRequired(), AtMost(NAME_INPUT_MAX)])
    email = StringField(filters=[one_line], validators=[InputRequired(), AtMost(EMAIL_MAX_CHARS)])
    password = PasswordField(validators=[InputRequired(), AtMost(MAX_CHARS)])
    confirm = PasswordField(validators=[EqualTo("password", Text(N_("The two passwords are not the same.")))])  # type: ignore[arg-type]


class PasswordForm(Form):
    """A new password, with the old one to show that it is you."""

    old = PasswordField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired(), AtMost(MAX_CHARS)])
    confirm = PasswordField(validators=[EqualTo("password", Text(N_("The two passwords are not the same.")))])  # type: ignore[arg-type]
