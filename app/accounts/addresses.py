"""E-mail addresses: what they look like, and how they are compared."""

from __future__ import annotations

from typing import Final

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid
from app.text import names
from app.web.i18n import N_, Text

EMAIL_MAX_CHARS: Final = 254


def checked_email(email: str) -> str:
    """The address, normalized; looked at only, never looked up."""
    try:
        return validate_email(
            email.strip()[: EMAIL_MAX_CHARS + 1], check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError:
        raise Invalid(fields={"email": Text(N_("This does not look like an e-mail address."))}) from None


def email_key(address: str) -> str:
    """The form in which addresses are compared: `Ada@Example.ORG` is `ada@example.org`."""
    return names.username_key(address)


def login_key(login: str) -> str:
    """The form in which names and addresses are looked up, and tries to log in are counted, however they are typed."""
    return names.username_key(login.strip())[:EMAIL_MAX_CHARS]
