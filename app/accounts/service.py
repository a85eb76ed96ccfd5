"""Accounts: registering, logging in, changing the password."""

from __future__ import annotations

import unicodedata
from typing import Final

from email_validator import EmailNotValidError, validate_email
from pymongo.errors import DuplicateKeyError

from app.accounts import logins
from app.accounts.passwords import MAX_CHARS, MIN_CHARS, Passwords
from app.errors import Invalid
from app.text import names
from app.viewer import Viewer
from app.web.i18n import N_, Text
from documents import User
from documents.clock import now
from documents.user import Role

EMAIL_MAX_CHARS: Final = 254

NAME_FAULTS: Final = {
    "too_short": Text(N_("Use at least %(count)s characters."), count=names.MIN_LENGTH),
    "too_long": Text(N_("Use at most %(count)s characters."), count=names.MAX_LENGTH),
    "bad_character": Text(N_("Use only letters, digits, “-”, “_” and “.”.")),
    "bad_edge": Text(N_("Start and end the name with a letter or a digit.")),
    "invisible": Text(N_("This name contains an invisible character.")),
    "mixed": Text(N_("Do not mix letters of different scripts.")),
}


async def register(
    passwords: Passwords, *, username: str, email: str, password: str, role: Role = "member", reserved: bool = False
) -> User:
    """Make an account; `Invalid` names the field when a name or address is wrong or taken."""
    name = checked_name(username, reserved=reserved)
    address = checked_email(email)
    check_password(password, name)
    user = User(
        username=name,
        username_key=names.username_key(name),
        skeleton=names.skeleton(name),
        email=address,
        email_key=email_key(address),
        password_hash=await passwords.hash(password),
        role=role,
        created_at=now(),
    )
    raw = user.as_stored()
    try:
        await User.raw().insert_one(raw)
    except DuplicateKeyError as error:
        raise _taken(error) from None
    user.id = raw["_id"]
    return user


def _taken(error: DuplicateKeyError) -> Invalid:
    if "email_key" in (error.details or {}).get("keyPattern", {}):
        return Invalid(fields={"email": Text(N_("There is already an account with this address."))})
    return Invalid(fields={"username": Text(N_("This name is taken, or looks just like one that is."))})


def checked_name(username: str, *, reserved: bool = False) -> str:
    """The name as it is shown (NFKC); `reserved` lets names through that are kept for the forum's own people."""
    name = unicodedata.normalize("NFKC", username).strip()
    fault = names.check_shape(name)
    if fault is not None:
        raise Invalid(fields={"username": NAME_FAULTS[fault]})
    if not reserved and names.is_reserved(name):
        raise Invalid(fields={"username": Text(N_("This name is reserved. Please choose another."))})
    return name


def checked_email(email: str) -> str:
    """The address, normalized; looked at only, never looked up."""
    try:
        return validate_email(
            email.strip()[: EMAIL_MAX_CHARS + 1], check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError:
        raise Invalid(fields={"email": Text(N_("This does not look like an e-mail address."))}) from None


def email_key(address: str) -> str:
    """The form in which addresses are compared."""
    return names.username_key(address)


def check_password(password: str, username: str = "", *, field: str = "password") -> None:
    """Length only, as OWASP ASVS 5.0 6.2 wants it; the name itself is no password."""
    if len(password) < MIN_CHARS:
        raise Invalid(fields={field: Text(N_("Use at least %(count)s characters."), count=MIN_CHARS)})
    if len(password) > MAX_CHARS:
        raise Invalid(fields={field: Text(N_("Use at most %(count)s characters."), count=MAX_CHARS)})
    if username and password.casefold() == username.casefold():
        raise Invalid(fields={field: Text(N_("The password cannot be the username."))})


def login_key(login: str) -> str:
    """The form in which names and addresses are looked up, and tries to log in are counted, however they are typed."""
    return names.username_key(login.strip())[:EMAIL_MAX_CHARS]


async def who_logs_in(passwords: Passwords, login: str, password: str) -> User:
    """The person with this name or address and password; one answer and one duration for all that is wrong."""
    key = login_key(login)
    user = await User.by_login(key) if key else None
    right = await passwords.is_right(password, user.password_hash if user else None)
    if user is None or not right:
        raise Invalid(Text(N_("Wrong username or password.")))
    return user


async def change_password(passwords: Passwords, viewer: Viewer, old: str, new: str) -> None:
    """Set a new password and end all other log-ins."""
    user = await User.get(viewer.me)
    if user is None or not await passwords.is_right(old, user.password_hash):
        raise _not_current()
    check_password(new, user.username)
    if not await set_password(passwords, user, new):
        raise _not_current()
    await logins.end_all(user.oid, but=viewer.login)


def _not_current() -> Invalid:
    return Invalid(fields={"old": Text(N_("This is not your current password."))})


async def set_password(passwords: Passwords, user: User, password: str) -> bool:
    """Store the hash of a new password; False when it was changed in the meantime."""
    stored = await passwords.hash(password)
    known = {"_id": user.oid, "password_hash": user.password_hash}
    changed = await User.raw().update_one(known, {"$set": {"password_hash": stored}})
    return bool(changed.matched_count)
