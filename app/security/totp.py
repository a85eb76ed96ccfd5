"""One-time passwords of an app (RFC 6238): six digits, each for half a minute, good once."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

import pyotp
import segno
from markupsafe import Markup

STEP_SECONDS: Final = 30
# RFC 6238, 5.2: one step for a clock that is off and a code that is typed slowly.
DRIFT_STEPS: Final = 1
DIGITS: Final = 6
GROUP: Final = 4


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 wants them."""
    return pyotp.random_base32(32)


def step_of(secret: str, code: str, moment: datetime) -> int | None:
    """The step whose code this is, of those that are good at `moment`; None for any other code."""
    here = int(moment.timestamp()) // STEP_SECONDS
    password = pyotp.HOTP(secret, digits=DIGITS)
    # Bytes: strings are compared in constant time only when they are ASCII, and anything may have been typed.
    typed = code.encode(errors="replace")
    steps = range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(password.at(step).encode(), typed)), None)


def address_of(secret: str, *, account: str, site: str) -> str:
    """The otpauth address that apps read."""
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=account, issuer_name=site.replace(":", " "))


def picture_of(address: str) -> Markup:
    """The address as a QR code: dark on light in both themes, as not every camera reads it the other way round."""
    code = segno.make(address, error="m", micro=False)
    return Markup(
        code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr-code", lineclass=None, omitsize=True)
    )


def grouped(secret: str) -> str:
    """The secret as people type it."""
    return " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))
