"""Accounts: registering, logging in, changing the password."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from pymongo.errors import DuplicateKeyError

from app.accounts import foreign, journal, logins, tokens
from app.accounts.addresses import checked_email, email_key, login_key
from app.accounts.banning import require_not_banned
from app.accounts.confirming import ask_to_confirm
from app.accounts.journal import Visitor
from app.accounts.leaving import HasLeft
from app.accounts.passwords import Passwords, check_password
from app.accounts.protection import LOGIN, Tries
from app.accounts.refusals import Banned, Locked, WrongPassword, WrongPasswordAgain, captcha_asked
from app.accounts.resetting import tell_of_change
from app.errors import Busy, Invalid
from app.operations.service import SCRIPT, record, target
from app.text import names
from app.text.segment import SEGMENTER_VERSION
from app.text.starts import starts_of
from app.viewer import Viewer
from app.web.i18n import N_, Text
from app.work import Work, together
from documents import ApiToken, Factor, User
from documents.clock import now
from documents.user import Office

Confirmation = Literal["required", "optional", "off"]

NAME_FAULTS: Final = {
    "too_short": Text(N_("Use at least %(count)s characters."), count=names.MIN_LENGTH),
    "too_long": Text(N_("Use at most %(count)s characters."), count=names.MAX_LENGTH),
    "bad_character": Text(N_("Use only letters, digits, “-”, “_” and “.”.")),
    "bad_edge": Text(N_("Start and end the name with a letter or a digit.")),
    "invisible": Text(N_("This name contains an invisible character.")),
    "mixed": Text(N_("Do not mix letters of different scripts.")),
}


async def register(
    passwords: Passwords,
    *,
    username: str,
    email: str,
    password: str,
    role: Office = "member",
    reserved: bool = False,
    confirmed: bool = False,
    confirmation: Confirmation = "off",
    letter_locale: str = "",
    site_name: str = "",
) -> User:
    """Make an account; `Invalid` names the field when a name or address is wrong or taken.

    With `confirmation` the letter is stored with it. Where that is required, the address is the account's own only once
    it is confirmed, and one that belongs to somebody is taken like any other: nobody learns whose it is but its owner.
    """
    name = checked_name(username, reserved=reserved)
    if not reserved:
        await _require_unlike_staff(name)
    address = checked_email(email)
    check_password(password, (name, address, site_name))
    user = User(
        username=name,
        username_key=names.username_key(name),
        skeleton=names.skeleton(name),
        starts=starts_of(name),
        segmented=SEGMENTER_VERSION,
        email=address,
        email_key=None if confirmation == "required" else email_key(address),
        password_hash=await passwords.hash(password),
        role=role,
        email_confirmed_at=now() if confirmed else None,
        watches_own=True,
        created_at=now(),
    )

    async def steps(work: Work) -> None:
        raw = user.as_stored()
        await User.raw().insert_one(raw, session=work.session)
        user.id = raw["_id"]
        if role != "member":
            await record(work, SCRIPT, "person.create", [target("person", user.oid, {}, {"role": role})])
        if confirmation != "off":
            await ask_to_confirm(user, letter_locale, work=work)

    try:
        await together(steps)
    except DuplicateKeyError as error:
        raise _taken(error) from None
    return user


def _taken(error: DuplicateKeyError) -> Invalid:
    if "email_key" in (error.details or {}).get("keyPattern", {}):
        return Invalid(fields={"email": Text(N_("There is already an account with this address."))})
    return Invalid(fields={"username": Text(N_("This name is taken, or looks just like one that is."))})


async def _require_unlike_staff(name: str) -> None:
    """What staff are called is as little to be had as their usernames; see app.users.profile."""
    seen = {"display_skeleton": names.shown_skeleton(name), "role": {"$in": ["moderator", "admin"]}}
    if await User.raw().find_one(seen, {"_id": 1}) is not None:
        raise Invalid(fields={"username": Text(N_("This name is reserved. Please choose another."))})


def checked_name(username: str, *, reserved: bool = False) -> str:
    """The name as it is shown (NFKC); `reserved` lets names through that are kept for the forum's own people."""
    name = unicodedata.normalize("NFKC", username).strip()
    fault = names.check_shape(name)
    if fault is not None:
        raise Invalid(fields={"username": NAME_FAULTS[fault]})
    if not reserved and names.is_reserved(name):
        raise Invalid(fields={"username": Text(N_("This name is reserved. Please choose another."))})
    return name


async def who_logs_in(
    passwords: Passwords,
    tries: Tries,
    login: str,
    password: str,
    *,
    visitor: Visitor,
    whence: str,
    solved: bool,
    answered: bool = False,
) -> User:
    """The person with this name or address and password; one answer and one duration for all that is wrong.

    `solved` says that a captcha came with it, `answered` that one was tried. Raises `WrongPassword`, `NeedsCaptcha`,
    `Locked` (the password is then not even looked at); `Banned`, unless a second factor comes first; `HasLeft` when
    they have deleted their account.
    """
    key = login_key(login)
    tried = await tries.begin(key, whence, solved=solved)
    if tried.verdict == "locked":
        raise Locked(tried.wait)
    if tried.verdict == "captcha":
        raise captcha_asked(given=answered)
    user = (await User.by_login(key) or await User.gone_by_login(key)) if key else None
    try:
        slowest = foreign.cost_of(await User.slowest_foreign_hash())
        right = await passwords.is_right(password, user.password_hash if user else None, slowest=slowest)
    except Busy:
        await tries.forgive(key, whence)
        raise
    if user is None or not right:
        await journal.note(user.oid if user else None, visitor, succeeded=False)
        raise WrongPasswordAgain if tried.failures >= LOGIN.free else WrongPassword
    await tries.forgive(key, whence, all_of_them=True)
    if user.banned_at is not None:
        await _require_open(user)
    if not user.live:
        raise HasLeft(user)
    return await _with_own_hash(passwords, user, password) if foreign.is_foreign(user.password_hash) else user


async def _require_open(user: User) -> None:
    """`Banned`; but who has a second factor shows that first (`app.security.second`), then hears why and until when."""
    if not (await Factor.of(user.oid)).asks:
        await require_not_banned(user)
    elif not user.live:
        raise Banned(None, user.oid, proven=False)


async def _with_own_hash(passwords: Passwords, user: User, password: str) -> User:
    """The same person once their right password has a hash of this forum's own, whichever log-in has made it."""
    stored = await passwords.hash(password)
    known = {"_id": user.oid, "password_hash": user.password_hash}
    await User.raw().update_one(known, {"$set": {"password_hash": stored}})
    fresh = await User.load(user.oid)
    if fresh is None or not (fresh.password_hash == stored or await passwords.is_right(password, fresh.password_hash)):
        raise WrongPassword
    return fresh


async def change_password(
    passwords: Passwords, viewer: Viewer, old: str, new: str, *, site_name: str = "", ends_tokens: bool = False
) -> None:
    """Set a new password and end all other log-ins, and API tokens where that is wanted."""
    user = await User.get(viewer.me)
    if user is None or not await passwords.is_right(old, user.password_hash):
        raise _not_current()
    check_password(new, (user.username, user.email, site_name))
    if not await set_password(passwords, user, new, ends_tokens=ends_tokens):
        raise _not_current()
    await tokens.void(user.oid, "reset")
    await logins.end_all(user.oid, but=viewer.login)
    await tell_of_change(user)


def _not_current() -> Invalid:
    return Invalid(fields={"old": Text(N_("This is not your current password."))})


async def set_password(
    passwords: Passwords, user: User, password: str, *, by: Viewer | None = None, ends_tokens: bool = False
) -> bool:
    """Store the hash of a new password; False when it was changed in the meantime. `by`: who sets it for them, which
    ends their API tokens in any case.
    """
    stored = await passwords.hash(password)
    known = {"_id": user.oid, "password_hash": user.password_hash}

    async def steps(work: Work) -> bool:
        changed = await User.raw().update_one(known, {"$set": {"password_hash": stored}}, session=work.session)
        if changed.matched_count and by is not None:
            await record(work, by, "person.password", [target("person", user.oid)])
        if changed.matched_count and (ends_tokens or by is not None):
            await ApiToken.end_all(user.oid, work.session)
        return bool(changed.matched_count)

    return await together(steps, hot=(user.oid,))
