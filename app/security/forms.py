"""The forms of security. A passkey's answer is JSON that a script puts into the field `passkey`."""

from __future__ import annotations

from typing import ClassVar

from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from app.security.passkeys import NAME_MAX
from app.web.forms import AtMost, Form, Said, one_line


class ProofForm(Form):
    """A proof of who is there. Its fields have names of their own: a form that waits for the proof may travel along."""

    NAMES: ClassVar = ("proof_username", "proof_password", "proof_code", "proof_passkey")

    proof_password = PasswordField()
    proof_code = StringField()
    proof_passkey = HiddenField()


class SecondForm(Form):
    """The second step of a log-in: any one of these."""

    code = StringField()
    recovery = StringField()
    passkey = HiddenField()

    @property
    def typed(self) -> str:
        """The code, in whichever field it is."""
        return self.text("code").strip() or self.text("recovery").strip()


class CodeForm(Form):
    """A code of the app that is being set up."""

    code = StringField(validators=[InputRequired()])


class PasskeyLoginForm(Form):
    """A passkey instead of name and password."""

    passkey = HiddenField()
    remember = BooleanField()


class NewPasskeyForm(Form):
    """A passkey that the browser has made; without a name it is given one."""

    name = StringField(filters=[one_line], validators=[AtMost(NAME_MAX)])
    passkey = HiddenField()


class NameForm(Form):
    """Another name."""

    name = StringField(filters=[one_line], validators=[Said(), AtMost(NAME_MAX)])
