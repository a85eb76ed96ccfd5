"""The forms of security."""

from __future__ import annotations

from typing import ClassVar

from wtforms import PasswordField

from app.security.proof import Given
from app.web.forms import Form


class ProofForm(Form):
    """A proof of who is there. Its fields have names of their own: a form that waits for the proof may travel along."""

    NAMES: ClassVar = ("proof_password",)

    proof_password = PasswordField()

    def given(self) -> Given:
        """What was given, as the service takes it."""
        return Given(password=self.text("proof_password"))
