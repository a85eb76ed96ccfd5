"""What counts as a proof of who is there."""

from __future__ import annotations

from dataclasses import dataclass

from bson import ObjectId

from app.accounts.passwords import Passwords
from app.errors import Invalid
from app.web.i18n import N_, Text
from documents import User


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives to prove who they are; empty where they gave nothing."""

    password: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What a person can be asked for."""

    password: bool = True


async def means(user: ObjectId) -> Means:
    """What this person can prove themselves by."""
    return Means()


async def check(passwords: Passwords, user: ObjectId, given: Given) -> None:
    """`Invalid` unless what was given shows that this person is there."""
    found = await User.load(user)
    if found is None or not await passwords.is_right(given.password, found.password_hash):
        raise Invalid(fields={"proof_password": Text(N_("This is not your password."))})
