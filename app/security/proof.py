"""What counts as a proof of who is there: a passkey, or the password with a code where there is a second factor.

Full proof, as OWASP ASVS 5.0 7.5.1 wants it: a password alone must not take away what stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bson import ObjectId

from app.accounts.passwords import Passwords
from app.errors import Invalid
from app.security import factors
from app.web.i18n import N_, Text
from documents import Factor, Passkey, User

WRONG_CODE: Final = Text(N_("This code is not right, or was used already. Wait for the next one."))


@dataclass(frozen=True, slots=True)
class Means:
    """What somebody can prove themselves by: with `code` beside the password, by an app or only by recovery codes."""

    code: bool
    app: bool
    passkey: bool


async def means(user: ObjectId) -> Means:
    """What this person has."""
    factor = await Factor.of(user)
    passkey = await Passkey.raw().find_one({"user": user}, {"_id": 1})
    return Means(code=factor.asks, app=bool(factor.secret), passkey=passkey is not None)


async def check_typed(passwords: Passwords, key: bytes, user: ObjectId, password: str, code: str) -> None:
    """`Invalid` names the field unless password, and code where one is needed, show that this person is there."""
    found = await User.load(user)
    if found is None or not await passwords.is_right(password, found.password_hash):
        raise Invalid(fields={"proof_password": Text(N_("This is not your password."))})
    if (await Factor.of(user)).asks and await factors.spend_typed(key, user, code) is None:
        raise Invalid(fields={"proof_code": WRONG_CODE})
