"""The forms of accounts. Lengths are bounded here; what names and passwords have to be is said by the service."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, PasswordField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import ValidationError

from app.accounts.addresses import EMAIL_MAX_CHARS
from app.accounts.passwords import MAX_CHARS
from app.web.forms import AtMost, Form, Given, one_line
from app.web.i18n import N_, Text

NAME_INPUT_MAX = 100
CAPTCHA_MAX = 40


class SameAs:
    """The field repeats another one. WTForms' own takes no text that is put into a language only when it is shown."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse anything else."""
        if field.data != form[self.name].data:
            raise ValidationError(str(Text(N_("The passwords do not match."))))


class Empty:
    """Nobody who reads the page fills this field in. Who meant well is told, and only has to send the form again."""

    def __call__(self, form: PlainForm, field: Any) -> None:
        """Refuse anything, and take it out of the form."""
        if field.data:
            field.data = ""
            raise ValidationError(str(Text(N_("This looked as if a program had filled it in. Please send it again."))))


class GuardedForm(Form):
    """A form with a place for a captcha. `another` asks for another one, picture or words, and for nothing else."""

    captcha = StringField(filters=[one_line], validators=[AtMost(CAPTCHA_MAX)])
    captcha_id = StringField()
    captcha_kind = StringField()
    another = StringField()


class LoginForm(GuardedForm):
    """Name or address, and password."""

    login = StringField(filters=[one_line], validators=[Given(), AtMost(EMAIL_MAX_CHARS)])
    password = PasswordField(validators=[Given()])
    remember = BooleanField()


class RegisterForm(GuardedForm):
    """A new account. `subject` is a trap: people do not see it."""

    subject = StringField(validators=[Empty()])

    username = StringField(filters=[one_line], validators=[Given(), AtMost(NAME_INPUT_MAX)])
    email = StringField(filters=[one_line], validators=[Given(), AtMost(EMAIL_MAX_CHARS)])
    password = PasswordField(validators=[Given(), AtMost(MAX_CHARS)])
    confirm = PasswordField(validators=[SameAs("password")])


class PasswordForm(Form):
    """A new password, with the old one to show that it is you."""

    old = PasswordField(validators=[Given()])
    password = PasswordField(validators=[Given(), AtMost(MAX_CHARS)])
    confirm = PasswordField(validators=[SameAs("password")])
    tokens = BooleanField()


class ForgotForm(Form):
    """Whose password is forgotten: a name or an address."""

    email = StringField(filters=[one_line], validators=[Given(), AtMost(EMAIL_MAX_CHARS)])


class ResetForm(Form):
    """A new password, by a link in a letter."""

    password = PasswordField(validators=[Given(), AtMost(MAX_CHARS)])
    confirm = PasswordField(validators=[SameAs("password")])


class EmailForm(Form):
    """A new address."""

    email = StringField(filters=[one_line], validators=[Given(), AtMost(EMAIL_MAX_CHARS)])
